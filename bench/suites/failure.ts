import { classify, createResilience } from '@defender-resilience/core';
import { ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import CircuitBreaker from 'opossum';
import pRetry, { AbortError } from 'p-retry';
import { costTable, medianOf } from '../lib/markdown.ts';
import { type Case, type Cost, measure, sequential } from '../lib/measure.ts';
import { by, type Chapter, type Effort } from '../lib/suite.ts';

/** What a client rejects with, made anew each time, as it is. */
class ClientError extends Error {
  readonly status = 403;
  readonly body = FORBIDDEN;
}

const FORBIDDEN: string = JSON.stringify({
  error: {
    code: 'Forbidden',
    message:
      'Missing application roles. API required roles: AdvancedHunting.Read.All, application roles: Incident.Read.All.',
    target: '43f4cb08-8fac-4b65-9db1-745c2ae65f3a',
  },
});
const SERVER_ERROR: string = JSON.stringify({
  error: { code: 'InternalServerError', message: 'Internal error', target: '43f4cb08-8fac-4b65' },
});
const HTML = `<html><head><title>502 Bad Gateway</title></head><body>${'<p>x</p>'.repeat(30)}</body></html>`;

const OPERATION = 'incidents.get';

/** A failure that is not tried again: what its way to the caller adds. */
async function rethrow(rounds: { rounds: number; sampleMs: number }): Promise<Cost[]> {
  const fail = async (): Promise<number> => {
    throw new Error('Request failed');
  };
  const refuse = async (): Promise<number> => {
    throw new ClientError('Request failed with status code 403');
  };
  const caught = (call: () => Promise<unknown>): Case['run'] =>
    sequential(() => call().catch(() => undefined));
  const resilience = createResilience();
  const never = new CircuitBreaker(fail, { errorThresholdPercentage: 100 });
  const cases: Case[] = [
    { name: 'throw and catch', run: caught(fail) },
    { name: 'ours: execute', run: caught(() => resilience.execute(OPERATION, fail)) },
    {
      name: 'ours: execute, and classify',
      run: caught(() => resilience.execute(OPERATION, refuse)),
    },
    {
      name: 'p-retry, told to stop',
      run: caught(() =>
        pRetry(() => fail().catch((error: Error) => Promise.reject(new AbortError(error)))),
      ),
    },
    { name: 'opossum', run: caught(() => never.fire()) },
    {
      name: 'cockatiel breaker',
      run: caught(() => circuit.execute(fail)),
    },
  ];
  const circuit = circuitBreaker(handleAll, {
    halfOpenAfter: 1,
    breaker: new ConsecutiveBreaker(1e9),
  });
  const costs = await measure(cases, rounds);
  never.shutdown();
  return costs;
}

/** A call that an open circuit refuses. */
async function refusal(rounds: { rounds: number; sampleMs: number }): Promise<Cost[]> {
  const fail = async (): Promise<number> => {
    throw Object.assign(new Error('failed'), { status: 500 });
  };
  const resilience = createResilience({
    retry: { maxRetries: 0 },
    circuit: { minimumAttempts: 1, openMs: 600_000, maxOpenMs: 600_000 },
  });
  await resilience.execute(OPERATION, fail).catch(() => undefined);
  const circuit = circuitBreaker(handleAll, {
    halfOpenAfter: 1e8,
    breaker: new ConsecutiveBreaker(1),
  });
  await circuit.execute(fail).catch(() => undefined);
  const opossum = new CircuitBreaker(fail, { resetTimeout: 1e8 });
  opossum.open();
  const refused = (call: () => Promise<unknown>): Case['run'] =>
    sequential(() => call().catch(() => undefined));
  const cases: Case[] = [
    { name: 'cockatiel', run: refused(() => circuit.execute(fail)) },
    { name: 'ours', run: refused(() => resilience.execute(OPERATION, fail)) },
    { name: 'opossum', run: refused(() => opossum.fire()) },
  ];
  return measure(cases, rounds);
}

async function reading(rounds: { rounds: number; sampleMs: number }): Promise<Cost[]> {
  const repeated =
    (work: () => unknown): Case['run'] =>
    async (count) => {
      for (let index = 0; index < count; index += 1) kept = work();
    };
  const cases: Case[] = [
    { name: 'JSON.parse of a 403', run: repeated(() => JSON.parse(FORBIDDEN)) },
    { name: 'classify of it', run: repeated(() => classify({ status: 403, body: FORBIDDEN })) },
    { name: 'JSON.parse of a 500', run: repeated(() => JSON.parse(SERVER_ERROR)) },
    {
      name: 'classify of the 500',
      run: repeated(() => classify({ status: 500, body: SERVER_ERROR })),
    },
    { name: 'JSON.parse of an HTML page', run: repeated(() => parseHtml()) },
    { name: 'classify of the page', run: repeated(() => classify({ status: 502, body: HTML })) },
  ];
  return measure(cases, rounds);
}

let kept: unknown;

function parseHtml(): unknown {
  try {
    return JSON.parse(HTML);
  } catch {
    return kept;
  }
}

/** What a failure costs. */
export async function failure(effort: Effort): Promise<Chapter> {
  const rounds = { rounds: by(effort, 11, 3), sampleMs: by(effort, 25, 10) };
  const [rethrown, refused, read] = [
    await rethrow(rounds),
    await refusal(rounds),
    await reading(rounds),
  ];
  const base = 'throw and catch';
  return {
    text: [
      'A failure that is handed on at once:',
      costTable(rethrown, [base]),
      'A call that an open circuit refuses:',
      costTable(refused, ['cockatiel']),
      'What an error body says:',
      costTable(read, ['JSON.parse of a 403']),
    ].join('\n\n'),
    values: {
      'rethrow ÷ throw and catch': medianOf(rethrown, 'ours: execute') / medianOf(rethrown, base),
      'cockatiel rethrow ÷ throw and catch':
        medianOf(rethrown, 'cockatiel breaker') / medianOf(rethrown, base),
      'opossum rethrow ÷ throw and catch': medianOf(rethrown, 'opossum') / medianOf(rethrown, base),
      'refusal ÷ cockatiel': medianOf(refused, 'ours') / medianOf(refused, 'cockatiel'),
      'classify ÷ JSON.parse':
        medianOf(read, 'classify of it') / medianOf(read, 'JSON.parse of a 403'),
      'classify ÷ JSON.parse, 500':
        medianOf(read, 'classify of the 500') / medianOf(read, 'JSON.parse of a 500'),
    },
  };
}
