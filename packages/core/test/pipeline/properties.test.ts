import fc from 'fast-check';
import { expect, it } from 'vitest';
import { HttpError, virtual } from '../support/virtual.ts';

/** What the service may do to one attempt. */
type Step =
  | { readonly kind: 'ok'; readonly afterMs: number }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly afterMs: number;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'reset'; readonly afterMs: number }
  | { readonly kind: 'hang' };

const afterMs = fc.integer({ min: 0, max: 90_000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('ok' as const), afterMs }),
  fc.record(
    {
      kind: fc.constant('status' as const),
      status: fc.constantFrom(400, 401, 403, 404, 408, 429, 500, 501, 502, 503, 504),
      afterMs,
      retryAfterMs: fc.integer({ min: 0, max: 400_000 }),
    },
    { requiredKeys: ['kind', 'status', 'afterMs'] },
  ),
  fc.record({ kind: fc.constant('reset' as const), afterMs }),
  fc.record({ kind: fc.constant('hang' as const) }),
);

interface Sent {
  readonly at: number;
  /** When the service asked for a wait, and until when. */
  told?: { readonly at: number; readonly until: number };
}

function service(
  setup: ReturnType<typeof virtual>,
  steps: readonly Step[],
  sent: Sent[],
): () => Promise<string> {
  const { clock } = setup;
  const after = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.timer(resolve, ms));
  return async () => {
    const entry: Sent = { at: clock.now() };
    const current = steps[sent.length] ?? { kind: 'ok', afterMs: 0 };
    sent.push(entry);
    if (current.kind === 'hang') return new Promise(() => undefined);
    await after(current.afterMs);
    if (current.kind === 'ok') return 'ok';
    if (current.kind === 'reset') throw Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    const { status, retryAfterMs } = current;
    if (retryAfterMs !== undefined && [429, 503].includes(status)) {
      entry.told = { at: clock.now(), until: clock.now() + retryAfterMs };
    }
    throw new HttpError(
      status,
      undefined,
      retryAfterMs === undefined ? {} : { 'retry-after-ms': String(retryAfterMs) },
    );
  };
}

const options = fc.record({
  maxRetries: fc.integer({ min: 0, max: 5 }),
  deadlineMs: fc.integer({ min: 1, max: 600_000 }),
  idempotent: fc.boolean(),
  chance: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
});

it('holds for any service: attempts, told waits, the deadline, replay safety, and nothing left behind', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 8 }),
      options,
      async (steps, { maxRetries, deadlineMs, idempotent, chance }) => {
        const setup = virtual({ random: () => chance, circuit: false });
        const { clock, resilience, ends } = setup;
        const sent: Sent[] = [];
        const call = resilience.execute('own.operation', service(setup, steps, sent), {
          maxRetries,
          deadlineMs,
          attemptTimeoutMs: Math.min(60_000, deadlineMs),
          idempotent: idempotent,
        });
        await clock.settle(call.catch(() => undefined));
        const endedAt = clock.now();
        expect(sent.length).toBeLessThanOrEqual(maxRetries + 1);
        expect(endedAt).toBeLessThanOrEqual(deadlineMs);
        for (const [index, attempt] of sent.entries()) {
          // What was told when the attempt's time was up, or after it, reached nobody.
          const before = sent[index - 1];
          const inTime = before?.told !== undefined && before.told.at - before.at < 60_000;
          if (inTime) expect(attempt.at).toBeGreaterThanOrEqual(before.told?.until ?? 0);
          // An end that may have acted is followed by nothing where it must not act twice.
          const previous = steps[index - 1];
          const ambiguous =
            previous !== undefined &&
            (previous.kind === 'reset' ||
              previous.kind === 'hang' ||
              (previous.kind === 'status' && [502, 504].includes(previous.status)));
          if (!idempotent) expect(index > 0 && ambiguous).toBe(false);
        }
        expect(ends).toHaveLength(1);
        expect(ends[0]?.attempts).toBe(sent.length);
        // The service's own timers and pauses run out; the wrapper keeps none of its own.
        await clock.advance(1_000_000);
        expect(clock.pendingTimers).toBe(0);
        expect(resilience.snapshot()).toMatchObject({ inFlight: 0, throttles: [] });
      },
    ),
    { numRuns: 300 },
  );
});

it('sends nothing of a paused quota group before the told time, whoever calls', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: 170_000 }),
      async (gaps, waitMs) => {
        const setup = virtual({ circuit: false });
        const { clock, resilience } = setup;
        let pausedUntil = 0;
        let first = true;
        const fn = (): Promise<string> => {
          expect(clock.now()).toBeGreaterThanOrEqual(pausedUntil);
          if (!first) return Promise.resolve('ok');
          first = false;
          pausedUntil = clock.now() + waitMs;
          return Promise.reject(new HttpError(429, '429', { 'retry-after-ms': String(waitMs) }));
        };
        const calls: Promise<string>[] = [];
        for (const gap of gaps) {
          calls.push(resilience.execute('incidents.list', fn));
          await clock.advance(gap);
        }
        expect(await clock.settle(Promise.all(calls))).toEqual(gaps.map(() => 'ok'));
      },
    ),
    { numRuns: 100 },
  );
});

it('adds no more retries in a full outage than the budget allows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 80 }),
      fc.record({
        ratio: fc.constantFrom(0, 0.1, 0.2, 0.5),
        minPerMinute: fc.integer({ min: 0, max: 20 }),
      }),
      async (gaps, budget) => {
        const { clock, resilience } = virtual({ circuit: false, budget });
        let sent = 0;
        const fn = (): Promise<never> => {
          sent += 1;
          return Promise.reject(new HttpError(500, 'InternalServerError'));
        };
        const calls: Promise<unknown>[] = [];
        const startedAt = clock.now();
        for (const gap of gaps) {
          calls.push(resilience.execute('incidents.list', fn).catch(() => undefined));
          await clock.advance(gap);
        }
        await clock.settle(Promise.all(calls));
        // Each minute that was begun brings one reserve; each call brings its share at most twice,
        // once for each minute that it lies in.
        const minutes = Math.floor((clock.now() - startedAt) / 60_000) + 1;
        expect(sent - gaps.length).toBeLessThanOrEqual(
          minutes * budget.minPerMinute + 2 * budget.ratio * gaps.length,
        );
      },
    ),
    { numRuns: 60 },
  );
});
