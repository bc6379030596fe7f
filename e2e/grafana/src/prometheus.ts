import type { Setup } from './model.ts';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [seconds: number, value: string])[];
}

export interface Mark {
  readonly seconds: number;
  readonly value: number;
  /** Those of the series and of the exemplar. */
  readonly labels: Readonly<Record<string, string>>;
}

interface RawSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

interface RawExemplars {
  readonly seriesLabels: Readonly<Record<string, string>>;
  readonly exemplars: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: string;
    readonly timestamp: number;
  }[];
}

/** Puts values in the place of `$name` and `${name}`. */
export function interpolate(text: string, values: Setup['values']): string {
  return text.replaceAll(
    /\$(\w+)|\$\{(\w+)\}/g,
    (all, plain, braced) => values[plain ?? braced] ?? all,
  );
}

/** One of those with the same ID: a histogram's call is in one bucket, and was seen once or twice. */
function distinct(marks: readonly Mark[]): Mark[] {
  return [...new Map(marks.map((mark) => [mark.labels['tracking_id'] ?? mark, mark])).values()];
}

/** Asks the Prometheus of the setup what a dashboard's queries ask. */
export class Prometheus {
  readonly #setup: Setup;

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  async instant(expr: string): Promise<Series[]> {
    const { to } = this.#setup;
    const { result } = await this.#get<{ result: RawSeries[] }>('query', expr, { time: to });
    return result.map(({ metric, value }) => ({ metric, samples: value ? [value] : [] }));
  }

  async range(expr: string, step: number): Promise<Series[]> {
    const { from, to } = this.#setup;
    const times = { start: from, end: to, step };
    const { result } = await this.#get<{ result: RawSeries[] }>('query_range', expr, times);
    return result.map(({ metric, values }) => ({ metric, samples: values ?? [] }));
  }

  async exemplars(expr: string): Promise<Mark[]> {
    const { from, to } = this.#setup;
    const found = await this.#get<RawExemplars[]>('query_exemplars', expr, {
      start: from,
      end: to,
    });
    const marks = found.flatMap(({ seriesLabels, exemplars }) =>
      exemplars.map(({ labels, value, timestamp }) => ({
        labels: { ...seriesLabels, ...labels },
        value: Number(value),
        seconds: timestamp,
      })),
    );
    return distinct(marks);
  }

  async #get<T>(path: string, expr: string, times: Readonly<Record<string, number>>): Promise<T> {
    const { prometheus, values } = this.#setup;
    const query = { query: interpolate(expr, values), ...times };
    const search = new URLSearchParams(
      Object.entries(query).map(([key, value]) => [key, `${value}`]),
    );
    const response = await fetch(`${prometheus}/api/v1/${path}?${search}`);
    const body = await response.json();
    if (body.status !== 'success') throw new Error(`${query.query}: ${body.error}`);
    return body.data;
  }
}
