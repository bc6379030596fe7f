import { isObject } from '../../is.ts';
import { getHeader } from './headers.ts';

/** The handlers of a chain: those that run once per call, and those that run in each attempt. */
export interface SplitChain<T> {
  readonly outside: readonly T[];
  /** Without the SDK's own retry handler. */
  readonly inside: readonly T[];
}

/**
 * Splits an SDK's chain at its first handler that authenticates or retries.
 *
 * @param caller - the function that was given the chain, for the message @param example - how to get a chain,
 * for the message
 * @throws TypeError if the chain is empty
 */
export function splitChain<T>(caller: string, chain: readonly T[], example: string): SplitChain<T> {
  if (!Array.isArray(chain) || chain.length === 0) {
    throw new TypeError(`${caller} takes a chain of handlers, as returned by ${example}`);
  }
  const first = chain.findIndex((handler) => isAuthHandler(handler) || isRetryHandler(handler));
  const split = Math.max(first, 0);
  return {
    outside: chain.slice(0, split),
    inside: chain.slice(split).filter((handler) => !isRetryHandler(handler)),
  };
}

/** Whether a handler is the one that gets the token. */
export function isAuthHandler(handler: unknown): boolean {
  return hasProperty(handler, 'authenticationProvider');
}

/** Recognises the SDK's own retry handler by its method, because a minifier may rename the class. */
function isRetryHandler(handler: unknown): boolean {
  return hasProperty(handler, 'executeWithRetry');
}

/**
 * Throws if the SDK's retry handler comes after the resilient one in a chain.
 *
 * @param nextKey - the property in which a handler keeps the next one
 * @param chainFunction - the function that builds the chain correctly, for the message
 */
export function refuseRetryHandler(first: unknown, nextKey: string, chainFunction: string): void {
  const seen = new Set<unknown>();
  for (let handler = first; isObject(handler) && !seen.has(handler); ) {
    if (isRetryHandler(handler)) {
      throw new Error(
        `The SDK's RetryHandler is in the same chain as the resilient handler: together they would multiply the attempts. Build the chain with ${chainFunction}, which removes it.`,
      );
    }
    seen.add(handler);
    handler = Reflect.get(handler, nextKey);
  }
}

let warned = false;

/**
 * Whether a request skips the pipeline. The SDK's upload task retries the slices of a large upload itself. A
 * request that the SDK's retry handler repeats, because it comes before the resilient one, has already used
 * up its retries.
 */
export function shouldBypass(headers: unknown): boolean {
  const type = getHeader(headers, 'content-type') ?? '';
  if (type.toLowerCase().startsWith('application/octet-stream')) return true;
  if (getHeader(headers, 'content-range') !== undefined) return true;
  if (getHeader(headers, 'retry-attempt') === undefined) return false;
  if (!warned) {
    warned = true;
    process.emitWarning(
      "The SDK's RetryHandler comes before the resilient middleware and repeats calls that have already used up their retries; remove it from the chain.",
      { code: 'DEFENDER_RESILIENCE_NESTED' },
    );
  }
  return true;
}

function hasProperty(handler: unknown, key: string): boolean {
  return isObject(handler) && key in handler;
}
