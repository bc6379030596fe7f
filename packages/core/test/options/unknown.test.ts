import { describe, expect, it } from 'vitest';
import { asPolicy } from '../../src/clients/cockatiel/index.ts';
import { createResilience } from '../../src/index.ts';
import {
  checkOptions,
  describe as describeValue,
  mapOf,
  number,
} from '../../src/validation/check-options.ts';

function faultsOf(options: unknown): string {
  try {
    Reflect.apply(createResilience, undefined, [options]);
  } catch (error) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  return 'no fault';
}

const noop = (): undefined => undefined;

describe('an option that matches nothing', () => {
  it.each<[unknown, string]>([
    // Nearly right.
    [{ retry: { maxRetry: 3 } }, 'retry.maxRetry is not an option; did you mean retry.maxRetries?'],
    [{ retry: { maxRetryAfter: 3 } }, 'did you mean retry.maxRetryAfterMs?'],
    [{ quota: { reserv: 0.1 } }, 'did you mean quota.reserve?'],
    [{ operations: { x: { idempotnt: true } } }, "did you mean operations['x'].idempotent?"],
    // At the wrong place.
    [{ maxRetries: 3 }, 'maxRetries is not an option; did you mean retry.maxRetries?'],
    [{ retry: { deadlineMs: 3 } }, 'did you mean deadlineMs?'],
    [{ circuit: { maxWaiting: 1 } }, 'did you mean throttle.maxWaiting?'],
    // What other libraries call it.
    [{ retries: 3 }, 'retries is not an option; did you mean retry.maxRetries?'],
    [{ maxAttempts: 3 }, 'did you mean retry.maxRetries?'],
    [{ retry: { retries: 3 } }, 'did you mean retry.maxRetries?'],
    [{ retry: { limit: 3 } }, 'did you mean retry.maxRetries?'],
    [{ timeoutMs: 3 }, 'timeoutMs is not an option; did you mean attemptTimeoutMs?'],
    [{ timeout: 3 }, 'did you mean attemptTimeoutMs?'],
    [{ totalTimeout: 3 }, 'did you mean deadlineMs?'],
    [{ circuitBreaker: {} }, 'did you mean circuit?'],
    [{ circuit: { halfOpenAfter: 1 } }, 'did you mean circuit.openMs?'],
    [{ getToken: noop }, 'did you mean refreshToken?'],
    [{ hooks: [] }, 'did you mean observers?'],
    [{ errors: 'throw' }, 'did you mean throwHttpErrors?'],
    [{ circuit: { failureThreshold: 1 } }, 'did you mean circuit.failureRatio?'],
    [{ budget: { percentCanRetry: 20 } }, 'did you mean budget.ratio?'],
    [{ bodyTimeout: 1 }, 'did you mean attemptTimeoutMs?'],
    [{ onRetry: noop }, 'did you mean observers?'],
    // Letters in the wrong order.
    [{ hotss: {} }, 'did you mean hosts?'],
    // Inherited, as in an object of a class.
    [Object.create({ retries: 3 }), 'did you mean retry.maxRetries?'],
    [Object.create({ retry: { maxRetries: -1 } }), 'retry.maxRetries must be an integer'],
    // Nothing in it would be read.
    [new Map([['retry', {}]]), 'createResilience takes an object of options'],
    [{ hosts: new Map([['localhost', 'all']]) }, 'hosts must be an object of hosts'],
    // Like nothing.
    [{ zebra: 1 }, 'zebra is not an option; known are attemptTimeoutMs, deadlineMs, retry'],
    [{ budget: { zebra: 1 } }, 'budget.zebra is not an option; known are ratio, minPerMinute'],
  ])('of %j is named, with the right name', (options, message) => {
    expect(faultsOf(options)).toContain(message);
  });

  it('has no suggestion if no name is near', () => {
    expect(faultsOf({ zebra: 1 })).not.toContain('did you mean');
  });
});

describe('a host that no request can have', () => {
  it.each<[string, string]>([
    ['http://127.0.0.1:1', "hosts['http://127.0.0.1:1'] must be a host"],
    ['http://127.0.0.1:1', "did you mean '127.0.0.1:1'?"],
    ['localhost:8080/api', "did you mean 'localhost:8080'?"],
    ['*.example.com', "hosts['*.example.com'] must be a host: name each one"],
    ['', "hosts[''] must be a host"],
    ['a b', "hosts['a b'] must be a host"],
    ['localhost:', "hosts['localhost:'] must be a host"],
    // `URL.host` leaves them out.
    ['a.example:443', "did you mean 'a.example'?"],
    ['a.example:80', "hosts['a.example:80'] must be a host"],
    ['a.example:99999', "hosts['a.example:99999'] must be a host"],
    ['127.1:8080', "did you mean '127.0.0.1:8080'?"],
    ['[0:0:0:0:0:0:0:1]:8080', "did you mean '[::1]:8080'?"],
  ])('such as %j is named', (host, message) => {
    expect(faultsOf({ hosts: { [host]: 'all' } })).toContain(message);
  });

  it.each(['localhost', 'LOCALHOST:8080', '127.0.0.1:1', '[::1]:8080', 'my_proxy.example.com'])(
    'is not %s',
    (host) => {
      expect(faultsOf({ hosts: { [host]: 'all' } })).toBe('no fault');
    },
  );
});

