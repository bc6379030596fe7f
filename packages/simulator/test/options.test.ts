import { type SimulatorOptions, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';

/** The faults in options, of any type. */
async function faultsOf(options: unknown): Promise<readonly string[]> {
  try {
    // Callers in JavaScript have no types to stop them.
    const simulator = await startSimulator(options as SimulatorOptions);
    await simulator.close();
  } catch (error) {
    if (error instanceof TypeError) return error.message.split('\n- ').slice(1);
    throw error;
  }
  return [];
}

describe('options', () => {
  it.each<[string, unknown, string]>([
    ['port', -1, 'port must be an integer ≥ 0 and ≤ 65535, got -1'],
    ['port', '80', 'port must be an integer ≥ 0 and ≤ 65535, got "80"'],
    ['seed', 0.5, 'seed must be an integer ≥ 0, got 0.5'],
    ['minuteMs', 0, 'minuteMs must be a number ≥ 1, got 0'],
    ['minuteMs', Number.NaN, 'minuteMs must be a number ≥ 1, got NaN'],
    ['minuteMs', Number.POSITIVE_INFINITY, 'minuteMs must be a number ≥ 1, got Infinity'],
    ['incidents', 100_001, 'incidents must be an integer ≥ 0 and ≤ 100000, got 100001'],
    ['requireToken', 'yes', 'requireToken must be true or false, got "yes"'],
    ['tokenLifetimeMs', 0, 'tokenLifetimeMs must be a number ≥ 1, got 0'],
    ['machineActionMs', -1, 'machineActionMs must be a number ≥ 0, got -1'],
    ['record', 'none', "record must be 'all' or 'counts', got \"none\""],
    ['newestAt', new Date('noon'), 'newestAt must be a valid Date, got an object'],
    ['clock', { now: 1 }, 'clock must be a clock with now(), epoch() and timer(), got an object'],
    ['clock', () => 1, 'clock must be a clock with now(), epoch() and timer(), got a function'],
    ['disabledFeatures', 'x', 'disabledFeatures must be a list, got "x"'],
    [
      'disabledFeatures',
      ['x'],
      "disabledFeatures[0] must be 'advancedHunting', 'automatedInvestigation', 'customIndicators' or 'liveResponse', got \"x\"",
    ],
    ['quotas', 'none', "quotas must be 'documented', 'off' or limits by quota group, got \"none\""],
    [
      'quotas',
      { incidence: {} },
      "quotas['incidence'] is not a quota group; did you mean 'incidents'?",
    ],
    [
      'quotas',
      { incidents: { perMinute: 0 } },
      "quotas['incidents'].perMinute must be an integer ≥ 1 and ≤ 1000000, got 0",
    ],
    [
      'quotas',
      { incidents: { perDay: 1 } },
      "quotas['incidents'].perDay is not an option; known are perMinute, perHour, runningMsPerHour",
    ],
    ['hunting', [], 'hunting must be an object, got an array'],
    ['hunting', { DeviceEvents: {} }, "hunting['DeviceEvents'] must be a list, got an object"],
    ['hunting', { DeviceEvents: [7] }, "hunting['DeviceEvents'][0] must be an object, got 7"],
    [
      'hunting',
      { 'Device Events': [] },
      'hunting[\'Device Events\'] is not a table name such as "DeviceEvents"',
    ],
    ['faults', {}, 'faults.probability must be given'],
    ['faults', { probability: 2 }, 'faults.probability must be a number ≥ 0 and ≤ 1, got 2'],
    [
      'faults',
      { probability: 1, codes: [] },
      'faults.codes must be a list of at least 1, got an array',
    ],
    [
      'faults',
      { probability: 1, latencyMs: [2, 1] },
      'faults.latencyMs must be a number of milliseconds, or two: from and to, got an array',
    ],
    ['faults', 7, 'faults must be an object, got 7'],
    [
      'script',
      [{ for: 'nothing' }],
      'script[0].for must be an operation such as "incidents.list", or the beginning of a path such as "/api/machines", got "nothing"',
    ],
    ['script', [{ times: 0 }], 'script[0].times must be an integer ≥ 1 or "always", got 0'],
    ['script', [{ status: 99 }], 'script[0].status must be an integer ≥ 200 and ≤ 599, got 99'],
    ['script', [{ code: '' }], 'script[0].code must be a non-empty text, got ""'],
    [
      'script',
      [{ action: 'explode' }],
      "script[0].action must be 'reset', 'reset-headers', 'reset-mid-body', 'truncate', 'malformed', 'html', 'empty' or 'hang', got \"explode\"",
    ],
    [
      'script',
      [{ values: { a: {} } }],
      "script[0].values['a'] must be a text, a number or a list of texts, got an object",
    ],
    ['script', [{ values: [] }], 'script[0].values must be an object, got an array'],
    ['script', [{ headers: { 'a b': 'c' } }], "script[0].headers['a b'] is not a header name"],
    [
      'script',
      [{ headers: { a: 'b\r\nc: d' } }],
      'script[0].headers[\'a\'] must be a header value of printable ASCII, got "b\\r\\nc: d"',
    ],
    ['script', [{ body: 7 }], 'script[0].body must be a text or an object, got 7'],
    ['script', [{ message: 7 }], 'script[0].message must be a text, got 7'],
    ['script', [{ latencyMs: -1 }], 'script[0].latencyMs must be a number ≥ 0, got -1'],
    [
      'script',
      [{ retryAfter: {} }],
      'script[0].retryAfter must be a number of seconds, the header as text, or { "dateInMs": milliseconds }, got an object',
    ],
    [
      'script',
      ['Forbiden'],
      'script[0] must be a status from 200 to 599, a code of the catalogue, one of reset, reset-headers, reset-mid-body, truncate, malformed, html, empty, hang, or the answer in full, got "Forbiden"',
    ],
    ['scripts', [], 'scripts is not an option; did you mean script?'],
  ])('%s: %j is refused', async (name, value, message) => {
    expect(await faultsOf({ [name]: value })).toEqual([message]);
  });

  it('are all refused at once, one per line', async () => {
    const options = { port: 70_000, seed: -1, script: [{ times: 0 }, 'Nope'] };
    expect(await faultsOf(options)).toHaveLength(4);
  });

  it('must be an object', async () => {
    const start = startSimulator('x' as SimulatorOptions);
    await expect(start).rejects.toThrow('startSimulator takes an object of options, got "x"');
  });

  it('that are undefined count as left out', async () => {
    expect(await faultsOf({ port: undefined, script: undefined })).toEqual([]);
  });

  it('are shown short where they are long', async () => {
    const [fault] = await faultsOf({ record: 'x'.repeat(500) });
    expect(fault?.length).toBeLessThan(150);
  });

  it('take every documented value', async () => {
    const options: SimulatorOptions = {
      script: [
        { retryAfter: -1, times: 'always', for: 'other' },
        { retryAfter: '', for: '/x', times: 'always', values: { a: ['b'], c: 1 } },
        { retryAfter: { dateInMs: -5000 }, headers: { 'x-a': '' }, body: {}, times: 'always' },
      ],
      faults: {
        probability: 1,
        latencyMs: [0, 0],
        codes: ['reset', 500, { code: 'x' }],
        for: 'token',
      },
      hunting: { DeviceEvents: [{ Timestamp: '2026-01-31T10:00:00Z' }], DeviceInfo: [] },
      quotas: { hunting: { runningMsPerHour: 1 }, incidents: {} },
      disabledFeatures: ['liveResponse'],
      newestAt: new Date(0),
    };
    expect(await faultsOf(options)).toEqual([]);
  });
});

describe('starting', () => {
  it('rejects when the port is taken', async () => {
    await using simulator = await startSimulator();
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ port })).rejects.toThrow('EADDRINUSE');
  });

  it('listens on loopback alone', async () => {
    await using simulator = await startSimulator();
    expect(simulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(simulator.graphUrl).toBe(`${simulator.url}/v1.0`);
    expect(simulator.tokenUrl).toBe(`${simulator.url}/contoso.onmicrosoft.com/oauth2/v2.0/token`);
  });
});

describe('faults, outages and scripts at run time', () => {
  it('are checked like options, and change nothing when they are not valid', async () => {
    await using simulator = await startSimulator();
    // The types would not let these through.
    const wrong = { probability: 'x', status: 200, times: 0 } as object;
    expect(() => simulator.faults(wrong as { probability: number })).toThrow(TypeError);
    expect(() => simulator.outage(wrong)).toThrow('outage.probability is not an option');
    expect(() => simulator.script(500, wrong)).toThrow('script[1].times must be');
    expect(simulator.pendingScript).toEqual([]);
  });
});
