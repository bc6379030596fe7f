/** What a suite gives: its chapter of the results, and the numbers that others draw on. */
export interface Chapter {
  /** In Markdown, without its heading. */
  readonly text: string;
  /** Numbers by name, for the table of aims. */
  readonly values: Readonly<Record<string, number>>;
  /** Lines by name, for the charts. */
  readonly series?: Readonly<Record<string, readonly Point[]>>;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How much a suite may take. */
export interface Effort {
  readonly quick: boolean;
}

export type Suite = (effort: Effort) => Promise<Chapter>;

/** As many as the effort allows. */
export const by = ({ quick }: Effort, whole: number, small: number): number =>
  quick ? small : whole;
