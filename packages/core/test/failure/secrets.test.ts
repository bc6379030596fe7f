import { spawnSync } from 'node:child_process';
import { format, inspect } from 'node:util';
import { expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { DefenderApiError } from '../../src/failure/errors.ts';
import { changeFailure, type Failure } from '../../src/failure/failure.ts';

const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJodHRwczovL2EifQ.c2lnbmF0dXJl';
const CANARY = 'canary-5ca1ab1e';

/** Everything that can be secret, in every place that an answer, or its client, has. */
function secretError(): Error {
  const url = `https://api.security.microsoft.com/api/machines?$filter=${CANARY}&sig=${CANARY}`;
  const config = {
    url,
    headers: { Authorization: `Bearer ${TOKEN}`, cookie: CANARY },
    data: JSON.stringify({ Query: CANARY }),
  };
  const data = {
    error: { code: 'InvalidInput', message: `Invalid input ${CANARY}.`, target: 'tracking-1' },
  };
  const response = { status: 400, data, headers: { 'set-cookie': [CANARY] }, config };
  return Object.assign(new Error(`GET ${url} failed`), { config, response, request: { url } });
}

function wrapped(cause: unknown = secretError()): { error: DefenderApiError; failure: Failure } {
  const failure = classify(secretError());
  if (failure === undefined) throw new Error('no failure');
  return { failure, error: new DefenderApiError(failure, { operation: 'machines.list', cause }) };
}

it('shows no secret in any print of the error', async () => {
  const { error, failure } = wrapped();
  expect(failure.message).toContain(CANARY);
  const response = new Response(CANARY, { status: 400, headers: { 'x-secret': CANARY } });
  const prints = [
    error.message,
    String(error),
    error.stack,
    inspect(error, { depth: 10, showHidden: true, getters: false }),
    inspect({ error, list: [error] }, { depth: 10 }),
    inspect(new Error('outer', { cause: error }), { depth: 10 }),
    // As Node prints an error that nobody catches.
    inspect(error, { depth: 10, customInspect: false }),
    JSON.stringify(error),
    JSON.stringify({ ...error }),
    inspect(wrapped(response).error, { depth: 10 }),
  ];
  for (const print of prints) {
    expect(print).not.toContain(CANARY);
    expect(print).not.toContain(TOKEN);
    expect(print).not.toContain('https://');
  }
});

it('shows no secret when nobody catches the error', () => {
  const program = `
    import { DefenderApiError } from ${JSON.stringify(new URL('../../src/failure/errors.ts', import.meta.url).href)};
    const cause = Object.assign(new Error('x'), { headers: { authorization: '${CANARY}' } });
    const failure = { code: 'Forbidden', status: 403, message: '${CANARY}', verdict: 'terminal', source: 'api' };
    throw new DefenderApiError(failure, { operation: 'machines.list', cause });
  `;
  const { stderr, status } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    {
      encoding: 'utf8',
    },
  );
  expect(status).toBe(1);
  expect(stderr).toContain('DefenderApiError: machines.list failed: 403 Forbidden');
  expect(stderr).not.toContain(CANARY);
});

it('never takes a sentence, a link or an address for a code', () => {
  for (const code of [
    `Invalid ${CANARY}`,
    `https://x/${CANARY}`,
    `jane@contoso.com`,
    `a?b=${CANARY}`,
  ]) {
    expect(classify({ status: 400, body: { error: { code, message: 'x' } } })?.code).toBe(
      'Http400',
    );
  }
});

it('shows no secret in any print of the failure, and everything else', () => {
  const body = {
    error: {
      code: '429',
      message: `API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key ${CANARY}. You can send requests again in 8 seconds.`,
      target: 'tracking-1',
    },
  };
  for (const failure of [wrapped().failure, classify({ status: 429, body })]) {
    if (failure === undefined) throw new Error('no failure');
    expect(failure.message).toContain(CANARY);
    expect(JSON.stringify(failure.values)).not.toContain(CANARY);
    const prints = [
      JSON.stringify(failure),
      JSON.stringify({ failure }),
      JSON.stringify({ ...failure }),
      inspect(failure, { depth: 10, showHidden: true }),
      inspect([failure]),
      format('%o', failure),
      Object.values(failure).join(' '),
    ];
    for (const print of prints) expect(print).not.toContain(CANARY);
    for (const name of ['code', 'status', 'trackingId', 'verdict', 'source', 'advice', 'entry']) {
      expect(Object.keys(failure)).toContain(name);
    }
  }
  const throttled = classify({ status: 429, body });
  expect(throttled?.values).toMatchObject({ key: CANARY });
  expect(JSON.parse(JSON.stringify(throttled))).toMatchObject({
    retryAfterMs: 8_000,
    values: { limit: 30, windowMs: 60_000, waitMs: 8_000 },
  });
});

it('keeps message and values of a failure that is changed', () => {
  const { failure } = wrapped();
  const changed = changeFailure(failure, { verdict: 'retryable' });
  expect(changed).toMatchObject({ message: failure.message, values: failure.values });
  expect(Object.isFrozen(changed)).toBe(true);
  expect(inspect(changed)).toMatch(/^\{\n {2}code: 'InvalidInput',/);
  expect(JSON.stringify(changed)).not.toContain(CANARY);
});
