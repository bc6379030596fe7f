import type { Failure } from './failure.ts';
import { INSPECT, type Inspect, inspectError } from './inspect.ts';
import { safeGet } from './safe-get.ts';

const PACKAGE = '@defender-resilience/core';

interface ErrorClass {
  readonly prototype: Error & { readonly failure: Failure };
}

/**
 * Gives an error class its name and a print that keeps secrets, and lets `instanceof` hold for the
 * errors of another copy of this package too: they are told by a mark that all copies share. A subclass
 * is told in the ordinary way.
 *
 * @param name - given, since a minifier may rename the class
 */
export function brand(errorClass: ErrorClass, name: string): void {
  const mark = Symbol.for(`${PACKAGE}/${name}`);
  const hidden = { configurable: true, writable: true } as const;
  Object.defineProperty(errorClass.prototype, 'name', { ...hidden, value: name });
  Object.defineProperty(errorClass.prototype, mark, { value: true });
  Object.defineProperty(errorClass.prototype, INSPECT, {
    ...hidden,
    value(this: ErrorClass['prototype'], _depth: number, options: object, inspect: Inspect) {
      return inspectError(this, options, inspect);
    },
  });
  Object.defineProperty(errorClass, Symbol.hasInstance, {
    value(this: unknown, candidate: unknown): boolean {
      if (this === errorClass) return safeGet(candidate, mark) === true;
      return Reflect.apply(Function.prototype[Symbol.hasInstance], this, [candidate]);
    },
  });
}
