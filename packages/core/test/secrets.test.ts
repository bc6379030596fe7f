import { inspect } from 'node:util';
import { createResilience, failureOf, logObserver, type Observer } from '@defender-resilience/core';
import { type ScriptStep, type Simulator, startSimulator } from '@defender-resilience/simulator';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { quick } from './support/real.ts';

// Secrets of every kind that a call carries, and one that the service echoes in its message. None of
// them may reach a log line, an event's recordable parts, a warning or an error message of ours.
const SECRETS = {
  token: 'canary-token',
  cookie: 'canary-cookie',
  query: 'canary-query',
  filter: 'canary-filter',
  sas: 'canary-sas',
  body: 'canary-body',
  hunting: 'canary-hunting',
  echo: 'canary-echo',
  password: 'canary-password',
};

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({ quotas: 'off' });
});
afterAll(() => simulator.close({ ignoreUnconsumed: true }));

const message = `You sent ${SECRETS.echo}`;

const PATHS: Readonly<
  Record<string, { steps: readonly ScriptStep[]; method?: string; path?: string; body?: string }>
> = {
  'a success': { steps: [200] },
  'a refusal': { steps: [{ code: 'Forbidden', message }] },
  'a token where a code should be': {
    steps: [{ status: 400, code: `eyJ0eXAi.${SECRETS.echo}.${'x'.repeat(200)}`, message }],
  },
  'a slip in the body': {
    steps: [{ code: 'InvalidRequestBody', message }],
    method: 'POST',
    path: '/api/advancedhunting/run',
    body: JSON.stringify({ query: SECRETS.hunting, [SECRETS.body]: SECRETS.body }),
  },
  'exhausted retries': { steps: [{ code: 'InternalServerError', message, times: 4 }] },
  'a throttled call': { steps: [{ status: 429, code: '429', message, retryAfter: 0 }, 200] },
  'an HTML page': { steps: [{ action: 'html', status: 502, times: 4 }] },
  'a reset': { steps: [{ action: 'reset', times: 4 }] },
  'an ambiguous action': {
    steps: [{ action: 'reset-headers' }],
    method: 'POST',
    path: '/api/machines/1/isolate',
    body: JSON.stringify({ Comment: SECRETS.body }),
  },
  'an unknown path': {
    steps: [{ status: 404, body: '' }],
    path: `/api/${SECRETS.query}/${SECRETS.query}`,
  },
};

const QUERY = `?$filter=assignedTo eq '${SECRETS.filter}'&q=${SECRETS.query}&sig=${SECRETS.sas}`;

function recorded(): { observer: Observer; text: () => string } {
  const events: unknown[] = [];
  // What a plugin may record: everything but the message, the raw error and the path, of which the
  // interface says that they may hold secrets.
  const safe = (event: object): void => {
    events.push(
      JSON.parse(
        JSON.stringify(event, (key, value: unknown) =>
          ['message', 'error', 'values', 'url'].includes(key) ? undefined : value,
        ),
      ),
    );
  };
  const observer: Observer = {
    call: (start) => {
      safe(start);
      return {
        attempt: (attempt) => {
          safe(attempt);
          return { end: safe };
        },
        retry: safe,
        throttled: safe,
        end: safe,
      };
    },
    circuit: safe,
  };
  return { observer, text: () => JSON.stringify(events) };
}

describe.each(Object.keys(PATHS))('%s', (name) => {
  it('leaves no secret in logs, events, warnings, snapshots or errors', async () => {
    const { steps, method = 'GET', path = '/api/incidents', body } = PATHS[name] ?? { steps: [] };
    simulator.reset();
    simulator.script(...steps);
    const lines: unknown[] = [];
    const log = (...values: unknown[]): void => void lines.push(values);
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(log);
    const events = recorded();
    const resilience = quick(simulator.url, {
      throwHttpErrors: true,
      observers: [events.observer, logObserver({ logger: { info: log, warn: log, error: log } })],
    });
    const error: unknown = await resilience
      .fetch(`${simulator.url}${path}${QUERY}`, {
        method,
        headers: { authorization: `Bearer ${SECRETS.token}`, cookie: `session=${SECRETS.cookie}` },
        ...(body === undefined ? {} : { body }),
      })
      .then(
        () => undefined,
        (cause: unknown) => cause,
      );
    warn.mockRestore();
    const shown = [
      inspect(lines, { depth: 10 }),
      events.text(),
      JSON.stringify(resilience.snapshot()),
      error instanceof Error && error.name === 'DefenderApiError'
        ? `${error.message} ${inspect(error)}`
        : '',
      failureOf(error)?.advice ?? '',
    ].join('\n');
    for (const secret of Object.values(SECRETS)) expect(shown).not.toContain(secret);
  });
});

it('names no value of an option that is refused beyond what says which one it is', () => {
  const options = { refreshToken: SECRETS.token.repeat(20) };
  expect(() => Reflect.apply(createResilience, undefined, [options]) as unknown).toThrow(
    'refreshToken must be a function',
  );
});
