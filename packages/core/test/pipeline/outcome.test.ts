import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/failure/attach.ts';
import type { Failure } from '../../src/failure/failure.ts';
import type { AttemptSender, ClientCall } from '../../src/pipeline/call.ts';
import {
  classifyOutcome,
  reportedFailure,
  settledValue,
  unwrap,
} from '../../src/pipeline/outcome.ts';

const SERVER_ERROR: Failure = {
  code: 'Http500',
  status: 500,
  message: '',
  verdict: 'retryable',
  source: 'gateway',
};

function call(change: Partial<ClientCall<unknown>> = {}): ClientCall<unknown> {
  return {
    operation: { name: 'own', quotaGroup: 'own' },
    name: 'own',
    client: 'function',
    host: 'api.contoso.com',
    request: undefined,
    signal: undefined,
    limits: { attemptTimeoutMs: 1, deadlineMs: 1, maxRetries: 1, idempotent: false },
    resendable: true,
    send: () => undefined,
    classifyResult: () => undefined,
    ...change,
  };
}

const IDEMPOTENT = { attemptTimeoutMs: 1, deadlineMs: 1, maxRetries: 1, idempotent: true };
const ATTEMPT: AttemptSender = {
  operation: 'own',
  attempt: 1,
  signal: new AbortController().signal,
  endsAt: 0,
  abort: () => undefined,
};

describe('a server error of a call that acts', () => {
  it('may have been carried out where the host is none of Defender’s', () => {
    const failure = reportedFailure(SERVER_ERROR, call(), undefined);
    expect(failure).toMatchObject({
      ambiguous: true,
      verdict: 'terminal',
      advice:
        'The request may have been carried out although no response arrived. Check whether it was before you send it again.',
    });
  });

  it('tells what to look up where the operation’s page says it', () => {
    const operation = { name: 'own', quotaGroup: 'own', ambiguityAdvice: 'Look at the machine.' };
    expect(reportedFailure(SERVER_ERROR, call({ operation }), undefined).advice).toMatch(
      /no response arrived\. Look at the machine\.$/,
    );
  });

  it.each<[string, Failure, ClientCall<unknown>]>([
    ['has a status below 500', { ...SERVER_ERROR, status: 499 }, call()],
    ['has no status', { code: 'X', message: '', verdict: 'retryable', source: 'network' }, call()],
    ['can never succeed', { ...SERVER_ERROR, verdict: 'terminal' }, call()],
    ['tells a wait', { ...SERVER_ERROR, retryAfterMs: 1_000 }, call()],
    ['comes from Defender', SERVER_ERROR, call({ host: 'api.security.microsoft.com' })],
    ['comes from no known host', SERVER_ERROR, call({ host: undefined })],
    ['is of a call that may be carried out twice', SERVER_ERROR, call({ limits: IDEMPOTENT })],
  ])('is left as it is where it %s', (_why, failure, given) => {
    expect(reportedFailure(failure, given, undefined)).toBe(failure);
  });

  it('with the status 500 itself is one', () => {
    const failure: Failure = { ...SERVER_ERROR, status: 500, source: 'api' };
    expect(reportedFailure(failure, call(), undefined).ambiguous).toBe(true);
  });

  it('keeps what it says where nothing more is known', () => {
    const failure: Failure = { ...SERVER_ERROR, advice: 'Wait.' };
    const given = call({ limits: IDEMPOTENT, bodyAdvice: () => undefined });
    expect(reportedFailure(failure, given, undefined)).toBe(failure);
  });

  it('is more important than what is wrong with the body that was sent', () => {
    const given = call({ bodyAdvice: () => 'Spell it right.' });
    expect(reportedFailure(SERVER_ERROR, given, undefined).advice).toMatch(/may have been carried/);
  });

  it('is left as it is where the caller’s own hosts name its host', () => {
    const hosts = { 'api.contoso.com': 'xdr' } as const;
    expect(reportedFailure(SERVER_ERROR, call(), hosts)).toBe(SERVER_ERROR);
  });

  it('keeps its verdict beside an advice from the body that was sent', () => {
    const given = call({ limits: IDEMPOTENT, bodyAdvice: () => 'Spell it right.' });
    expect(reportedFailure(SERVER_ERROR, given, undefined)).toMatchObject({
      verdict: 'retryable',
      advice: 'Spell it right.',
    });
  });

  it('that may have been carried out is ambiguous for calls that may act twice too', () => {
    const failure: Failure = { ...SERVER_ERROR, ambiguous: true };
    expect(reportedFailure(failure, call({ limits: IDEMPOTENT }), undefined)).toBe(failure);
  });
});

