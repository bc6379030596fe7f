import { createResilience, failureOf } from '@defender-resilience/core';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Failure } from '../../src/failure/failure.ts';
import type * as NestedCalls from '../../src/pipeline/nested-calls.ts';
import { HttpError, scripted, virtual } from '../support/virtual.ts';

type Nested = typeof NestedCalls;

const FAILURE: Failure = { code: 'Own', message: '', verdict: 'retryable', source: 'api' };
const reset = (): Error => Object.assign(new Error('reset'), { code: 'ECONNRESET' });
const never = (): Promise<never> => new Promise(() => undefined);
const noop = (): void => undefined;
let copies = 0;

/** The module as it is in a new process: what it remembers is shared by the whole process. */
function freshly(): Promise<Nested> {
  copies += 1;
  const url = new URL(`../../src/pipeline/nested-calls.ts?copy=${copies}`, import.meta.url);
  return import(url.href) as Promise<Nested>;
}

/** The warnings that are given meanwhile. */
async function warningsOf(give: () => unknown): Promise<readonly (readonly unknown[])[]> {
  const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
  try {
    await give();
    return warnings.mock.calls;
  } finally {
    warnings.mockRestore();
  }
}

interface Sent {
  readonly outer: number;
  readonly inner: number;
  readonly failure: Failure | undefined;
}

/** Calls `inner` through the wrapper inside a call through the wrapper, and counts what is sent. */
async function nest(
  inner: () => unknown,
  around: (call: Promise<unknown>) => unknown,
): Promise<Sent> {
  const { clock, resilience } = virtual({ circuit: false, retry: { maxRetries: 2 } });
  const sent = { outer: 0, inner: 0 };
  const innerCall = (): Promise<unknown> =>
    resilience.execute('nested.inner', () => {
      sent.inner += 1;
      return inner();
    });
  const outerCall = resilience.execute('nested.outer', () => {
    sent.outer += 1;
    return around(innerCall());
  });
  const [settled] = await clock.settle(Promise.allSettled([outerCall]));
  const failure = failureOf(settled.status === 'fulfilled' ? settled.value : settled.reason);
  return { ...sent, failure };
}

/** Makes an error of its own out of what the inner call gives. */
const rejecting = (error: () => unknown) => async (call: Promise<unknown>) => {
  await call.catch(noop);
  throw error();
};

describe('what a call inside another gave up on', () => {
  const failing = (): Promise<never> => Promise.reject(new HttpError(500, 'InternalServerError'));
  const errorPage = (): Response => new Response('{}', { status: 500 });

  it.each<[string, () => unknown, (call: Promise<unknown>) => unknown]>([
    ['its error', failing, (call) => call],
    ['its response', errorPage, (call) => call],
    [
      'an error with it as the cause',
      failing,
      (call) =>
        call.catch((cause: unknown) => {
          throw new Error('could not', { cause });
        }),
    ],
  ])('is not tried again where the outer one ends with %s', async (_what, inner, around) => {
    expect(await nest(inner, around)).toMatchObject({
      outer: 1,
      inner: 3,
      failure: { status: 500 },
    });
  });

  it('is tried again where the outer one fails on its own', async () => {
    expect(await nest(failing, rejecting(reset))).toMatchObject({
      outer: 3,
      inner: 9,
      failure: { code: 'ECONNRESET' },
    });
  });

  it.each<[string, unknown]>([
    ['a text', 'just text'],
    ['null', null],
    ['undefined', undefined],
  ])('may be %s', async (_what, reason) => {
    const { resilience } = virtual();
    const call = resilience.execute('nested.outer', () =>
      resilience.execute('nested.inner', () => Promise.reject(reason)),
    );
    await expect(call).rejects.toBe(reason);
  });

  it('does not keep a later call from its retries, which meets the same error', async () => {
    const { clock, resilience } = virtual({ circuit: false, retry: { maxRetries: 2 } });
    const error = reset();
    const inner = (reason: Error): Promise<unknown> =>
      resilience.execute('nested.inner', () => Promise.reject(reason), { maxRetries: 0 });
    await clock.settle(resilience.execute('nested.outer', () => inner(error).catch(noop)));
    const fn = scripted(error, error);
    await expect(clock.settle(resilience.execute('nested.later', fn))).resolves.toBe('done');
    // Nor where another one fails in it.
    let sent = 0;
    const later = resilience.execute('nested.later', async () => {
      sent += 1;
      await inner(new HttpError(503)).catch(noop);
      throw error;
    });
    await expect(clock.settle(later)).rejects.toBe(error);
    expect(sent).toBe(3);
  });
});

