import {
  type CircuitChange,
  createResilience,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';
import { describe, expect, it, vi } from 'vitest';
import { settingsOf } from '../../src/options/settings.ts';
import { Pipeline } from '../../src/pipeline/pipeline.ts';
import { pipelineOf } from '../../src/pipeline/pipeline-of.ts';
import { HttpError, scripted, virtual } from '../support/virtual.ts';

const INTERNAL = new HttpError(500, 'InternalServerError');

describe('a circuit', () => {
  it('is that of an operation at a host, and tells so when it changes', async () => {
    const changes: CircuitChange[] = [];
    const { resilience } = virtual({
      circuit: { minimumAttempts: 1 },
      retry: { maxRetries: 0 },
      observers: [{ circuit: (change) => void changes.push(change) }],
    });
    const fail = (host?: string): Promise<unknown> =>
      resilience
        .execute('own', scripted(INTERNAL), host === undefined ? {} : { host })
        .catch(() => undefined);
    await fail('one.example');
    await fail('two.example');
    await fail('one.example');
    await fail();
    expect(changes.map(({ circuit, operation, host }) => [circuit, operation, host])).toEqual([
      ['one.example own', 'own', 'one.example'],
      ['two.example own', 'own', 'two.example'],
      ['own', 'own', undefined],
    ]);
    expect(changes.map((change) => 'host' in change)).toEqual([true, true, false]);
    expect(resilience.snapshot().circuits.map(({ circuit, state }) => [circuit, state])).toEqual([
      ['one.example own', 'open'],
      ['two.example own', 'open'],
      ['own', 'open'],
    ]);
    await expect(resilience.execute('own', scripted(), { host: 'three.example' })).resolves.toBe(
      'done',
    );
  });

  it('changes also where nobody observes it', async () => {
    const clock = manualClock();
    const { execute, snapshot } = createResilience({ clock, circuit: { minimumAttempts: 1 } });
    const call = execute('own', scripted(INTERNAL), { maxRetries: 0 });
    await expect(call).rejects.toBe(INTERNAL);
    expect(snapshot().circuits).toMatchObject([{ state: 'open' }]);
  });

  it('is found again after a thousand other operations', async () => {
    const { resilience } = virtual({ circuit: { maxCircuits: 5_000 } });
    for (let round = 0; round < 2; round += 1) {
      for (let index = 0; index < 1_100; index += 1) {
        await resilience.execute(`own.${index}`, scripted(), { host: 'one.example' });
      }
    }
    const { circuits } = resilience.snapshot();
    expect(circuits).toHaveLength(1_100);
    expect(new Set(circuits.map(({ attempts }) => attempts))).toEqual(new Set([2]));
  });
});

it('a pause is that of a quota group at a host', async () => {
  const { clock, resilience } = virtual();
  const throttled = new HttpError(429, '429', { 'retry-after': '60' });
  const calls = [{ host: 'one.example' }, {}].map((options) =>
    resilience.execute('incidents.list', scripted(throttled), options),
  );
  await clock.advance(0);
  expect(resilience.snapshot().throttles.map(({ group }) => group)).toEqual([
    'one.example incidents',
    'incidents',
  ]);
  await clock.settle(Promise.all(calls));
});

describe('a mistake in how the wrapper is used', () => {
  const warningsOf = (report: (pipeline: Pipeline) => void): readonly (readonly unknown[])[] => {
    const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
    report(new Pipeline(settingsOf({})));
    const { calls } = warnings.mock;
    warnings.mockRestore();
    return calls;
  };

  it('is a warning, once for each message', () => {
    const warnings = warningsOf((pipeline) => {
      for (const message of ['first', 'second', 'first']) pipeline.reportMistake(message, 'hook');
    });
    expect(warnings).toEqual([
      ['first', { code: 'DEFENDER_RESILIENCE_MISTAKE' }],
      ['second', { code: 'DEFENDER_RESILIENCE_MISTAKE' }],
    ]);
  });

  it('is one of at most 100 warnings', () => {
    const warnings = warningsOf((pipeline) => {
      for (let index = 0; index < 105; index += 1) pipeline.reportMistake(String(index), 'hook');
    });
    expect(warnings).toHaveLength(100);
  });

  it('goes to onObserverError where that is given, each time', () => {
    const reports: [unknown, string][] = [];
    const options: ResilienceOptions = {
      onObserverError: (error, hook) => void reports.push([error, hook]),
    };
    const pipeline = new Pipeline(settingsOf(options));
    for (let count = 0; count < 2; count += 1) pipeline.reportMistake('message', 'hook');
    expect(reports).toEqual(Array(2).fill([new TypeError('message'), 'hook']));
  });
});

it('what an observer throws is a warning where nobody listens, and breaks no call', async () => {
  const warnings = vi.spyOn(process, 'emitWarning').mockReturnValue();
  try {
    const broken = {
      call: (): never => {
        throw new Error('broken');
      },
    };
    const { resilience } = virtual({ observers: [broken] });
    await expect(resilience.execute('own', () => 'done')).resolves.toBe('done');
    expect(warnings.mock.calls).toHaveLength(1);
  } finally {
    warnings.mockRestore();
  }
});

describe('the quotas', () => {
  it('are shown to observers where there are some, and their changes are told', async () => {
    const told: string[] = [];
    const observer = {
      quotas: () => void told.push('quotas'),
      quota: () => void told.push('quota'),
    };
    const { clock, resilience } = virtual({ observers: [observer], quota: 'documented' });
    expect(told).toEqual(['quotas']);
    const message =
      'API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.';
    const throttled = new HttpError(429, '429', {}, message);
    await clock.settle(resilience.execute('alerts.list', scripted(throttled)));
    expect(told).toContain('quota');
    virtual({ observers: [observer] });
    expect(told.filter((what) => what === 'quotas')).toHaveLength(1);
  });
});

describe('the pipeline behind a wrapper', () => {
  it('is found by what createResilience gave, and by nothing else', () => {
    const resilience = createResilience();
    expect(pipelineOf(resilience, 'wrapAxios')).toBeInstanceOf(Pipeline);
    for (const [other, type] of [
      [{ ...resilience }, 'object'],
      [undefined, 'undefined'],
      ['text', 'string'],
      [() => resilience, 'function'],
    ]) {
      expect(() => pipelineOf(other, 'wrapAxios')).toThrow(
        new TypeError(
          `wrapAxios takes the result of createResilience (from the same copy of this package), got ${String(type)}`,
        ),
      );
    }
  });
});
