import { registerHooks } from 'node:module';
import * as next from '@prometheus-io/client';
import prom, { Counter, Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import { promObserver } from '../src/index.ts';
import { call, failure } from './support/drive.ts';
import { happened } from './support/exposition.ts';
import { openMetrics } from './support/registries.ts';

const forbidden = failure('Forbidden', 403, { trackingId: 'id-1' });
const ERRORS = 'errors_total{code="Forbidden",class="permission"}';
const plain = { exemplars: false } as const;

describe('the registry', () => {
  it('is prom-client’s own when none is given', () => {
    const observer = promObserver({ ...plain, prefix: 'own_' });
    expect(observer.register).toBe(prom.register);
    expect(prom.register.getSingleMetric('own_errors_total')).toBeDefined();
  });

  it('is that of the client that is given', async () => {
    const observer = promObserver({ ...plain, client: next });
    expect(observer.register).toBe(next.register);
    call(observer, { failure: forbidden });
    expect(happened(await next.register.metrics())).toMatchObject({ [ERRORS]: 1 });
  });

  it('keeps what it has, and gets nothing but the metrics of the table', async () => {
    const register = new Registry();
    const mine = new Counter({ name: 'mine_total', help: 'Mine.', registers: [register] });
    mine.inc(3);
    promObserver({ ...plain, register });
    const names = (await register.getMetricsAsJSON()).map(({ name }) => name);
    expect(names.filter((name) => !name.startsWith('defender_client_'))).toEqual(['mine_total']);
    expect(await register.metrics()).toContain('mine_total 3\n');
  });

  it('carries its default labels over to our series', async () => {
    const register = new Registry();
    register.setDefaultLabels({ app: 'soar' });
    call(promObserver({ ...plain, register }), { failure: forbidden });
    expect(await register.metrics()).toMatch(
      /errors_total\{code="Forbidden",class="permission",app="soar"\} 1/,
    );
    const json = JSON.stringify(await register.getMetricsAsJSON());
    expect(json).toContain('{"code":"Forbidden","class":"permission","app":"soar"}');
    // Twice: what the registry writes into one answer must not show in the next.
    expect(JSON.stringify(await register.getMetricsAsJSON())).toBe(json);
  });

  it('can be merged, and asked for one metric', async () => {
    const register = new Registry();
    call(promObserver({ ...plain, register }), { failure: forbidden });
    expect(happened(await Registry.merge([register]).metrics())).toMatchObject({ [ERRORS]: 1 });
    const one = await register.getSingleMetricAsString('defender_client_errors_total');
    expect(one).toContain('class="permission"} 1');
  });

  it('prints the same page in each scrape', async () => {
    const register = openMetrics();
    call(promObserver({ register }), { failure: forbidden });
    const before = await register.metrics();
    expect(await register.metrics()).toBe(before);
  });
});

describe('two observers in one registry', () => {
  it('count in the same series', async () => {
    const register = new Registry();
    for (const observer of [
      promObserver({ ...plain, register }),
      promObserver({ ...plain, register }),
    ]) {
      call(observer, { failure: forbidden });
    }
    expect(happened(await register.metrics())).toMatchObject({
      [ERRORS]: 2,
      'operation_duration_seconds_count{operation="incidents.list",outcome="failure"}': 2,
    });
  });

  it('with different constant labels count apart, whatever the order of their labels', async () => {
    const register = new Registry();
    for (const constantLabels of [
      { tenant: 'a', zone: '1' },
      { zone: '1', tenant: 'a' },
      { tenant: 'b', zone: '1' },
    ]) {
      call(promObserver({ ...plain, register, constantLabels }), { failure: forbidden });
    }
    expect(happened(await register.metrics())).toMatchObject({
      'errors_total{tenant="a",zone="1",code="Forbidden",class="permission"}': 2,
      'errors_total{tenant="b",zone="1",code="Forbidden",class="permission"}': 1,
    });
  });

  it('with other names of constant labels are rejected, since a metric has one set of names', () => {
    const register = new Registry();
    promObserver({ ...plain, register, constantLabels: { tenant: 'a' } });
    expect(() => promObserver({ ...plain, register, constantLabels: { zone: '1' } })).toThrow(
      'need the same names of constantLabels: the first has tenant, this one zone',
    );
  });

  it('with different prefixes have metrics of their own', async () => {
    const register = new Registry();
    call(promObserver({ ...plain, register, prefix: 'a_' }), { failure: forbidden });
    promObserver({ ...plain, register, prefix: 'b_' });
    const page = await register.metrics();
    expect(page).toContain('a_errors_total{code="Forbidden",class="permission"} 1\n');
    expect(page).toContain('b_errors_total{code="Forbidden",class="permission"} 0\n');
  });

  it('of two copies of the package count in the same series', async () => {
    const register = new Registry();
    call(promObserver({ ...plain, register }), { failure: forbidden });
    vi.resetModules();
    const copy = await import('../src/index.ts');
    expect(copy.promObserver).not.toBe(promObserver);
    call(copy.promObserver({ ...plain, register }), { failure: forbidden });
    expect(happened(await register.metrics())).toMatchObject({ [ERRORS]: 2 });
  });

  it('have one limit of operations between them', async () => {
    const register = new Registry();
    for (let index = 0; index < 5; index += 1) {
      const observer = promObserver({ ...plain, register, maxOperations: 2 });
      call(observer, { start: { operation: `op-${index}` } });
    }
    const page = await register.metrics();
    expect(page.match(/operations_total\{operation="([^"]+)",outcome="success"/g)).toHaveLength(3);
    expect(page).toContain('operations_total{operation="_OTHER",outcome="success",code=""} 3\n');
  });

  it('are refused a name that belongs to someone else, and leave nothing behind', () => {
    const register = new Registry();
    new Counter({ name: 'defender_client_info', help: 'Mine.', registers: [register] });
    expect(() => promObserver({ ...plain, register })).toThrow(
      'The registry already has a metric defender_client_info that another owner registered: choose another `prefix`',
    );
    expect(register.getMetricsAsArray()).toHaveLength(1);
  });
});

describe('a registry that is cleared', () => {
  it('has the metrics again with the next call, which count on', async () => {
    const register = new Registry();
    const observer = promObserver({ ...plain, register });
    call(observer, { failure: forbidden });
    register.clear();
    expect(await register.metrics()).not.toContain('defender_client');
    call(observer, { failure: forbidden });
    expect(happened(await register.metrics())).toMatchObject({ [ERRORS]: 2 });
  });

  it('after a scrape as OpenMetrics has the metrics again, registered once', async () => {
    const register = openMetrics();
    const observer = promObserver({ register });
    call(observer, { failure: forbidden });
    await register.metrics();
    register.clear();
    const registered = vi.spyOn(register, 'registerMetric');
    call(observer, { failure: forbidden });
    const { length } = registered.mock.calls;
    call(observer, { failure: forbidden });
    expect(registered).toHaveBeenCalledTimes(length);
    expect(happened(await register.metrics())).toMatchObject({ [ERRORS]: 3 });
  });

  it('and taken by a new observer has both count there', async () => {
    const register = new Registry();
    const before = promObserver({ ...plain, register });
    register.clear();
    const after = promObserver({ ...plain, register });
    call(before, { failure: forbidden });
    call(after, { failure: forbidden });
    expect(happened(await register.metrics())).toMatchObject({ [ERRORS]: 2 });
  });

  it('and taken by someone else breaks no call, and is told once', async () => {
    using warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const register = new Registry();
    const observer = promObserver({ ...plain, register });
    register.clear();
    new Counter({ name: 'defender_client_info', help: 'Mine.', registers: [register] });
    call(observer, { failure: forbidden });
    call(observer, { failure: forbidden });
    expect(warn).toHaveBeenCalledOnce();
    expect(await register.metrics()).not.toContain('errors_total');
  });
});

describe('a registry whose metrics are reset', () => {
  it('counts from zero and keeps its series, the present state included', async () => {
    const register = openMetrics();
    const observer = promObserver({ register });
    call(observer, { failure: forbidden });
    const circuit = { circuit: 'h op', operation: 'op' };
    observer.circuit?.({ ...circuit, from: 'closed', to: 'open' });
    observer.call?.({ operation: 'op', client: 'function', quotaGroup: 'other' });
    register.resetMetrics();
    const page = await register.metrics();
    expect(page).toContain('defender_client_errors_total{code="Forbidden",class="permission"} 0\n');
    expect(page).not.toContain('tracking_id');
    expect(page).toContain('_bucket{le="+Inf",operation="incidents.list",outcome="failure"} 0\n');
    expect(happened(page)).toMatchObject({
      operations_in_flight: 1,
      'circuit_state{circuit="h op",operation="op",state="open"}': 1,
    });
    call(observer, { failure: forbidden });
    expect(happened(await register.metrics())).toMatchObject({ [ERRORS]: 1 });
  });
});

it('of another copy of prom-client needs its module', () => {
  expect(() => promObserver({ ...plain, register: new next.Registry() })).toThrow(
    'pass that module as `client`',
  );
});

describe('without prom-client', () => {
  const absent = (): Disposable => {
    const hooks = registerHooks({
      resolve(specifier, context, nextResolve) {
        if (specifier === 'prom-client') throw new Error(`Cannot find module '${specifier}'`);
        return nextResolve(specifier, context);
      },
    });
    return { [Symbol.dispose]: () => hooks.deregister() };
  };

  it('says what to do', () => {
    using _ = absent();
    expect(() => promObserver()).toThrow(
      'promObserver needs prom-client: install it, or pass a compatible module, such as @prometheus-io/client, as `client`',
    );
  });

  it('works with a client that is passed', () => {
    using _ = absent();
    expect(() => promObserver({ ...plain, client: next, prefix: 'given_' })).not.toThrow();
  });
});
