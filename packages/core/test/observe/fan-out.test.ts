import { describe, expect, it, vi } from 'vitest';
import { ObserverFanOut } from '../../src/observe/fan-out.ts';
import type {
  AttemptObserver,
  CallObserver,
  CallStart,
  Observer,
} from '../../src/observe/observer.ts';
import { isolated, warnOnce } from '../../src/observe/report.ts';

const START: CallStart = { operation: 'incidents.list', client: 'fetch', quotaGroup: 'incidents' };
const ATTEMPT = { attempt: 1, delayMs: 0 };

interface Told {
  readonly errors: string[];
  report(error: unknown, hook: string): void;
}

function told(): Told {
  const errors: string[] = [];
  return {
    errors,
    report: (error, hook) =>
      errors.push(`${hook}: ${error instanceof Error ? error.message : String(error)}`),
  };
}

function attemptOf(observers: readonly AttemptObserver[], report: Told['report']) {
  const fanOut = new ObserverFanOut(
    observers.map((attempt): Observer => ({ call: () => ({ attempt: () => attempt }) })),
    report,
  );
  return fanOut.call(START)?.attempt(ATTEMPT);
}

const boom = (): never => {
  throw new Error('boom');
};

describe('an observer that throws', () => {
  it('reaches neither the call nor the other observers, whatever the hook', () => {
    const { errors, report } = told();
    const heard: string[] = [];
    const bad: CallObserver = { attempt: boom, retry: boom, throttled: boom, end: boom };
    const good: CallObserver = {
      attempt: () => ({ end: () => heard.push('attempt.end') }),
      retry: () => heard.push('retry'),
      throttled: () => heard.push('throttled'),
      end: () => heard.push('end'),
    };
    const fanOut = new ObserverFanOut(
      [
        { call: () => bad, circuit: boom },
        { call: () => good, circuit: () => heard.push('circuit') },
      ],
      report,
    );
    const call = fanOut.call(START);
    const failure = { code: 'X', message: '', verdict: 'retryable', source: 'api' } as const;
    call?.attempt(ATTEMPT)?.end({ attempt: 1, durationMs: 1 });
    call?.retry({ nextAttempt: 2, delayMs: 1, source: 'backoff', failure });
    call?.throttled({ attempt: 1, group: 'g', delayMs: 1 });
    call?.end({ outcome: 'success', attempts: 1, durationMs: 1 });
    fanOut.circuit({ circuit: 'c', operation: 'o', from: 'closed', to: 'open' });
    expect(heard).toEqual(['attempt.end', 'retry', 'throttled', 'end', 'circuit']);
    expect(errors).toEqual([
      'attempt: boom',
      'retry: boom',
      'throttled: boom',
      'call.end: boom',
      'circuit: boom',
    ]);
  });

  it('in its first hook leaves the call unwatched', () => {
    const { errors, report } = told();
    expect(new ObserverFanOut([{ call: boom }], report).call(START)).toBeUndefined();
    expect(errors).toEqual(['call: boom']);
  });

  it('asynchronously is reported and ends nothing', async () => {
    const { errors, report } = told();
    // What plain JavaScript lets through although the type says void.
    const rejects = (() => Promise.reject(new Error('late'))) as () => void;
    const fanOut = new ObserverFanOut([{ call: () => ({ end: rejects }) }], report);
    fanOut.call(START)?.end({ outcome: 'success', attempts: 1, durationMs: 1 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(errors).toEqual(['call.end: late']);
  });

  it('and whose report throws as well becomes a process warning', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const fanOut = new ObserverFanOut([{ call: boom }], isolated(boom));
    expect(fanOut.call(START)).toBeUndefined();
    expect(String(warn.mock.calls[0]?.[0])).toContain('onObserverError threw in hook call');
    warn.mockRestore();
  });
});

describe('an attempt', () => {
  it('runs inside the contexts of all observers, the first one outermost', () => {
    const order: string[] = [];
    const around = (name: string): AttemptObserver => ({
      run: (fn) => {
        order.push(`${name} in`);
        const result = fn();
        order.push(`${name} out`);
        return result;
      },
    });
    const attempt = attemptOf([around('a'), {}, around('b')], told().report);
    expect(attempt?.run(() => 'sent')).toBe('sent');
    expect(order).toEqual(['a in', 'b in', 'b out', 'a out']);
  });

  it.each<[string, AttemptObserver, string[]]>([
    ['throws before', { run: boom }, ['run: boom']],
    [
      'throws after',
      {
        run: (fn) => {
          fn();
          return boom();
        },
      },
      ['run: boom'],
    ],
    [
      'runs it twice',
      {
        run: (fn) => {
          fn();
          return fn();
        },
      },
      [],
    ],
    [
      'does not run it',
      {
        run: () => {
          throw new Error('no');
        },
      },
      ['run: no'],
    ],
  ])('is sent exactly once by an observer that %s', (_what, observer, errors) => {
    const reported = told();
    const send = vi.fn(() => 'sent');
    expect(attemptOf([observer], reported.report)?.run(send)).toBe('sent');
    expect(send).toHaveBeenCalledTimes(1);
    expect(reported.errors).toEqual(errors);
  });

  it('asks for headers only those who have the hook', () => {
    expect(attemptOf([{}], told().report)?.wantsHeaders).toBe(false);
    const attempt = attemptOf(
      [{}, { headers: (headers) => headers.set('traceparent', 'x') }, { headers: boom }],
      told().report,
    );
    expect(attempt?.wantsHeaders).toBe(true);
    const headers = new Headers();
    attempt?.headers(headers);
    expect(headers.get('traceparent')).toBe('x');
  });

  it('is not watched when no observer wants to', () => {
    const fanOut = new ObserverFanOut([{ call: () => ({}) }], told().report);
    expect(fanOut.call(START)?.attempt(ATTEMPT)).toBeUndefined();
    expect(new ObserverFanOut([{}], told().report).call(START)).toBeUndefined();
  });
});

describe('the default report', () => {
  it('warns once for each hook and kind of error, without the error’s message', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const report = warnOnce();
    report(new TypeError('secret'), 'retry');
    report(new TypeError('secret'), 'retry');
    report('text', 'retry');
    expect(warn).toHaveBeenCalledTimes(2);
    expect(JSON.stringify(warn.mock.calls)).not.toContain('secret');
    warn.mockRestore();
  });

  it('stops after a hundred kinds', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const report = warnOnce();
    for (let kind = 0; kind < 500; kind += 1) report(new Error('x'), `hook ${kind}`);
    expect(warn).toHaveBeenCalledTimes(100);
    warn.mockRestore();
  });
});
