import { InvalidArgumentError } from 'commander';

/** Parses an integer in a range, both ends included. */
export function integer(
  from: number,
  to: number = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= from && value <= to) return value;
    const range = to === Number.MAX_SAFE_INTEGER ? `${from} or more` : `from ${from} to ${to}`;
    throw new InvalidArgumentError(`It must be an integer, ${range}.`);
  };
}
