/** When a new token is asked for, and who gets it, in virtual time. */
import {
  failureOf,
  type RefreshContext,
  type RefreshToken,
  type Resilience,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { describe, expect, it, vi } from 'vitest';
import { jwt } from '../support/tokens.ts';
import { HttpError, type Virtual, virtual } from '../support/virtual.ts';

const INCIDENTS = 'https://api.security.microsoft.com/api/incidents';
const UNAUTHORIZED = new HttpError(401, 'Unauthorized');
const never = (): Promise<never> => new Promise(() => undefined);

interface Service extends Virtual {
  /** The tokens that were sent, in order. */
  readonly sent: (string | undefined)[];
  readonly valid: Set<string>;
  readonly asked: RefreshContext[];
  /** What was reported of `refreshToken`. */
  readonly reports: string[];
  /** Sends a token, and gives the status of the answer after `answerMs`. */
  get(token: string, given?: { url?: string; answerMs?: number }): Promise<number>;
}

/** A service that answers 401 unless the token is one of the valid. */
function service(refreshToken: RefreshToken, options: ResilienceOptions = {}): Service {
  const asked: RefreshContext[] = [];
  const reports: string[] = [];
  const sent: (string | undefined)[] = [];
  const valid = new Set<string>();
  const setup = virtual({
    circuit: false,
    budget: { ratio: 1 },
    refreshToken: (context) => {
      asked.push(context);
      return refreshToken(context);
    },
    onObserverError: (error, hook) => void reports.push(`${hook}: ${String(error)}`),
    ...options,
  });
  const { clock, resilience } = setup;
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.timer(resolve, ms));
  return {
    ...setup,
    sent,
    valid,
    asked,
    reports,
    get: async (token, { url = INCIDENTS, answerMs = 0 } = {}) => {
      const fetch = resilience.wrapFetch(async (input, init) => {
        const header = new Request(input, init).headers.get('authorization') ?? undefined;
        const own = header?.replace('Bearer ', '');
        sent.push(own);
        const status = valid.has(own ?? '') ? 200 : 401;
        if (answerMs > 0) await wait(answerMs);
        return new Response('{}', { status });
      });
      return (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status;
    },
  };
}

describe('what refreshToken is told', () => {
  const contextOf = async (
    call: (resilience: Resilience) => Promise<unknown>,
    options: ResilienceOptions = {},
  ): Promise<RefreshContext | undefined> => {
    const { clock, resilience, asked } = service(() => undefined, options);
    await clock.settle(call(resilience).catch(() => undefined));
    return asked[0];
  };

  it('is what applies to the call alone', async () => {
    const refused = (): Promise<never> => Promise.reject(UNAUTHORIZED);
    const own = await contextOf(({ execute }) => execute('own', refused));
    expect(Object.keys(own ?? {}).toSorted()).toEqual(['failure', 'operation', 'signal']);
    expect(own).toMatchObject({ operation: 'own', failure: { status: 401 } });
    const known = await contextOf(
      ({ execute }) => execute('incidents.list', refused, { host: 'known.example' }),
      { hosts: { 'known.example': 'xdr' } },
    );
    expect(Object.keys(known ?? {}).toSorted()).toEqual([
      'failure',
      'family',
      'host',
      'operation',
      'signal',
    ]);
    expect(known).toMatchObject({
      operation: 'incidents.list',
      family: 'xdr',
      host: 'known.example',
    });
  });

  it('is whose token was refused, where the token says it', async () => {
    const { get, asked } = service(() => undefined);
    await get(jwt({ tid: 'tenant', oid: 'anna' }));
    await get('opaque');
    expect(asked.map((context) => 'identity' in context && context.identity)).toEqual([
      { tenantId: 'tenant', objectId: 'anna' },
      false,
    ]);
  });
});

describe('a 401 for a token that was renewed meanwhile', () => {
  it('is sent again with the new one, and nobody is asked', async () => {
    const { clock, get, sent, asked, valid } = service(() => 'new');
    valid.add('new');
    const slow = get('old', { answerMs: 1_000 });
    const fast = get('old');
    expect(await clock.settle(Promise.all([slow, fast]))).toEqual([200, 200]);
    expect(sent).toEqual(['old', 'old', 'new', 'new']);
    expect(asked).toHaveLength(1);
  });

  it('is a refusal of the new one where it was sent after it', async () => {
    const tokens = ['new-1', 'new-2'];
    const { clock, get, sent, asked, valid } = service(() => tokens.shift());
    valid.add('new-1');
    expect(await clock.settle(get('old'))).toBe(200);
    valid.clear();
    valid.add('new-2');
    expect(await clock.settle(get('old'))).toBe(200);
    expect(sent).toEqual(['old', 'new-1', 'new-1', 'new-2']);
    expect(asked).toHaveLength(2);
  });

  it('is sent again with what others wait for, which they share', async () => {
    let renew = (_token: string): void => undefined;
    const pending = new Promise<string>((resolve) => {
      renew = resolve;
    });
    const { clock, get, sent, asked, valid } = service(() => pending);
    valid.add('new');
    const calls = [get('old'), get('old'), get('old', { answerMs: 500 })];
    await clock.advance(1_000);
    renew('new');
    expect(await clock.settle(Promise.all(calls))).toEqual([200, 200, 200]);
    expect(sent.toSorted()).toEqual(['new', 'new', 'new', 'old', 'old', 'old']);
    expect(asked).toHaveLength(1);
  });

  it('is not sent again with the very token that was refused', async () => {
    const anna = (iat: number): string => jwt({ tid: 'tenant', oid: 'anna', iat });
    const { clock, get, sent, asked, reports } = service(async () => {
      await Promise.resolve();
      return anna(2);
    });
    const calls = [get(anna(1)), get(anna(2))];
    expect(await clock.settle(Promise.all(calls))).toEqual([401, 401]);
    expect(sent).toEqual([anna(1), anna(2), anna(2)]);
    // One of them was refused with the token that is new for the other.
    expect([asked.length, reports]).toEqual([1, []]);
  });
});

describe('a 401 while the token that was renewed before is renewed again', () => {
  it('waits for that one', async () => {
    const anna = (iat: number): string => jwt({ tid: 'tenant', oid: 'anna', iat });
    let renew = (_token: string): void => undefined;
    const answers = [
      Promise.resolve(anna(1)),
      new Promise<string>((resolve) => {
        renew = resolve;
      }),
    ];
    const { clock, get, sent, asked, valid } = service(async () => answers.shift());
    valid.add(anna(1));
    const slow = get(anna(0), { answerMs: 2_000 });
    expect(await get(anna(0))).toBe(200);
    valid.clear();
    valid.add(anna(2));
    const refused = get(anna(0));
    await clock.advance(3_000);
    renew(anna(2));
    expect(await clock.settle(Promise.all([slow, refused]))).toEqual([200, 200]);
    expect(sent.slice(-2)).toEqual([anna(2), anna(2)]);
    expect(asked).toHaveLength(2);
  });

  it('asks anew where it is the very token that others were given', async () => {
    const tokens = ['new', 'newer'];
    const { clock, get, sent, asked, valid } = service(() => tokens.shift());
    valid.add('newer');
    const slow = get('new', { answerMs: 1_000 });
    expect(await get('old')).toBe(401);
    expect(await clock.settle(slow)).toBe(200);
    expect(sent).toEqual(['new', 'old', 'new', 'newer']);
    expect(asked).toHaveLength(2);
  });
});

describe('a wait for a token', () => {
  it('ends with the call’s deadline, with the 401', async () => {
    const { clock, resilience, ends } = service(never);
    await clock.advance(100_000);
    let sent = 0;
    const call = resilience.execute(
      'own',
      async () => {
        sent += 1;
        await new Promise<void>((resolve) => void clock.timer(resolve, 20_000));
        throw UNAUTHORIZED;
      },
      { deadlineMs: 30_000 },
    );
    await expect(clock.settle(call)).rejects.toBe(UNAUTHORIZED);
    expect([clock.now(), sent]).toEqual([130_000, 1]);
    expect(ends).toMatchObject([{ attempts: 1, giveUpReason: 'terminal' }]);
  });
});

describe('a refreshToken that fails', () => {
  it('is asked again by the next call, and each is told why', async () => {
    const refreshToken = vi.fn((): string => {
      throw new Error('no token');
    });
    const { clock, get, reports } = service(refreshToken);
    for (let call = 0; call < 2; call += 1) expect(await clock.settle(get('old'))).toBe(401);
    expect(refreshToken).toHaveBeenCalledTimes(2);
    expect(reports).toEqual(Array(2).fill('refreshToken: Error: no token'));
  });

  it('since nobody waits any more is no fault of its own', async () => {
    const { clock, resilience, reports } = service(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        }),
    );
    const controller = new AbortController();
    const reason = new Error('enough');
    const { signal } = controller;
    const call = resilience.execute('own', () => Promise.reject(UNAUTHORIZED), { signal });
    await clock.advance(1_000);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
    await clock.advance(100_000);
    expect(reports).toEqual([]);
    expect(clock.pendingTimers).toBe(0);
  });

  it('in time is heard of where it takes too long, and asked anew', async () => {
    const signals: AbortSignal[] = [];
    const { clock, get, asked, reports } = service(
      ({ signal }) => {
        signals.push(signal);
        return never();
      },
      { attemptTimeoutMs: 2_000 },
    );
    expect(await clock.settle(get('old'))).toBe(401);
    expect(clock.now()).toBe(2_000);
    expect(reports).toEqual([
      'refreshToken: TypeError: refreshToken did not settle within 2000 ms',
    ]);
    expect(signals[0]?.aborted).toBe(true);
    await clock.settle(get('old'));
    expect(asked).toHaveLength(2);
    await clock.advance(2_000);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('a second token that does not say whose it is', () => {
  const WARNING = /create one wrapper for each identity/;
  const machines = 'https://api.securitycenter.microsoft.com/api/machines';

  it.each<[string, number, (service: Service) => Promise<unknown>, number]>([
    ['at about the same time', 60_000, ({ get }) => get('two'), 1],
    ['a minute later', 60_001, ({ get }) => get('two'), 0],
    ['if it is the same', 0, ({ get }) => get('one'), 0],
    ['at another API', 0, ({ get }) => get('two', { url: machines }), 0],
    ['if it says it', 0, ({ get }) => get(jwt({ oid: 'anna' })), 0],
    ['where the first says it', 0, async ({ get }) => get(jwt({ oid: 'anna' })), 0],
  ])('is warned of %s', async (_when, afterMs, second, warnings) => {
    const setup = service(() => 'new-token');
    await setup.clock.advance(100_000);
    await setup.get('one');
    await setup.clock.advance(afterMs);
    await second(setup);
    expect(setup.reports.filter((report) => WARNING.test(report))).toHaveLength(warnings);
  });

  it('is not warned of where a function sent its token itself', async () => {
    const { clock, resilience, reports, get } = service(() => 'new-token');
    const refused = (): Promise<never> => Promise.reject(UNAUTHORIZED);
    const options = { host: 'api.security.microsoft.com' };
    for (const operation of ['incidents.list', 'incidents.update']) {
      await clock.settle(resilience.execute(operation, refused, options).catch(() => undefined));
    }
    await get('one');
    expect(reports.filter((report) => WARNING.test(report))).toEqual([]);
  });

  it.each([
    [99, 1],
    [100, 0],
  ])('is warned of after %i other APIs %i times', async (others, warnings) => {
    const names = Array.from({ length: others }, (_, index) => `host-${index}.example`);
    const hosts = Object.fromEntries(names.map((name) => [name, 'xdr' as const]));
    const { get, reports } = service(() => 'new-token', { hosts });
    await get('one');
    for (const name of names) await get('one', { url: `https://${name}/api/incidents` });
    await get('two');
    expect(reports.filter((report) => WARNING.test(report))).toHaveLength(warnings);
  });
});

describe('a call that refreshToken makes', () => {
  it('is answered its 401, and another call meanwhile is not', async () => {
    const { clock, resilience, reports, asked } = service(async () => {
      const own = resilience.execute('own.token', () => Promise.reject(UNAUTHORIZED));
      const status = await own.then(
        () => undefined,
        (error: unknown) => failureOf(error)?.status,
      );
      return `new-${status}`;
    });
    const fn = ({ token }: { token?: string }): Promise<string> =>
      token === undefined ? Promise.reject(UNAUTHORIZED) : Promise.resolve(token);
    const calls = ['own.a', 'own.b'].map((operation) => resilience.execute(operation, fn));
    expect(await clock.settle(Promise.all(calls))).toEqual(['new-401', 'new-401']);
    expect(asked).toHaveLength(1);
    expect(reports).toEqual([
      'refreshToken: TypeError: refreshToken called own.token through the wrapper that it gets tokens for, and got a 401: it cannot wait for itself. Use a client that is not wrapped.',
    ]);
    // Once it has returned, what it began may ask like any other.
    expect(await clock.settle(resilience.execute('own.c', fn))).toBe('new-401');
    expect(asked).toHaveLength(2);
  });
});

describe('calls that refreshToken makes', () => {
  /** A refreshToken that calls through the wrapper once `go` of its operation is resolved. */
  function calling(status: number): {
    readonly go: (operation: string) => void;
    readonly made: Service;
  } {
    const started = new Map<string, () => void>();
    const made: Service = service(async ({ operation }) => {
      await new Promise<void>((resolve) => void started.set(operation, resolve));
      const error = new HttpError(status);
      const call = made.resilience.execute(`${operation}.token`, () => Promise.reject(error), {
        maxRetries: 0,
      });
      return call.catch(() => `new-${operation}`);
    });
    return { made, go: (operation) => started.get(operation)?.() };
  }

  const fn = ({ token }: { token?: string }): Promise<string> =>
    token === undefined ? Promise.reject(UNAUTHORIZED) : Promise.resolve(token);

  it('are answered their 401 also while it runs for others, and after it ended for others', async () => {
    const { go, made } = calling(401);
    const { clock, resilience, reports } = made;
    const hosts = ['api.security.microsoft.com', 'api.securitycenter.microsoft.com'];
    const calls = ['a', 'b'].map((operation, index) =>
      resilience.execute(operation, fn, { host: hosts[index] ?? '' }),
    );
    await clock.advance(10);
    go('b');
    expect(await clock.settle(calls[1] ?? never())).toBe('new-b');
    go('a');
    expect(await clock.settle(calls[0] ?? never())).toBe('new-a');
    expect(reports.map((report) => /refreshToken called (\S+)/.exec(report)?.[1])).toEqual([
      'b.token',
      'a.token',
    ]);
  });

  it('may fail otherwise, which is no mistake', async () => {
    const { go, made } = calling(500);
    const call = made.resilience.execute('a', fn);
    await made.clock.advance(10);
    go('a');
    expect(await made.clock.settle(call)).toBe('new-a');
    expect(made.reports).toEqual([]);
  });
});

it('a token is asked for in a runtime without asynchronous contexts as well', async () => {
  const made = service(() => 'new');
  made.valid.add('new');
  vi.stubGlobal('process', Object.create(process, { getBuiltinModule: { value: undefined } }));
  try {
    expect(await made.clock.settle(made.get('old'))).toBe(200);
  } finally {
    vi.unstubAllGlobals();
  }
});

describe('without a refreshToken', () => {
  it('a 401 is the end, and no token is given', async () => {
    const { resilience } = virtual();
    const seen: unknown[] = [];
    const call = resilience.execute('own', (context) => {
      seen.push(context.token);
      return Promise.reject(UNAUTHORIZED);
    });
    await expect(call).rejects.toBe(UNAUTHORIZED);
    expect(seen).toEqual([undefined]);
  });
});
