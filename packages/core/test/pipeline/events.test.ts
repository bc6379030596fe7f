import { type Failure, failureOf, type Observer } from '@defender-resilience/core';
import { expect, it } from 'vitest';
import { quick, startServer } from '../support/real.ts';
import { HttpError, scripted, virtual } from '../support/virtual.ts';

/** The failures of every event, by the event that told them. */
function recorder(): {
  readonly observer: Observer;
  readonly seen: [string, Failure | undefined][];
} {
  const seen: [string, Failure | undefined][] = [];
  const observer: Observer = {
    call: () => ({
      attempt: ({ attempt, previous }) => {
        if (attempt > 1) seen.push(['next attempt', previous]);
        return { end: ({ failure }) => void seen.push(['attempt', failure]) };
      },
      retry: ({ failure }) => void seen.push(['retry', failure]),
      end: ({ failure }) => void seen.push(['call', failure]),
    }),
    circuit: ({ failure }) => void seen.push(['circuit', failure]),
  };
  return { observer, seen };
}

it('tells attempts, retries, the circuit, the call and its caller of one and the same failure', async () => {
  const { observer, seen } = recorder();
  const { clock, resilience } = virtual({
    observers: [observer],
    retry: { maxRetries: 1 },
    circuit: { minimumAttempts: 2 },
  });
  const [first, last] = [new HttpError(500, 'InternalServerError'), new HttpError(503)];
  await clock.settle(
    resilience.execute('incidents.list', scripted(first, last)).catch(() => undefined),
  );
  const firstFailure = seen[0]?.[1];
  const lastFailure = failureOf(last);
  expect(firstFailure).toMatchObject({ status: 500 });
  expect(lastFailure).toMatchObject({ status: 503 });
  const expected: [string, Failure | undefined][] = [
    ['attempt', firstFailure],
    ['retry', firstFailure],
    ['next attempt', firstFailure],
    ['attempt', lastFailure],
    ['circuit', lastFailure],
    ['call', lastFailure],
  ];
  expect(seen.map(([event]) => event)).toEqual(expected.map(([event]) => event));
  for (const [index, [, failure]] of expected.entries()) expect(seen[index]?.[1]).toBe(failure);
});

it('tells everybody that an action may have been carried out', async () => {
  const { observer, seen } = recorder();
  const { clock, resilience } = virtual({ observers: [observer] });
  const reset = Object.assign(new Error('reset'), { code: 'ECONNRESET' });
  const call = resilience.execute('machines.isolate', scripted(reset));
  await clock.settle(call.catch(() => undefined));
  const failure = failureOf(reset);
  expect(failure).toMatchObject({ verdict: 'terminal', ambiguous: true });
  expect(failure?.advice).toContain('may have been carried out');
  expect(seen.map(([event]) => event)).toEqual(['attempt', 'call']);
  for (const [, told] of seen) expect(told).toBe(failure);
});

it('tells everybody what is wrong with the body that was sent', async () => {
  const body = JSON.stringify({
    error: { code: 'InvalidRequestBody', message: 'Request body is incorrect', target: 't-1' },
  });
  await using server = await startServer((_request, response) =>
    response.writeHead(400, { 'content-type': 'application/json' }).end(body),
  );
  const { observer, seen } = recorder();
  const { fetch } = quick(server.url, { observers: [observer] });
  const response = await fetch(`${server.url}/api/machines/1/isolate`, {
    method: 'POST',
    body: '{"comment":"test"}',
  });
  const failure = failureOf(response);
  expect(failure?.advice).toContain('Comment');
  expect(seen.map(([event]) => event)).toEqual(['attempt', 'call']);
  for (const [, told] of seen) expect(told).toBe(failure);
});
