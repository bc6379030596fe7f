/** Where an attribute is found: on the call's span, on an attempt's span, or on a metric. */
export type AttributePlace = 'call' | 'attempt' | 'metric';

/** One attribute: the only place that says what it means and where it stands. */
export interface AttributeRow {
  readonly name: string;
  readonly type: 'string' | 'int' | 'double' | 'boolean' | 'string[]';
  readonly on: readonly AttributePlace[];
  /** When it is there. */
  readonly when: string;
  readonly meaning: string;
  readonly example: string;
}
