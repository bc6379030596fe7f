import { beforeEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../src/failure/failure.ts';
import { Circuit, type CircuitSettings, type CircuitTransition } from '../../src/policy/circuit.ts';
import { CircuitRegistry } from '../../src/policy/circuit-registry.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';

const SETTINGS: CircuitSettings = {
  failureRatio: 0.8,
  minimumAttempts: 10,
  windowMs: 60_000,
  openMs: 15_000,
  maxOpenMs: 120_000,
  maxCircuits: 3,
};

const FAILURE: Failure = {
  code: 'X',
  message: '',
  status: 500,
  verdict: 'retryable',
  source: 'api',
};

let clock: ManualClock;
let changes: CircuitTransition[];

beforeEach(() => {
  clock = manualClock();
  changes = [];
});

function makeCircuit(settings: Partial<CircuitSettings> = {}): Circuit {
  return new Circuit(
    { ...SETTINGS, ...settings },
    clock,
    () => 0,
    (change) => changes.push(change),
  );
}

async function record(
  circuit: Circuit,
  outcome: 'success' | 'failure' | 'neutral',
  times = 1,
): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    const admission = circuit.admit(clock.now());
    if (admission === 'refused') throw new Error('refused');
    await circuit.record(admission, outcome, clock.now());
  }
}

async function opened(settings: Partial<CircuitSettings> = {}): Promise<Circuit> {
  const circuit = makeCircuit(settings);
  await record(circuit, 'failure', 10);
  return circuit;
}

describe('a closed circuit', () => {
  it('opens at the failure ratio once there are enough attempts', async () => {
    const circuit = makeCircuit();
    await record(circuit, 'failure', 9);
    expect(circuit.closed).toBe(true);
    await record(circuit, 'failure');
    expect(circuit.closed).toBe(false);
    expect(changes).toStrictEqual([{ from: 'closed', to: 'open', openMs: 15_000 }]);
  });

  it('opens at exactly the ratio, and names the failure that opened it', async () => {
    const circuit = makeCircuit();
    for (let time = 0; time < 2; time += 1) circuit.countSuccess(clock.now());
    await record(circuit, 'failure', 7);
    expect(circuit.snapshot(clock.now())).toMatchObject({ attempts: 9, failures: 7 });
    expect(circuit.closed).toBe(true);
    await circuit.record('pass', 'failure', clock.now(), FAILURE);
    expect(changes).toEqual([{ from: 'closed', to: 'open', openMs: 15_000, failure: FAILURE }]);
  });

  it('stays closed below the ratio, however many fail', async () => {
    const circuit = makeCircuit();
    for (let round = 0; round < 100; round += 1) {
      await record(circuit, 'success');
      await record(circuit, 'failure', 3);
    }
    expect(circuit.closed).toBe(true);
  });

  it('counts neutral ends neither as success nor as failure', async () => {
    const circuit = makeCircuit();
    await record(circuit, 'failure', 9);
    await record(circuit, 'neutral', 50);
    expect(circuit.snapshot(clock.now())).toMatchObject({ attempts: 9, failures: 9 });
    await record(circuit, 'failure');
    expect(circuit.closed).toBe(false);
  });

  it('forgets failures that have left the window', async () => {
    const circuit = makeCircuit();
    await record(circuit, 'failure', 9);
    await clock.advance(62_000);
    await record(circuit, 'failure');
    expect(circuit.closed).toBe(true);
    expect(circuit.snapshot(clock.now())).toMatchObject({ attempts: 1, failures: 1 });
  });
});

