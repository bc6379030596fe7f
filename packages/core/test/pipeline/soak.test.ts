import { expect, it } from 'vitest';
import { HttpError, virtual } from '../support/virtual.ts';

const DAY_MS = 86_400_000;
const CALLS = 100_000;
const OPERATIONS = [
  'incidents.list',
  'incidents.get',
  'machines.list',
  'machines.isolate',
  'hunting.run',
  'own.job',
];

/** Chance that is the same at each run. */
function chances(): () => number {
  let state = 7;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

it('leaves nothing behind after a day of 100,000 calls in a mixed fault schedule', {
  timeout: 120_000,
}, async () => {
  const random = chances();
  const { clock, resilience } = virtual({ random });
  const controller = new AbortController();
  const listeners = new Map<string, number>();
  const { addEventListener, removeEventListener } = controller.signal;
  const count = (change: number): void =>
    void listeners.set('abort', (listeners.get('abort') ?? 0) + change);
  controller.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    count(1);
    Reflect.apply(addEventListener, controller.signal, args);
  };
  controller.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    count(-1);
    Reflect.apply(removeEventListener, controller.signal, args);
  };
  const fault = (): Error | undefined => {
    const hour = Math.floor(clock.now() / 3_600_000);
    // One hour in six is an outage; in the others a tenth of the answers fail in various ways.
    if (hour % 6 === 5) return new HttpError(503);
    const chance = random();
    if (chance < 0.03) return new HttpError(500, 'InternalServerError');
    if (chance < 0.05) return new HttpError(429, '429', { 'retry-after': '3' });
    if (chance < 0.06) return new HttpError(403, 'Forbidden');
    if (chance < 0.07) return Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    return undefined;
  };
  const ends = { success: 0, failure: 0 };
  const send = (): Promise<string> => {
    const error = fault();
    return error === undefined ? Promise.resolve('ok') : Promise.reject(error);
  };
  const running = new Set<Promise<void>>();
  for (let call = 0; call < CALLS; call += 1) {
    const operation = OPERATIONS[call % OPERATIONS.length] ?? 'own.job';
    const run: Promise<void> = resilience
      .execute(operation, send, { signal: controller.signal })
      .then(
        () => {
          ends.success += 1;
        },
        () => {
          ends.failure += 1;
        },
      )
      .finally(() => running.delete(run));
    running.add(run);
    await clock.advance(DAY_MS / CALLS);
  }
  await clock.settle(Promise.all(running));
  await clock.advance(1_000_000);
  expect(ends.success + ends.failure).toBe(CALLS);
  expect(ends.success).toBeGreaterThan(CALLS * 0.8);
  expect(clock.pendingTimers).toBe(0);
  expect(listeners.get('abort')).toBe(0);
  const snapshot = resilience.snapshot();
  expect(snapshot).toMatchObject({ inFlight: 0, throttles: [] });
  expect(snapshot.circuits.map(({ circuit }) => circuit).toSorted()).toEqual(OPERATIONS.toSorted());
});
