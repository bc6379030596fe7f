/** Looks something up by the value of one label, or of two. The values must come from a closed set. */
export type ByOne<T> = (value: string) => T;
export type ByTwo<T> = (first: string, second: string) => T;

export function memoize<T>(make: ByOne<T>): ByOne<T> {
  const known = new Map<string, T>();
  return (value) => {
    const found = known.get(value) ?? make(value);
    known.set(value, found);
    return found;
  };
}

export function memoizeTwo<T>(make: ByTwo<T>): ByTwo<T> {
  const byFirst = memoize((first) => memoize((second) => make(first, second)));
  return (first, second) => byFirst(first)(second);
}
