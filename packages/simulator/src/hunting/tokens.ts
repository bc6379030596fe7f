import type { Token } from './lexer.ts';
import { syntaxError } from './query-errors.ts';

/** A query's tokens, read from left to right. */
export class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw syntaxError('The incomplete fragment is unexpected');
    this.#at += 1;
    return token;
  }

  /** Goes past the next token when it is this name or symbol. */
  accept(text: string): boolean {
    const token = this.#tokens[this.#at];
    const found = token !== undefined && 'text' in token && token.text === text;
    if (found) this.#at += 1;
    return found;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw syntaxError(`Expected: ${text}`);
  }

  name(): string {
    const token = this.next();
    if (token.kind !== 'name') throw syntaxError('A recognition error occurred.');
    return token.text;
  }

  /** A whole number that is not negative. */
  count(): number {
    const token = this.next();
    const isNumber = token.kind === 'literal' && token.literal.type === 'number';
    if (!isNumber || !Number.isInteger(token.literal.value))
      throw syntaxError('Expected: a number');
    return Number(token.literal.value);
  }

  /** Items parted by commas, at least one. */
  list<Item>(read: () => Item): readonly Item[] {
    const items = [read()];
    while (this.accept(',')) items.push(read());
    return items;
  }
}
