import { tagOf } from '../../failure/safe-get.ts';

export type GivenHeaders = NonNullable<RequestInit['headers']>;

/**
 * A copy of headers of whatever form, read once: an iterator gives its pairs only once, and the caller
 * may change the object for another call while this one still waits. What fetch will refuse stays as it
 * is, so that it can say why.
 *
 * @throws what a getter or an iterator of the caller's throws
 */
export function copyHeaders(headers: GivenHeaders): GivenHeaders {
  if (typeof headers !== 'object' || headers === null) return headers;
  if (tagOf(headers) === 'Headers') return copyInstance(headers);
  // What fetch itself asks first: whatever can be iterated is a list of pairs.
  const pairs: unknown = Reflect.get(headers, Symbol.iterator);
  if (pairs === undefined || pairs === null) return { ...headers } as GivenHeaders;
  if (typeof pairs !== 'function') return headers;
  // Pairs that are none are among them still: fetch refuses them.
  return Array.from(headers as Iterable<unknown>, copyPair) as GivenHeaders;
}

// By its own class: an instance of the inner fetch's own keeps the letter case of its names.
function copyInstance(headers: GivenHeaders): GivenHeaders {
  try {
    return Reflect.construct(headers.constructor, [headers]) as GivenHeaders;
  } catch {
    // A class of the caller's whose constructor takes something else.
    return headers;
  }
}

function copyPair(pair: unknown): unknown {
  if (typeof pair !== 'object' || pair === null || !(Symbol.iterator in pair)) return pair;
  return Array.from(pair as Iterable<unknown>);
}
