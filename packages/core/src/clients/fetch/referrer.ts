import { safeGet } from '../../failure/safe-get.ts';
import type { FetchInit } from './init.ts';

const NO_REFERRER = 'about:client';
const SAMPLE = 'http://localhost/';

/** Whether a `Request` made of another one keeps its referrer, by class: undici 7 departs from the standard. */
const keeping = new WeakMap<object, boolean>();

/**
 * Writes the referrer of a `Request` into an init that the caller did not give: with an init, such as our
 * signal, a `Request` loses its referrer, says the standard, and without one it keeps it.
 */
export function keepReferrer(request: Request, init: FetchInit): void {
  const { referrer, referrerPolicy } = request;
  if ((referrer === NO_REFERRER && referrerPolicy === '') || !keepsReferrer(request)) return;
  init.referrer = referrer;
  init.referrerPolicy = referrerPolicy;
}

function keepsReferrer(request: Request): boolean {
  const known = keeping.get(request.constructor);
  if (known !== undefined) return known;
  const keeps = triesToKeep(request);
  keeping.set(request.constructor, keeps);
  return keeps;
}

function triesToKeep(request: Request): boolean {
  const own = request.constructor;
  try {
    const sample: unknown = Reflect.construct(own, [SAMPLE, { referrer: SAMPLE }]);
    const copy: unknown = Reflect.construct(own, [sample]);
    return safeGet(copy, 'referrer') === SAMPLE;
  } catch {
    // A class of the caller's whose constructor takes something else.
    return true;
  }
}
