/** Labels by their names, `__name__` among them. */
export type Labels = Readonly<Record<string, string>>;

/** One call that a series points to. */
export interface SampleExemplar {
  readonly labels: Labels;
  readonly value: number;
}

/** One value of one series, as a scrape reads it. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly exemplar?: SampleExemplar;
}

/** A name for a series that is the same whatever the order of its labels. */
export function keyOf(labels: Labels): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join('\n');
}
