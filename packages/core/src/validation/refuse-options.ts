import { isObject } from '../is.ts';

/**
 * Refuses options that a function would ignore: callers in JavaScript have no types to stop them.
 *
 * @param given - the argument after the function's last parameter; anything but an object is ignored
 * @throws TypeError if it is an object
 */
export function refuseOptions(caller: string, given: unknown): void {
  if (!isObject(given)) return;
  const names = Object.keys(given).slice(0, 5).join(', ');
  const got = names === '' ? '' : ` (got ${names})`;
  throw new TypeError(`${caller} takes no options: pass them to createResilience${got}`);
}