describe('an open circuit', () => {
  it('refuses until its time is up and then lets one probe through', async () => {
    const circuit = await opened();
    expect(circuit.admit(clock.now())).toBe('refused');
    expect(circuit.retryAfterMs(clock.now())).toBe(15_000);
    await clock.advance(14_999);
    expect(circuit.admit(clock.now())).toBe('refused');
    await clock.advance(1);
    expect(circuit.admit(clock.now())).toBe('probe');
    expect(circuit.admit(clock.now())).toBe('refused');
  });

  it('is shown as open until a probe may be sent, then as half-open', async () => {
    const circuit = await opened();
    const state = (): string => circuit.snapshot(clock.now()).state;
    expect(makeCircuit().snapshot(clock.now()).state).toBe('closed');
    expect(state()).toBe('open');
    await clock.advance(15_000);
    expect(state()).toBe('half-open');
    await record(circuit, 'success');
    expect(state()).toBe('closed');
  });

  it('closes when the probe succeeds, and forgets the outage', async () => {
    const circuit = await opened();
    await clock.advance(15_000);
    await record(circuit, 'success');
    expect(circuit.closed).toBe(true);
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half-open', 'closed']);
    await record(circuit, 'failure', 9);
    expect(circuit.closed).toBe(true);
  });

  it('forgets the successes before the outage too', async () => {
    const circuit = makeCircuit();
    await record(circuit, 'success', 2);
    await record(circuit, 'failure', 8);
    await clock.advance(15_000);
    await record(circuit, 'success');
    expect(circuit.snapshot(clock.now())).toMatchObject({ attempts: 0, failures: 0 });
  });

  it('names the failure of the probe that opened it again', async () => {
    const circuit = await opened();
    await clock.advance(15_000);
    await circuit.record(
      circuit.admit(clock.now()) === 'probe' ? 'probe' : 'pass',
      'failure',
      clock.now(),
      FAILURE,
    );
    expect(changes.at(-1)).toMatchObject({ from: 'half-open', to: 'open', failure: FAILURE });
  });

  it('doubles its time with each failed probe, up to the most', async () => {
    const circuit = await opened();
    const times: number[] = [];
    for (let probe = 0; probe < 6; probe += 1) {
      const wait = circuit.retryAfterMs(clock.now());
      times.push(wait);
      await clock.advance(wait);
      await record(circuit, 'failure');
    }
    expect(times).toEqual([15_000, 30_000, 60_000, 120_000, 120_000, 120_000]);
  });

  it('starts from the first time again after it closed', async () => {
    const circuit = await opened();
    await clock.advance(15_000);
    await record(circuit, 'failure');
    await clock.advance(30_000);
    await record(circuit, 'success');
    await record(circuit, 'failure', 10);
    expect(circuit.retryAfterMs(clock.now())).toBe(15_000);
  });

  it('neither closes nor opens for a probe that says nothing, and probes again at once', async () => {
    const circuit = await opened();
    await clock.advance(15_000);
    await record(circuit, 'neutral');
    expect(circuit.closed).toBe(false);
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half-open']);
    expect(circuit.snapshot(clock.now()).state).toBe('half-open');
    await record(circuit, 'success');
    expect(circuit.closed).toBe(true);
    expect(changes.map(({ to }) => to)).toEqual(['open', 'half-open', 'closed']);
  });

  it('learns nothing from an attempt that was sent before it opened', async () => {
    const circuit = makeCircuit();
    const late = circuit.admit(clock.now());
    await record(circuit, 'failure', 10);
    if (late === 'refused') throw new Error('refused');
    await circuit.record(late, 'success', clock.now());
    expect(circuit.closed).toBe(false);
    expect(circuit.retryAfterMs(clock.now())).toBe(15_000);
  });

  it('adds up to a tenth of jitter to its time', async () => {
    const circuit = new Circuit(
      SETTINGS,
      clock,
      () => 0.999,
      () => undefined,
    );
    await record(circuit, 'failure', 10);
    expect(circuit.retryAfterMs(clock.now())).toBeGreaterThan(16_400);
    expect(circuit.retryAfterMs(clock.now())).toBeLessThan(16_500);
  });
});

describe('the circuits of a wrapper', () => {
  const ignore = (): void => undefined;

  it('are one for each key', () => {
    const circuits = new CircuitRegistry(SETTINGS, clock, () => 0);
    expect(circuits.get('a', ignore)).toBe(circuits.get('a', ignore));
    expect(circuits.get('a', ignore)).not.toBe(circuits.get('b', ignore));
  });

  it('forget the oldest closed one beyond their number, never an open one', async () => {
    const circuits = new CircuitRegistry(SETTINGS, clock, () => 0);
    const open = circuits.get('a', ignore);
    await record(open, 'failure', 10);
    for (const key of ['b', 'c', 'd', 'e']) circuits.get(key, ignore);
    expect(circuits.snapshot(clock.now()).map(({ circuit }) => circuit)).toEqual(['a', 'd', 'e']);
    expect(circuits.get('a', ignore)).toBe(open);
  });

  it('keep no further one where all are open', async () => {
    const circuits = new CircuitRegistry(SETTINGS, clock, () => 0);
    for (const key of ['a', 'b', 'c']) await record(circuits.get(key, ignore), 'failure', 10);
    expect(circuits.get('d', ignore).admit(clock.now())).toBe('pass');
    expect(circuits.snapshot(clock.now())).toHaveLength(3);
  });
});
