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

/** Puts values in place of `$name` and `${name}`. */
export function interpolate(text: string, values: Setup['values']): string {
  return text.replaceAll(
    /\$(\w+)|\$\{(\w+)\}/g,
    (all, plain, braced) => values[plain ?? braced] ?? all,
  );
}

function deviation(marks: readonly Mark[]): number {
  const mean = marks.reduce((sum, { value }) => sum + value, 0) / marks.length;
  const squares = marks.reduce((sum, { value }) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / marks.length);
}

/** Of each step the greatest, and those that are two standard deviations apart, as Grafana has it. */
function sampled(marks: readonly Mark[], step: number): Mark[] {
  const apart = 2 * deviation(marks);
  const last = new Map<number, Mark>();
  return marks
    .toSorted((a, b) => b.value - a.value)
    .filter((mark) => {
      const moment = Math.floor(mark.seconds / step);
      const greater = last.get(moment);
      if (greater !== undefined && greater.value - mark.value <= apart) return false;
      last.set(moment, mark);
      return true;
    });
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

  async exemplars(expr: string, step: number): Promise<Mark[]> {
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
    return sampled(marks, step);
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