describe('a quota group that no operation has', () => {
  it('is named, with the right name', () => {
    expect(faultsOf({ quota: { groups: { incident: { perMinute: 5 } } } })).toContain(
      "quota.groups['incident'] is not a quota group; did you mean 'incidents'?",
    );
    expect(faultsOf({ quota: { groups: { zebra: false } } })).toContain(
      "quota.groups['zebra'] is not a quota group of the operations table",
    );
  });

  it('is not the group of operations that the table does not have', () => {
    expect(faultsOf({ quota: { groups: { other: { perMinute: 5 } } } })).toBe('no fault');
  });
});

describe('an observer', () => {
  class Helper {
    readonly format = noop;
    call(): undefined {
      return undefined;
    }
  }

  it.each<[unknown, string]>([
    [{ onCall: noop }, 'observers[0].onCall is not a hook; did you mean call?'],
    [{ calls: noop }, 'observers[0].calls is not a hook; did you mean call?'],
    [{ call: noop, circut: noop }, 'observers[0].circut is not a hook; did you mean circuit?'],
    [
      { retry: noop },
      'observers[0].retry is a hook of a single call: return it from observers[0].call',
    ],
    [{ call: 'log' }, 'observers[0].call must be a function'],
    [{ level: 'info' }, 'observers[0] has none of the hooks'],
    [new Map(), 'observers[0] has none of the hooks'],
    [noop, 'observers[0] must be an observer, got a function'],
    [Promise.resolve({}), 'observers[0] has none of the hooks'],
    [[], 'observers[0] must be an observer, got an array'],
  ])('that would never be called is named', (observer, message) => {
    expect(faultsOf({ observers: [observer] })).toContain(message);
  });

  it.each<[string, unknown]>([
    ['nothing to observe', {}],
    ['state of its own', { call: noop, seen: [] }],
    ['helpers in its class', new Helper()],
    ['a hook that is undefined', { call: undefined, circuit: noop }],
    [
      'a getter that throws',
      {
        get call() {
          throw new Error('no');
        },
      },
    ],
  ])('may have %s', (_, observer) => {
    expect(faultsOf({ observers: [observer] })).toBe('no fault');
  });
});

describe('the options of one call', () => {
  const resilience = createResilience();
  const fn = () => Promise.resolve(1);
  const receivers: readonly (readonly [string, (options: unknown) => unknown])[] = [
    [
      'execute',
      (options): unknown => Reflect.apply(resilience.execute, resilience, ['x', fn, options]),
    ],
    ['wrap', (options): unknown => Reflect.apply(resilience.wrap, resilience, ['x', fn, options])],
    [
      'asPolicy',
      (options): unknown => Reflect.apply(asPolicy, undefined, [resilience, 'x', options]),
    ],
  ];

  it.each<[unknown, string]>([
    [{ idempotnt: true }, 'idempotnt is not an option; did you mean idempotent?'],
    [{ replayable: true }, 'did you mean idempotent?'],
    [{ retries: 3 }, 'did you mean maxRetries?'],
    [{ timeout: 3 }, 'did you mean attemptTimeoutMs?'],
    [{ idempotent: 'yes' }, 'idempotent must be true or false, got "yes"'],
    [{ priority: 'high' }, 'priority must be a number ≥ -1000 and ≤ 1000, got "high"'],
    [{ maxRetries: -1 }, 'maxRetries must be an integer ≥ 0 and ≤ 100, got -1'],
    [{ deadlineMs: 0 }, 'deadlineMs must be a number ≥ 1, got 0'],
    [{ host: 'https://a' }, 'host must be a host such as localhost:8080, got "https://a"'],
    [{ failed: true }, 'failed must be a function, got true'],
    ['fast', 'takes an object of options, got "fast"'],
  ])('are checked: %j', (options, message) => {
    for (const [name, receiver] of receivers) {
      expect(() => receiver(options)).toThrow(message);
      expect(() => receiver(options)).toThrow(name);
    }
  });

  it('of execute take a signal, and undefined for a default', async () => {
    const { signal } = new AbortController();
    const options = { signal, idempotent: true, maxRetries: undefined, host: 'a:1' };
    await expect(Reflect.apply(resilience.execute, resilience, ['x', fn, options])).resolves.toBe(
      1,
    );
    expect(() => receivers[0]?.[1]({ signal: 5 })).toThrow('signal must be an AbortSignal, got 5');
    expect(() => receivers[1]?.[1]({ signal })).toThrow('signal is not an option');
  });

  it('of wrapFetch are checked', () => {
    const wrap = (): unknown =>
      Reflect.apply(resilience.wrapFetch, resilience, [fetch, { bufferJSON: true }]);
    expect(wrap).toThrow('bufferJSON is not an option; did you mean bufferJson?');
  });
});

describe('a value', () => {
  it.each<[unknown, string]>([
    ['high', '"high"'],
    ['x'.repeat(40), 'a string of 40 characters'],
    [5, '5'],
    [null, 'null'],
    [Symbol('secret'), 'a symbol'],
    [noop, 'a function'],
    [[1], 'an array'],
    [Promise.resolve(), 'a promise'],
    [{ secret: 1 }, 'an object'],
  ])('is described without what it holds', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it('is checked in maps and nested objects, and undefined there means the default', () => {
    const fields = { limits: mapOf(number(1), 'an object of numbers') };
    const check = (limits: unknown) => () => checkOptions('f', fields, { limits });
    expect(check({ a: 1, b: undefined })).not.toThrow();
    expect(check({ a: 0 })).toThrow(
      "f got invalid options:\n- limits['a'] must be a number ≥ 1, got 0",
    );
    expect(check(3)).toThrow('limits must be an object of numbers, got 3');
  });
});
