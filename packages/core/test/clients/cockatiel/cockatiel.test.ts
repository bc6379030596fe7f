import { createResilience, failureOf } from '@defender-resilience/core';
import { asPolicy } from '@defender-resilience/core/cockatiel';
import {
  BulkheadRejectedError,
  bulkhead,
  fallback,
  handleAll,
  type IFailureEvent,
  isTaskCancelledError,
  noop,
  TimeoutStrategy,
  timeout,
  usePolicy,
  wrap,
} from 'cockatiel';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { quick, startServer } from '../../support/real.ts';
import { HttpError, scripted, virtual } from '../../support/virtual.ts';

const INTERNAL = new HttpError(500, 'InternalServerError');
const FORBIDDEN = new HttpError(403, 'Forbidden');

describe('a wrapper as a policy of cockatiel', () => {
  it('retries as execute does, and gives the result', async () => {
    const { clock, resilience, ends } = virtual();
    const fn = scripted(INTERNAL, INTERNAL);
    const policy = asPolicy(resilience, 'incidents.list');
    await expect(clock.settle(policy.execute(fn))).resolves.toBe('done');
    expect(fn.calls).toBe(3);
    expect(ends).toMatchObject([{ outcome: 'success', attempts: 3 }]);
  });

  it('rejects with the function’s own last error, unchanged', async () => {
    const { clock, resilience } = virtual();
    const policy = asPolicy(resilience, 'incidents.list');
    await expect(clock.settle(policy.execute(scripted(FORBIDDEN)))).rejects.toBe(FORBIDDEN);
    expect(failureOf(FORBIDDEN)?.code).toBe('Forbidden');
  });

  it('takes the options of execute', async () => {
    const { clock, resilience } = virtual();
    const policy = asPolicy(resilience, 'incidents.list', { maxRetries: 1 });
    const fn = scripted(INTERNAL, INTERNAL, INTERNAL);
    await expect(clock.settle(policy.execute(fn))).rejects.toBe(INTERNAL);
    expect(fn.calls).toBe(2);
  });

  it('shares circuits with all other calls of the wrapper', async () => {
    const { resilience } = virtual({ circuit: { minimumAttempts: 1 }, retry: { maxRetries: 0 } });
    await resilience.execute('incidents.list', scripted(INTERNAL)).catch(() => undefined);
    const fn = scripted();
    const policy = asPolicy(resilience, 'incidents.list');
    await expect(policy.execute(fn)).rejects.toThrow('its circuit is open');
    expect(fn.calls).toBe(0);
  });

  it('passes the abort of the caller on to the function, and rejects with its reason', async () => {
    const { clock, resilience } = virtual();
    const controller = new AbortController();
    const reason = new Error('enough');
    let heard: unknown;
    const call = asPolicy(resilience, 'incidents.list').execute(
      ({ signal }) =>
        new Promise<never>(() => {
          signal.addEventListener('abort', () => {
            heard = signal.reason;
          });
        }),
      controller.signal,
    );
    await clock.advance(10);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(heard).toBe(reason);
  });

  it('sends HTTP requests again over real sockets', async () => {
    await using server = await startServer((_request, response, count) =>
      response.writeHead(count < 3 ? 503 : 200).end('answer'),
    );
    const policy = asPolicy(quick(server.url), 'incidents.list');
    const response = await policy.execute(({ signal }) => fetch(server.url, { signal }));
    expect([response.status, await response.text()]).toEqual([200, 'answer']);
    expect(server.requests).toHaveLength(3);
  });

  it.each([
    ['no wrapper', [{}, 'incidents.list'], 'asPolicy takes the result of createResilience'],
    ['no name', [createResilience(), ''], "asPolicy takes the operation's name second"],
  ])('is refused with %s', (_what, args, message) => {
    expect((): unknown => Reflect.apply(asPolicy, undefined, args)).toThrow(message);
  });
});