describe('where the asynchronous context is followed', () => {
  beforeEach(() => {
    undiciInterceptor(createResilience());
  });

  const byStatus = (status: number) => (): Promise<never> =>
    Promise.reject(new HttpError(status, 'Own', {}, 'inside'));
  const byReset = (): Promise<never> => Promise.reject(reset());

  it.each<[string, number, () => unknown, (call: Promise<unknown>) => unknown]>([
    [
      '1: it has the status of the inner one',
      1,
      byStatus(503),
      rejecting(() => new HttpError(503)),
    ],
    ['3: it has another status', 3, byStatus(503), rejecting(() => new HttpError(502))],
    ['1: neither has a status', 1, byReset, rejecting(reset)],
    ['3: it did not answer in time', 3, byReset, (call) => call.catch(never)],
    ['3: the inner one has succeeded', 3, () => 'done', rejecting(reset)],
  ])('an outer call with an error of its own is sent %s', async (_what, outer, inner, around) => {
    expect((await nest(inner, around)).outer).toBe(outer);
  });

  it('tells of the failure that the inner one knows more of', async () => {
    const { failure } = await nest(
      byStatus(503),
      rejecting(() => new HttpError(503)),
    );
    expect(failure).toMatchObject({ code: 'Own', message: 'inside', trackingId: 'tracking-1' });
  });

  it('an attempt answers for its own inner calls alone', async () => {
    const { clock, resilience } = virtual({ circuit: false, retry: { maxRetries: 2 } });
    let sent = 0;
    const call = resilience.execute('nested.outer', async () => {
      sent += 1;
      if (sent > 1) throw reset();
      await resilience.execute('nested.inner', byStatus(503)).catch(noop);
      throw new HttpError(502);
    });
    await clock.settle(call.catch(noop));
    expect(sent).toBe(3);
  });
});

describe('the attempt that a call is made in', () => {
  const scope = (state: Partial<NestedCalls.AttemptScope> = {}): NestedCalls.AttemptScope => ({
    nestedFailure: undefined,
    failuresBefore: 0,
    callsBefore: 0,
    followed: false,
    ...state,
  });

  it('is known once the context is followed, and stays so', async () => {
    const nested = await freshly();
    const own = scope();
    expect(nested.currentScope()).toBeUndefined();
    expect(nested.runInScope(own, nested.currentScope)).toBeUndefined();
    nested.followContext();
    const seen = await nested.runInScope(own, async () => {
      nested.followContext();
      await Promise.resolve();
      return nested.currentScope();
    });
    expect(seen).toBe(own);
    expect(nested.currentScope()).toBeUndefined();
  });

  it('keeps the last failure inside, unless the call that fails is inside no other', async () => {
    const nested = await freshly();
    const own = scope();
    nested.followContext();
    nested.callStarted();
    const inside = { callNumber: 2, scope: own };
    nested.rememberFailure('lonely', FAILURE, new Error('lonely'), inside);
    expect([nested.failureCount(), own.nestedFailure]).toEqual([0, undefined]);
    nested.callStarted();
    for (const operation of ['first', 'last']) {
      nested.rememberFailure(operation, FAILURE, new Error('inside'), inside);
    }
    expect(nested.failureCount()).toBe(2);
    expect(own.nestedFailure).toMatchObject({ operation: 'last', failure: FAILURE, order: 2 });
    nested.callEnded();
    nested.rememberFailure('lonely again', FAILURE, new Error('lonely'), inside);
    expect(nested.failureCount()).toBe(2);
  });

  it('fails by a call inside it only where one has failed since it was sent', async () => {
    const nested = await freshly();
    const error = new Error('inside');
    const inner = { callNumber: 2, scope: undefined };
    nested.callStarted();
    nested.callStarted();
    nested.rememberFailure('inner', FAILURE, error, inner);
    const [before, after] = [scope(), scope({ failuresBefore: 1 })];
    expect(nested.findNestedFailure(before, error, FAILURE)?.operation).toBe('inner');
    expect(nested.findNestedFailure(after, error, FAILURE)).toBeUndefined();
    nested.rememberFailure('other', FAILURE, new Error('other'), inner);
    expect(nested.findNestedFailure(after, error, FAILURE)).toBeUndefined();
  });

  it('does not fail by a call that had begun before, which met the same error', async () => {
    const nested = await freshly();
    const error = new Error('shared');
    for (const callNumber of [nested.callStarted(), nested.callStarted()]) {
      nested.rememberFailure('other', FAILURE, error, { callNumber, scope: undefined });
    }
    expect(nested.callCount()).toBe(2);
    const [before, during] = [scope({ callsBefore: 2 }), scope({ callsBefore: 1 })];
    expect(nested.findNestedFailure(before, error, FAILURE)).toBeUndefined();
    expect(nested.isContextFollowed()).toBe(false);
    // One that has begun meanwhile may be inside it: from now on, that is known.
    expect(nested.findNestedFailure(during, error, FAILURE)?.operation).toBe('other');
    expect(nested.isContextFollowed()).toBe(true);
  });

  it('does not fail by a call outside it, where the context is followed', async () => {
    const nested = await freshly();
    const error = new Error('shared');
    const [own, another] = [scope({ followed: true }), scope({ followed: true })];
    nested.callStarted();
    const callNumber = nested.callStarted();
    nested.rememberFailure('inner', FAILURE, error, { callNumber, scope: own });
    expect(nested.findNestedFailure(another, error, FAILURE)).toBeUndefined();
    expect(nested.findNestedFailure(own, error, FAILURE)?.operation).toBe('inner');
  });
});

