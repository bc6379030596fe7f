/** One series of an answer: its labels and its samples, time in seconds. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [time: number, value: string])[];
}

/** One exemplar. */
export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
  readonly timestamp: number;
}

/** An alert that is pending or fires. */
export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing';
}

/** A rule as Prometheus knows it. */
export interface LoadedRule {
  /** The file that has it. */
  readonly file: string;
  readonly health: 'ok' | 'err' | 'unknown';
  readonly lastError: string;
}

interface RawGroup {
  readonly file: string;
  readonly rules: readonly (Omit<LoadedRule, 'file' | 'lastError'> & {
    readonly lastError?: string;
  })[];
}

interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

const toSeries = ({ metric, value, values }: RawSeries): Series => ({
  metric,
  samples: values ?? (value === undefined ? [] : [value]),
});

/** A Prometheus, asked over its HTTP API. Times are in seconds since 1970. */
export class PrometheusApi {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  async query(expr: string, time?: number): Promise<readonly Series[]> {
    const at = time === undefined ? {} : { time: String(time) };
    const data = await this.#get('query', { query: expr, ...at });
    return (data as { result: RawSeries[] }).result.map(toSeries);
  }

  async range(
    expr: string,
    { from, to, step }: { readonly from: number; readonly to: number; readonly step: number },
  ): Promise<readonly Series[]> {
    const times = { start: String(from), end: String(to), step: String(step) };
    const data = await this.#get('query_range', { query: expr, ...times });
    return (data as { result: RawSeries[] }).result.map(toSeries);
  }

  async labelValues(label: string, selector: string): Promise<readonly string[]> {
    return (await this.#get(`label/${label}/values`, { 'match[]': selector })) as string[];
  }

  async exemplars(expr: string, from: number, to: number): Promise<readonly Exemplar[]> {
    const times = { start: String(from), end: String(to) };
    const data = await this.#get('query_exemplars', { query: expr, ...times });
    return (data as { exemplars: Exemplar[] }[]).flatMap(({ exemplars }) => exemplars);
  }

  async alerts(): Promise<readonly ActiveAlert[]> {
    return ((await this.#get('alerts', {})) as { alerts: ActiveAlert[] }).alerts;
  }

  async rules(): Promise<readonly LoadedRule[]> {
    const { groups } = (await this.#get('rules', {})) as { groups: RawGroup[] };
    return groups.flatMap(({ file, rules }) =>
      rules.map(({ health, lastError = '' }) => ({ file, health, lastError })),
    );
  }

  /** The answer's data, whose shape the API documents. */
  async #get(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const url = `${this.#url}/api/v1/${path}?${new URLSearchParams(parameters)}`;
    const response = await fetch(url);
    const body = (await response.json()) as { status: string; data: unknown; error?: string };
    if (body.status !== 'success') throw new Error(`${url}: ${body.error}`);
    return body.data;
  }
}