describe('a rejection', () => {
  const rejected = { ok: false, error: new Error('broken') } as const;
  const time = { now: () => 0 };

  it('is what its client knows of it', async () => {
    const known = { ...SERVER_ERROR };
    const atOnce = call({ classifyError: () => known });
    expect(classifyOutcome(atOnce, ATTEMPT, rejected, time)).toBe(known);
    const later = call({ classifyError: () => Promise.resolve(known) });
    expect(await classifyOutcome(later, ATTEMPT, rejected, time)).toBe(known);
  });

  it('is what it shows itself where its client knows nothing', async () => {
    const unknown = { code: 'Unknown', message: 'broken', source: 'unknown' };
    expect(classifyOutcome(call(), ATTEMPT, rejected, time)).toMatchObject(unknown);
    const later = call({ classifyError: () => Promise.resolve(undefined) });
    expect(await classifyOutcome(later, ATTEMPT, rejected, time)).toMatchObject(unknown);
  });

  it('that is no error is named so', () => {
    const outcome = { ok: false, error: undefined } as const;
    expect(classifyOutcome(call(), ATTEMPT, outcome, time)).toMatchObject({
      code: 'Unknown',
      message: 'The call was rejected with something that is not an error',
      verdict: 'terminal',
    });
  });

  it('of a call that its caller aborted is the abort', () => {
    const known = call({ signal: AbortSignal.abort(), classifyError: () => SERVER_ERROR });
    expect(classifyOutcome(known, ATTEMPT, rejected, time)).toMatchObject({
      code: 'Cancelled',
      source: 'cancelled',
      verdict: 'terminal',
    });
  });
});

describe('a success', () => {
  const WARNING = { warning: '199 - "Microsoft/WDATP/401/228"' };
  const time = { now: () => 0 };

  it.each<[number, unknown]>([
    [206, [{ vendor: 'Microsoft', provider: 'WDATP', status: 401, latencyMs: 228 }]],
    [200, undefined],
  ])('with the status %i is known to lack something: %o', (status, partial) => {
    const value = new Response('{}', { status, headers: WARNING });
    const given = call({ statusOf: () => status });
    expect(classifyOutcome(given, ATTEMPT, { ok: true, value }, time)).toBeUndefined();
    expect(failureOf(value)?.partial).toEqual(partial);
  });

  it('is what its client says, which may take time', async () => {
    const outcome = { ok: true, value: 'value' } as const;
    const seen: unknown[] = [];
    const given = call({
      classifyResult: (...args) => {
        seen.push(...args);
        return Promise.resolve(SERVER_ERROR);
      },
    });
    expect(await classifyOutcome(given, ATTEMPT, outcome, time)).toBe(SERVER_ERROR);
    expect(seen).toEqual(['value', ATTEMPT]);
  });

  it('is judged as it is where the caller has aborted meanwhile', () => {
    const given = call({ signal: AbortSignal.abort() });
    const outcome = { ok: true, value: 'value' } as const;
    expect(classifyOutcome(given, ATTEMPT, outcome, time)).toBeUndefined();
  });
});

it('an outcome gives its value, or throws its error', () => {
  const error = new Error('broken');
  expect([settledValue({ ok: true, value: 1 }), settledValue({ ok: false, error })]).toEqual([
    1,
    error,
  ]);
  expect(unwrap({ ok: true, value: 1 })).toBe(1);
  expect(() => unwrap({ ok: false, error })).toThrow(error);
});