describe('the events of the policy', () => {
  it('fire once for each execution', async () => {
    const { clock, resilience } = virtual();
    const policy = asPolicy(resilience, 'incidents.list');
    const durations: number[] = [];
    const failures: IFailureEvent[] = [];
    policy.onSuccess(({ duration }) => durations.push(duration));
    policy.onFailure((event) => failures.push(event));
    await clock.settle(policy.execute(scripted(INTERNAL)));
    expect(durations).toEqual([clock.now()]);
    await clock.settle(policy.execute(scripted(FORBIDDEN)).catch(() => undefined));
    const response = new Response('', { status: 404 });
    await clock.settle(policy.execute(() => response));
    expect(failures).toEqual([
      { duration: 0, handled: true, reason: { error: FORBIDDEN } },
      { duration: 0, handled: true, reason: { value: response } },
    ]);
  });

  it('do not break the call where a listener throws', async () => {
    const hooks: string[] = [];
    const { resilience } = virtual({ onObserverError: (_error, hook) => hooks.push(hook) });
    const policy = asPolicy(resilience, 'incidents.list');
    policy.onSuccess(() => {
      throw new Error('mine');
    });
    await expect(policy.execute(() => 'done')).resolves.toBe('done');
    expect(hooks).toEqual(['policy']);
  });
});

describe('composed with the policies of cockatiel', () => {
  it('inside its bulkhead, each call takes one place however often it is sent', async () => {
    const { clock, resilience } = virtual();
    const policy = wrap(bulkhead(1), asPolicy(resilience, 'incidents.list'));
    const first = policy.execute(scripted(INTERNAL, INTERNAL));
    await clock.advance(0);
    await expect(policy.execute(() => 'second')).rejects.toBeInstanceOf(BulkheadRejectedError);
    await expect(clock.settle(first)).resolves.toBe('done');
    await expect(policy.execute(() => 'third')).resolves.toBe('third');
  });

  it('inside its timeout, the wait before a retry ends when the time is up', async () => {
    const resilience = createResilience({ retry: { initialDelayMs: 30_000 } });
    const policy = wrap(
      timeout(20, TimeoutStrategy.Aggressive),
      asPolicy(resilience, 'incidents.list'),
    );
    const fn = scripted(INTERNAL);
    const error: unknown = await policy.execute(fn).catch((cause: unknown) => cause);
    expect(isTaskCancelledError(error)).toBe(true);
    await vi.waitFor(() => expect(resilience.snapshot().inFlight).toBe(0));
    expect(fn.calls).toBe(1);
  });

  it('outside its timeout, each attempt has its own, and a timeout is retried', async () => {
    const resilience = createResilience({ retry: { initialDelayMs: 0, maxDelayMs: 0 } });
    const policy = wrap(
      asPolicy(resilience, 'incidents.list'),
      timeout(20, TimeoutStrategy.Aggressive),
    );
    const numbers: number[] = [];
    const call = policy.execute(({ attempt, signal }) => {
      numbers.push(attempt);
      return attempt === 2 ? 'done' : new Promise<string>(() => signal.throwIfAborted());
    });
    const end: unknown = await call.catch((cause: unknown) => failureOf(cause));
    expect([end, numbers]).toEqual(['done', [1, 2]]);
  });

  it('inside its fallback, what is given up on gets the value in its place', async () => {
    const { clock, resilience } = virtual();
    const policy = wrap(
      fallback(handleAll, 'stale'),
      asPolicy(resilience, 'incidents.list', { maxRetries: 0 }),
    );
    await expect(clock.settle(policy.execute(scripted(INTERNAL)))).resolves.toBe('stale');
  });

  it('passes the caller’s abort and the context of all policies through', async () => {
    const { clock, resilience } = virtual();
    const controller = new AbortController();
    const policy = wrap(noop, bulkhead(5), asPolicy(resilience, 'incidents.list'), noop);
    const seen: unknown[] = [];
    const call = policy.execute((context) => {
      expectTypeOf(context.attempt).toEqualTypeOf<number>();
      seen.push(context.attempt, context.operation);
      return new Promise<never>((_resolve, reject) => {
        context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
      });
    }, controller.signal);
    await clock.advance(0);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(seen).toEqual([1, 'incidents.list']);
  });

  it('decorates a method', async () => {
    const { clock, resilience } = virtual();
    const fn = scripted(INTERNAL);
    const descriptor: PropertyDescriptor = { value: (): Promise<string> => fn() };
    usePolicy(asPolicy(resilience, 'incidents.list'))({}, 'list', descriptor);
    const list: unknown = descriptor.value;
    const call = typeof list === 'function' ? (Reflect.apply(list, {}, []) as Promise<string>) : '';
    await expect(clock.settle(Promise.resolve(call))).resolves.toBe('done');
    expect(fn.calls).toBe(2);
  });
});
