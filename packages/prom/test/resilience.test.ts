import {
  createResilience,
  type Resilience,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { type ScriptStep, type Simulator, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { type PromObserver, promObserver } from '../src/index.ts';
import { exemplars, happened } from './support/exposition.ts';
import { openMetrics } from './support/registries.ts';

const quick = {
  initialDelayMs: 0,
  maxDelayMs: 0,
  throttleInitialDelayMs: 0,
  throttleMaxDelayMs: 0,
} as const;

interface Scene extends AsyncDisposable {
  readonly simulator: Simulator;
  readonly resilience: Resilience;
  readonly observer: PromObserver;
  /** What has happened, the simulator's address put as HOST. */
  seen(): Promise<Readonly<Record<string, number>>>;
}

async function scene(
  script: readonly ScriptStep[],
  options: ResilienceOptions = {},
): Promise<Scene> {
  const simulator = await startSimulator({ script });
  const { host } = new URL(simulator.url);
  const observer = promObserver({ register: openMetrics() });
  const resilience = createResilience({
    hosts: { [host]: 'all' },
    retry: quick,
    observers: [observer],
    ...options,
  });
  return {
    simulator,
    resilience,
    observer,
    async seen() {
      return happened((await observer.register.metrics()).replaceAll(host, 'HOST'));
    },
    [Symbol.asyncDispose]: () => simulator.close(),
  };
}

describe('calls through the wrapper', () => {
  it('are counted with the simulator’s own tracking IDs', async () => {
    await using s = await scene([500, 'Forbidden']);
    await s.resilience.fetch(`${s.simulator.url}/api/incidents`);
    const [first, second] = s.simulator.trackingIds;
    expect(await s.seen()).toMatchObject({
      'errors_total{code="Forbidden",class="permission"}': 1,
      'give_ups_total{reason="terminal"}': 1,
      'operations_total{operation="incidents.list",outcome="failure",code="Forbidden"}': 1,
      'retries_total{operation="incidents.list",reason="InternalServerError"}': 1,
      'attempts_total{operation="incidents.list",status="500"}': 1,
      'attempts_total{operation="incidents.list",status="403"}': 1,
      'circuit_state{circuit="HOST incidents.list",operation="incidents.list",state="closed"}': 1,
    });
    expect(exemplars(await s.observer.register.metrics())).toMatchObject({
      'errors_total{code="Forbidden",class="permission"}': `tracking_id="${second}"`,
      'retries_total{operation="incidents.list",reason="InternalServerError"}': `tracking_id="${first}"`,
    });
    expect(s.observer.recentErrors.list()).toMatchObject([
      { code: 'Forbidden', trackingId: second, attempt: 2, final: true },
      { code: 'InternalServerError', trackingId: first, attempt: 1, final: false },
    ]);
  });

  it('that exhaust their retries, or meet an open circuit, are told apart', async () => {
    const circuit = { minimumAttempts: 2, openMs: 60_000 };
    await using s = await scene([{ code: 'InternalServerError', times: 2 }], {
      circuit,
      retry: { ...quick, maxRetries: 1 },
    });
    const incidents = `${s.simulator.url}/api/incidents`;
    await s.resilience.fetch(incidents);
    await expect(s.resilience.fetch(incidents)).rejects.toThrow();
    expect(await s.seen()).toMatchObject({
      'errors_total{code="InternalServerError",class="server"}': 1,
      'errors_total{code="CircuitOpen",class="local"}': 1,
      'rejections_total{reason="circuit_open"}': 1,
      'operations_total{operation="incidents.list",outcome="rejected",code="CircuitOpen"}': 1,
      'circuit_state{circuit="HOST incidents.list",operation="incidents.list",state="open"}': 1,
      'circuit_transitions_total{circuit="HOST incidents.list",to="open"}': 1,
    });
    expect(await s.seen()).not.toHaveProperty([
      'circuit_state{circuit="HOST incidents.list",operation="incidents.list",state="closed"}',
    ]);
  });

  it('leave nothing in flight and nothing in the queue, however they end', async () => {
    await using s = await scene([
      { action: 'reset', times: 4 },
      { status: 429, retryAfter: 0 },
    ]);
    const machines = `${s.simulator.url}/api/machines`;
    await expect(s.resilience.fetch(machines)).rejects.toThrow();
    await s.resilience.fetch(machines);
    await expect(s.resilience.fetch(machines, { signal: AbortSignal.abort() })).rejects.toThrow();
    await expect(
      s.resilience.execute('own', () => Promise.reject(new Error('mine'))),
    ).rejects.toThrow('mine');
    const seen = await s.seen();
    expect(seen).not.toHaveProperty('operations_in_flight');
    expect(seen).not.toHaveProperty('queue_length');
    expect(seen).toMatchObject({
      'operations_total{operation="machines.list",outcome="cancelled",code=""}': 1,
      'operations_total{operation="own",outcome="failure",code="Unknown"}': 1,
    });
  });

  it('that are held are in the queue while they are', async () => {
    const clock = manualClock();
    const observer = promObserver({ register: openMetrics() });
    const resilience = createResilience({ clock, observers: [observer], random: () => 0.5 });
    const tooMany = Object.assign(new Error('429'), {
      response: { status: 429, headers: { 'retry-after': '30' }, data: {} },
    });
    let calls = 0;
    const fn = (): Promise<string> => {
      calls += 1;
      return calls === 1 ? Promise.reject(tooMany) : Promise.resolve('done');
    };
    const first = resilience.execute('incidents.list', fn);
    await clock.advance(0);
    const second = resilience.execute('incidents.list', fn);
    await clock.advance(0);
    const { register } = observer;
    expect(happened(await register.metrics())).toMatchObject({
      operations_in_flight: 2,
      queue_length: 1,
      'throttle_waits_total{quota_group="incidents",reason="pause"}': 1,
      'retry_wait_seconds_total{source="retry_after"}': 31,
    });
    await clock.settle(Promise.all([first, second]));
    expect(happened(await register.metrics())).not.toHaveProperty('queue_length');
  });
});

describe('secrets', () => {
  it('are nowhere: not in the metrics, not in the exemplars, not among the recent errors', async () => {
    const canary = 'CANARY-s3cr3t';
    const body = { error: { code: canary, message: canary, target: `${canary} ${canary}` } };
    await using s = await scene([
      { status: 403, body, headers: { 'x-canary': canary, 'set-cookie': canary } },
      { status: 500, body, times: 4 },
      { status: 429, code: canary, message: canary, times: 4, retryAfter: 0 },
    ]);
    const url = new URL(
      `${s.simulator.url}/api/incidents/${canary}?$filter=${canary}&sig=${canary}`,
    );
    url.username = canary;
    const init = {
      method: 'POST',
      body: canary,
      headers: { authorization: `Bearer ${canary}`, cookie: canary },
    };
    for (const _ of [1, 2, 3]) await s.resilience.fetch(url.href.replace(`${canary}@`, ''), init);
    const thrown = Object.assign(new Error(canary), { code: canary, config: { token: canary } });
    await expect(s.resilience.execute('own', () => Promise.reject(thrown))).rejects.toThrow();
    const page = await s.observer.register.metrics();
    expect(page).toContain('code="_OTHER"');
    expect(page).not.toContain(canary);
    expect(s.observer.recentErrors.list().length).toBeGreaterThan(3);
    expect(JSON.stringify(s.observer.recentErrors.list())).not.toContain(canary);
  });
});
