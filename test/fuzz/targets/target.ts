/** A parser, and inputs that it understands: the fuzzer starts from these. */
export interface Target {
  readonly name: string;
  /** Of its recorded inputs, in `test/fuzz/corpus`. */
  readonly file: string;
  readonly seeds: readonly string[];
  /** Throws or rejects where the parser breaks its promise. */
  parse(input: string): void | Promise<void>;
}
