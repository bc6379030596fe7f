import { expect, it } from 'vitest';
import type { Failure } from '../../src/failure/failure.ts';
import { circuitOutcomeOf } from '../../src/policy/circuit.ts';

const failure = (given: Partial<Failure>): Failure => ({
  code: 'X',
  message: '',
  verdict: 'terminal',
  source: 'api',
  ...given,
});

it.each<[Partial<Failure>, string]>([
  [{ status: 500 }, 'failure'],
  [{ status: 503 }, 'failure'],
  [{ status: 504 }, 'failure'],
  [{ status: 501 }, 'neutral'],
  [{ status: 505 }, 'neutral'],
  [{ status: 400 }, 'neutral'],
  [{ status: 401 }, 'neutral'],
  [{ status: 404 }, 'neutral'],
  [{ status: 408 }, 'neutral'],
  [{ status: 429 }, 'neutral'],
  [{ source: 'network' }, 'failure'],
  [{ source: 'timeout' }, 'failure'],
  [{ source: 'cancelled' }, 'neutral'],
  [{ source: 'unknown' }, 'neutral'],
])('counts %o as %s', (given, outcome) => {
  expect(circuitOutcomeOf(failure(given))).toBe(outcome);
});
