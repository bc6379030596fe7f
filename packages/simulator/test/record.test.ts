import { manualClock } from '@defender-resilience/core/testing';
import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { Recorder } from '../src/record.ts';
import { call } from './support.ts';

function request(path: string) {
  return { method: 'GET', path, query: {}, headers: {}, body: '', operation: 'x', at: 0 };
}

describe('what was received', () => {
  it('is kept whole and in order', async () => {
    await using simulator = await startSimulator({ clock: manualClock() });
    await call(
      simulator,
      'PATCH /api/incidents/10200?a=b&c=d%20e',
      { comment: 'x' },
      { 'X-My': 'own' },
    );
    await call(simulator, 'GET /api/elsewhere');
    expect(simulator.requests).toMatchObject([
      {
        order: 1,
        method: 'PATCH',
        path: '/api/incidents/10200',
        query: { a: 'b', c: 'd e' },
        headers: { 'x-my': 'own', 'content-type': 'application/json' },
        body: '{"comment":"x"}',
        operation: 'incidents.update',
        at: Date.UTC(2026, 0, 1),
        answered: 200,
      },
      { order: 2, operation: 'other', body: '', answered: 404 },
    ]);
  });

  it('is counted by operation, method, path and ending, in any letter case', async () => {
    await using simulator = await startSimulator({ script: [500, 'reset'] });
    await call(simulator, 'GET /api/incidents/10200');
    await call(simulator, 'GET /api/incidents/10200').catch((error: unknown) => error);
    await call(simulator, 'GET /api/Incidents/10200');
    await call(simulator, 'POST /api/machines/x/isolate', {});
    expect(simulator.count()).toBe(4);
    expect(simulator.count({ operation: 'incidents.get' })).toBe(3);
    expect(simulator.count({ method: 'post' })).toBe(1);
    expect(simulator.count({ path: '/API/incidents/10200' })).toBe(3);
    expect(simulator.count({ answered: 500 })).toBe(1);
    expect(simulator.count({ answered: 'reset', operation: 'incidents.get' })).toBe(1);
    expect(simulator.count({ operation: 'incidents.get', method: 'POST' })).toBe(0);
  });

  it('does not hold the control endpoints', async () => {
    await using simulator = await startSimulator();
    await call(simulator, 'GET /_simulator/requests');
    await call(simulator, 'GET /_simulator/nothing');
    expect(simulator.count()).toBe(0);
  });

  it('begins anew after a reset', async () => {
    await using simulator = await startSimulator();
    await call(simulator, 'GET /api/incidents/7');
    simulator.reset();
    expect([simulator.requests, simulator.trackingIds, simulator.count()]).toEqual([[], [], 0]);
    await call(simulator, 'GET /api/incidents');
    expect(simulator.requests[0]?.order).toBe(1);
  });

  it('can be counted only, for runs that would fill the memory', async () => {
    await using simulator = await startSimulator({ record: 'counts' });
    await call(simulator, 'GET /api/incidents');
    await call(simulator, 'GET /api/incidents/7');
    expect(simulator.requests).toEqual([]);
    expect(simulator.count()).toBe(2);
    expect(simulator.count({ operation: 'incidents.get', answered: 404 })).toBe(1);
  });

  it('is kept up to a bound, and counted beyond it', () => {
    const recorder = new Recorder('all', 2);
    for (const path of ['/a', '/b', '/c', '/d', '/c', '/a']) recorder.receive(request(path))(200);
    for (const id of ['1', '2', '3']) recorder.track(id);
    expect(recorder.requests.map(({ path }) => path)).toEqual(['/a', '/b']);
    expect(recorder.trackingIds).toEqual(['1', '2']);
    expect(recorder.count()).toBe(6);
    expect(recorder.count({ path: '/a', answered: 200 })).toBe(2);
    expect(recorder.count({ operation: 'x' })).toBe(6);
  });
});

describe('tracking IDs', () => {
  it('are unique, also after a reset, and the same at every start with the same seed', async () => {
    const ids = async (seed: number): Promise<readonly string[]> => {
      await using simulator = await startSimulator({ seed });
      const all: string[] = [];
      for (let round = 0; round < 3; round += 1) {
        await call(simulator, 'GET /api/incidents/7');
        all.push(...simulator.trackingIds);
        simulator.reset();
      }
      return all;
    };
    const first = await ids(1);
    expect(new Set(first).size).toBe(3);
    expect(await ids(1)).toEqual(first);
    expect(await ids(2)).not.toEqual(first);
  });
});