describe('the warning of a call inside another', () => {
  it('is given once for each pair of operations', async () => {
    const nested = await freshly();
    const warnings = await warningsOf(() => {
      for (const inner of ['a', 'b', 'a', 'b']) nested.warnNested('outer', inner);
      nested.warnNested('a', 'outer');
    });
    expect(warnings.map(([text]) => text)).toEqual([
      `The wrapped call "a" was made inside the wrapped call "outer". The outer one does not retry the inner one's failures; wrap only one of the two.`,
      expect.stringMatching(/"b" was made inside the wrapped call "outer"/),
      expect.stringMatching(/"outer" was made inside the wrapped call "a"/),
    ]);
  });

  it('is given for 100 pairs at most', async () => {
    const nested = await freshly();
    const warnings = await warningsOf(() => {
      for (let pair = 0; pair < 105; pair += 1) nested.warnNested('outer', String(pair));
    });
    expect(warnings).toHaveLength(100);
  });

  it('names the place in the caller’s own code', async () => {
    const nested = await freshly();
    const warnings = await warningsOf(
      () =>
        new Promise<void>((resolve) => {
          setImmediate(function ownFunction() {
            nested.warnNested('outer', 'inner');
            resolve();
          });
        }),
    );
    expect(warnings[0]?.[1]).toEqual({
      code: 'DEFENDER_RESILIENCE_NESTED',
      detail: expect.stringMatching(/^ {4}at .*ownFunction .*nested-calls\.test\.ts/) as unknown,
    });
    expect(JSON.stringify(warnings)).not.toMatch(/node:|core\/src|place/);
  });

  const [linux, windows] = ['/opt/pipeline/my app', 'C:\\my app'];

  it.each<[string, string[], string[] | undefined]>([
    [
      'of a build',
      [
        `    at warnNested (file://${linux}/core/dist/run-call.js:1:2)`,
        `    at #decide (file://${linux}/core/dist/run-call.js:3:4)`,
        `    at inner (file://${linux}/src/main.js:5:6)`,
        `    at file://${linux}/src/main.js:7:8`,
        '    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
      ],
      [`    at inner (file://${linux}/src/main.js:5:6)`, `    at file://${linux}/src/main.js:7:8`],
    ],
    [
      'of a build on Windows',
      [
        `    at warnNested (${windows}\\core\\dist\\run-call.js:1:2)`,
        `    at #decide (${windows}\\core\\dist\\run-call.js:3:4)`,
        `    at main (${windows}\\src\\main.js:5:6)`,
      ],
      [`    at main (${windows}\\src\\main.js:5:6)`],
    ],
    [
      'of the sources',
      [
        `    at warnNested (${linux}/core/src/pipeline/nested-calls.ts:1:2)`,
        `    at execute (${linux}/core/src/resilience.ts:3:4)`,
        `    at main (${linux}/main.ts:5:6)`,
      ],
      [`    at main (${linux}/main.ts:5:6)`],
    ],
    ['of ours alone', [`    at warnNested (${linux}/core/dist/run-call.js:1:2)`], undefined],
    ['without a place', ['    at warnNested', `    at main (${linux}/main.js:1:2)`], undefined],
    ['of another engine', [`warnNested@file://${linux}/core/dist/run-call.js:1:2`], undefined],
    ['of no engine', [], undefined],
  ])('names the place by the frames %s', async (_what, frames, detail) => {
    const nested = await freshly();
    const { prepareStackTrace } = Error;
    const warnings = await warningsOf(() => {
      Error.prepareStackTrace = () => ['Error: place', ...frames].join('\n');
      nested.warnNested('outer', 'inner');
      Error.prepareStackTrace = prepareStackTrace;
    });
    const code = 'DEFENDER_RESILIENCE_NESTED';
    expect(warnings[0]?.[1]).toStrictEqual(
      detail === undefined ? { code } : { code, detail: detail.join('\n') },
    );
  });

  it('names the operations of the calls that were made', async () => {
    const own = crypto.randomUUID();
    const { execute } = virtual().resilience;
    const warnings = await warningsOf(async () => {
      const call = execute(`${own}.outer`, () =>
        execute(`${own}.inner`, () => Promise.reject(new HttpError(404))),
      );
      await call.catch(noop);
    });
    expect(warnings.map(([text]) => text)).toEqual([
      expect.stringContaining(`"${own}.inner" was made inside the wrapped call "${own}.outer"`),
    ]);
  });

  it('is not given where the caller aborts', async () => {
    const controller = new AbortController();
    const { resilience } = virtual();
    const { signal } = controller;
    const name = `nested.aborted-${copies}`;
    const warnings = await warningsOf(async () => {
      const call = resilience.execute(
        name,
        () => {
          const inner = resilience.execute('nested.inner', never, { signal });
          controller.abort(new Error('enough'));
          return inner;
        },
        { signal },
      );
      await call.catch(noop);
    });
    expect(warnings).toEqual([]);
  });
});
