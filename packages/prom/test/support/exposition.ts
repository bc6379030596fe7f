/** One line of an exposition. */
export interface Line {
  /** Name and labels as they are printed. */
  readonly series: string;
  readonly value: number;
  /** The labels of the exemplar, as they are printed. */
  readonly exemplar?: string;
}

const LINE = /^(\w+(?:\{.*?\})?) (\S+)(?: # \{(.*)\} \S+ \S+)?$/;

/** The lines of an exposition that carry values. */
export function lines(text: string): readonly Line[] {
  return text.split('\n').flatMap((line) => {
    const match = LINE.exec(line);
    if (match === null || line.startsWith('#')) return [];
    const [, series = '', value, exemplar] = match;
    return [{ series, value: Number(value), ...(exemplar === undefined ? {} : { exemplar }) }];
  });
}

/** The value of every series that is not zero, without buckets: what has happened, at a glance. */
export function happened(text: string): Readonly<Record<string, number>> {
  const seen = lines(text).filter(
    ({ series, value }) => value !== 0 && !series.includes('_bucket') && !series.includes('_info'),
  );
  return Object.fromEntries(
    seen.map(({ series, value }) => [series.replace('defender_client_', ''), value]),
  );
}

/** The exemplars of an exposition by their series. */
export function exemplars(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines(text).flatMap(({ series, exemplar }) =>
      exemplar === undefined ? [] : [[series.replace('defender_client_', ''), exemplar]],
    ),
  );
}
