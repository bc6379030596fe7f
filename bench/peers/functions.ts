import { createResilience } from '@defender-resilience/core';
import { Effect, Schedule } from 'effect';
import { BreakerState, Circuit, Retry, SlidingCountBreaker, Timeout } from 'mollitia';
import CircuitBreaker from 'opossum';
import pRetry from 'p-retry';
import type { Case } from '../lib/measure.ts';
import { sequential } from '../lib/measure.ts';
import { cockatielBreaker, cockatielRetry, cockatielWrap } from './cockatiel.ts';
import { Floor } from './floor.ts';

/** The work: an async function that resolves at once. */
export type Work = (signal?: AbortSignal) => Promise<number>;

/** A way to make that function resilient: gives a function that makes one call. */
export interface FunctionPeer {
  readonly name: string;
  readonly wrap: (work: Work, signal?: AbortSignal) => () => Promise<unknown>;
}

const OPERATION = 'incidents.get';

export const bare: FunctionPeer = { name: 'bare call', wrap: (work) => () => work() };

export const passthrough: FunctionPeer = {
  name: 'async passthrough',
  wrap: (work) => async () => {
    const value = await work();
    return value;
  },
};

export const floor: FunctionPeer = {
  name: 'hand-written floor',
  wrap: (work, signal) => {
    const wrapper = new Floor();
    return signal === undefined
      ? () => wrapper.execute(() => work())
      : () => wrapper.execute((context) => work(context.signal), signal);
  },
};

export const ours: FunctionPeer = {
  name: 'ours: execute',
  wrap: (work, signal) => {
    const resilience = createResilience();
    return signal === undefined
      ? () => resilience.execute(OPERATION, () => work())
      : () => resilience.execute(OPERATION, (context) => work(context.signal), { signal });
  },
};

const oursWrap: FunctionPeer = {
  name: 'ours: wrap',
  wrap: (work) => createResilience().wrap(OPERATION, () => work()),
};

export const cockatiel: FunctionPeer = {
  name: 'cockatiel wrap(retry, breaker, timeout)',
  wrap: (work, signal) => {
    const policy = cockatielWrap();
    return signal === undefined
      ? () => policy.execute(() => work())
      : () => policy.execute((context) => work(context.signal), signal);
  },
};

export const functionPeers: readonly FunctionPeer[] = [
  bare,
  passthrough,
  floor,
  ours,
  oursWrap,
  {
    name: 'cockatiel retry',
    wrap: (work) => {
      const policy = cockatielRetry();
      return () => policy.execute(() => work());
    },
  },
  {
    name: 'cockatiel breaker',
    wrap: (work) => {
      const policy = cockatielBreaker();
      return () => policy.execute(() => work());
    },
  },
  cockatiel,
  { name: 'p-retry', wrap: (work) => () => pRetry(() => work(), { retries: 3 }) },
  {
    name: 'opossum, no timeout',
    wrap: (work) => {
      const breaker = new CircuitBreaker(() => work(), { timeout: false });
      return () => breaker.fire();
    },
  },
  {
    name: 'opossum',
    wrap: (work) => {
      const breaker = new CircuitBreaker(() => work());
      return () => breaker.fire();
    },
  },
  {
    name: 'p-retry around opossum',
    wrap: (work) => {
      const breaker = new CircuitBreaker(() => work());
      return () => pRetry(() => breaker.fire(), { retries: 3 });
    },
  },
  {
    name: 'effect retry',
    wrap: (work) => {
      const program = Effect.retry(
        Effect.tryPromise(() => work()),
        {
          times: 3,
          schedule: Schedule.exponential('1 second'),
        },
      );
      return () => Effect.runPromise(program);
    },
  },
  {
    name: 'effect retry + timeout',
    wrap: (work) => {
      const program = Effect.tryPromise(() => work()).pipe(
        Effect.timeout('60 seconds'),
        Effect.retry({ times: 3, schedule: Schedule.exponential('1 second') }),
      );
      return () => Effect.runPromise(program);
    },
  },
  {
    name: 'mollitia retry + breaker + timeout',
    wrap: (work) => {
      const circuit = new Circuit({
        options: {
          modules: [
            new Retry({ attempts: 3 }),
            new SlidingCountBreaker({ state: BreakerState.CLOSED }),
            new Timeout({ delay: 60_000 }),
          ],
        },
      });
      const call = circuit.fn(() => work());
      return () => call.execute();
    },
  },
];

export const atOnce: Work = async () => 1;

export const caseOf = ({ name, wrap }: FunctionPeer): Case => ({
  name,
  run: sequential(wrap(atOnce)),
});
