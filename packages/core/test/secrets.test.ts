import { inspect } from 'node:util';
import { createResilience, failureOf, logObserver } from '@defender-resilience/core';
import { expect, it } from 'vitest';
import { quick, startServer } from './support/real.ts';

// Secrets in every other place, in every client and place: `test/secrets` of the repository.

it('shows no part of an unknown path but in the URL that observers ask for', async () => {
  await using server = await startServer((_request, response) => response.writeHead(404).end());
  const lines: unknown[] = [];
  const log = (...values: unknown[]): void => void lines.push(values);
  const resilience = quick(server.url, {
    throwHttpErrors: true,
    observers: [logObserver({ logger: { info: log, warn: log, error: log } })],
  });
  const error: unknown = await resilience
    .fetch(`${server.url}/api/canary/canary`)
    .catch((caught: unknown) => caught);
  expect(failureOf(error)?.status).toBe(404);
  expect(lines).toHaveLength(1);
  const shown = inspect([lines, error, failureOf(error), resilience.snapshot()], { depth: 10 });
  expect(shown).not.toContain('canary');
});

it('names no value of an option that is refused beyond what says which one it is', () => {
  const options = { refreshToken: 'canary-token'.repeat(20) };
  expect(() => Reflect.apply(createResilience, undefined, [options]) as unknown).toThrow(
    'refreshToken must be a function, got a string of 240 characters',
  );
});
