import { safeGet } from '../../failure/safe-get.ts';
import type { FetchInit } from './request.ts';

const NO_REFERRER = 'about:client';
const SAMPLE = 'http://localhost/';

/** Whether a `Request` made from another one keeps its referrer, by class: undici 7 departs from the standard. */
const keepsReferrer = new WeakMap<object, boolean>();

/**
 * Writes the referrer of a `Request` into an init that the caller did not give. By the standard, a
 * `Request` that is sent with an init, such as our signal, loses its referrer; without one it keeps it.
 */
export function keepReferrer(request: Request, init: FetchInit): void {
  const { referrer, referrerPolicy } = request;
  if ((referrer === NO_REFERRER && referrerPolicy === '') || !classKeepsReferrer(request)) return;
  init.referrer = referrer;
  init.referrerPolicy = referrerPolicy;
}

function classKeepsReferrer(request: Request): boolean {
  const known = keepsReferrer.get(request.constructor);
  if (known !== undefined) return known;
  const keeps = tryToKeep(request);
  keepsReferrer.set(request.constructor, keeps);
  return keeps;
}

function tryToKeep(request: Request): boolean {
  const own = request.constructor;
  try {
    const sample: unknown = Reflect.construct(own, [SAMPLE, { referrer: SAMPLE }]);
    const copy: unknown = Reflect.construct(own, [sample]);
    return safeGet(copy, 'referrer') === SAMPLE;
  } catch {
    // The caller's own class, whose constructor takes other arguments.
    return true;
  }
}
