// What an ES module sees of core: wrap, execute, wrapFetch, classify.
import {
  type AttemptContext,
  classify,
  createResilience,
  type Failure,
  type Fetch,
  failureOf,
  type Resilience,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { type ManualClock, manualClock } from '@defender-resilience/core/testing';
import { expectTypeOf } from 'expect-type';

interface Incident {
  readonly id: number;
}

declare function getIncident(id: number, options?: { readonly expand: boolean }): Promise<Incident>;
declare function getMany(first: number, ...others: readonly string[]): Promise<Incident[]>;
declare function cached(id: number): Incident | PromiseLike<Incident>;
declare function identity<T>(value: T): Promise<T>;
declare function read(id: number): Promise<number>;
declare function read(name: string): Promise<string>;
declare class Api {
  readonly base: string;
  get(this: Api, id: number): Promise<Incident>;
}

const resilience = createResilience();
expectTypeOf(createResilience).parameter(0).toEqualTypeOf<ResilienceOptions | undefined>();
expectTypeOf(createResilience).toBeCallableWith();
expectTypeOf(resilience).toEqualTypeOf<Resilience>();

// wrap: parameters, optional and rest ones too, result and `this` are the function's own.
expectTypeOf(resilience.wrap('incidents.get', getIncident)).toEqualTypeOf<
  (this: unknown, id: number, options?: { readonly expand: boolean }) => Promise<Incident>
>();
expectTypeOf(resilience.wrap('incidents.list', getMany)).parameters.toEqualTypeOf<
  [first: number, ...others: string[]]
>();
expectTypeOf(resilience.wrap('incidents.get', getMany)).returns.resolves.toEqualTypeOf<
  Incident[]
>();
// A function that may answer at once gives a promise when it is wrapped.
expectTypeOf(resilience.wrap('incidents.get', cached)).returns.toEqualTypeOf<Promise<Incident>>();
expectTypeOf(
  resilience.wrap('incidents.get', Api.prototype.get),
).thisParameter.toEqualTypeOf<Api>();
// @ts-expect-error The parameters of the function are checked.
void resilience.wrap('incidents.get', getIncident)('1');
// @ts-expect-error The operation comes first.
resilience.wrap(getIncident, 'incidents.get');

// A generic function stays generic.
const wrappedIdentity = resilience.wrap('incidents.get', identity);
expectTypeOf(wrappedIdentity('a' as const)).resolves.toEqualTypeOf<'a'>();
expectTypeOf(wrappedIdentity(1 as const)).resolves.toEqualTypeOf<1>();

// The language cannot keep overloads through an inferred function type: the last one remains. Name the
// overload that you mean with a function of your own.
const wrappedRead = resilience.wrap('incidents.get', read);
expectTypeOf(wrappedRead).parameters.toEqualTypeOf<[name: string]>();
expectTypeOf(wrappedRead).returns.resolves.toEqualTypeOf<string>();
const readById = resilience.wrap('incidents.get', (id: number) => read(id));
expectTypeOf(readById).parameters.toEqualTypeOf<[id: number]>();
expectTypeOf(readById).returns.resolves.toEqualTypeOf<number>();

// execute
expectTypeOf(
  resilience.execute('incidents.get', ({ signal, attempt }) => {
    expectTypeOf(signal).toEqualTypeOf<AbortSignal>();
    expectTypeOf(attempt).toEqualTypeOf<number>();
    return getIncident(1);
  }),
).toEqualTypeOf<Promise<Incident>>();
expectTypeOf(
  resilience.execute('incidents.get', (context) => {
    expectTypeOf(context).toEqualTypeOf<AttemptContext>();
    return 1 as const;
  }),
).resolves.toEqualTypeOf<1>();
const { signal } = new AbortController();
void resilience.execute('machines.isolate', () => 1, { signal, idempotent: false, maxRetries: 0 });
// @ts-expect-error An unknown option is a mistake.
void resilience.execute('incidents.get', () => 1, { retries: 3 });

// wrapFetch: what goes in comes out, and fits wherever fetch does.
expectTypeOf(resilience.fetch).toEqualTypeOf<Fetch>();
expectTypeOf(resilience.fetch).toEqualTypeOf<typeof globalThis.fetch>();
expectTypeOf(resilience.wrapFetch(globalThis.fetch)).toEqualTypeOf<typeof globalThis.fetch>();
expectTypeOf(
  resilience.fetch('https://example.com', { method: 'POST' }),
).resolves.toEqualTypeOf<Response>();
// @ts-expect-error Not a function like fetch.
resilience.wrapFetch((url: number) => url);

// classify and failureOf take anything at all.
expectTypeOf(classify).parameter(0).toBeUnknown();
expectTypeOf(failureOf).parameter(0).toBeUnknown();
expectTypeOf(failureOf).returns.toEqualTypeOf<Failure | undefined>();
const failure = failureOf(new Error('any'));
expectTypeOf(failure?.verdict).toEqualTypeOf<'retryable' | 'terminal' | undefined>();
expectTypeOf(failure?.trackingId).toEqualTypeOf<string | undefined>();

// The clock of the tests is a clock for the wrapper.
expectTypeOf(manualClock()).toEqualTypeOf<ManualClock>();
createResilience({ clock: manualClock(), observers: [], retry: { maxRetries: 2 } });
// @ts-expect-error Units stand in the name.
createResilience({ timeout: 30 });
