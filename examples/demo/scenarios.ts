import { catalogue, findErrorCode } from '@defender-resilience/core';
import type { Simulator } from '@defender-resilience/simulator';
import type { Entry } from './journal.ts';
import type { Program } from './program.ts';

/** A situation that calls meet in practice. */
export interface Scenario {
  readonly title: string;
  /** What the wrapper does that the bare client does not. */
  readonly difference: string;
  /** Sets the simulator up. Called before {@link run}. */
  prepare(simulator: Simulator): void;
  /** Makes the calls and reports the progress. */
  run(program: Program, progress: (done: number, of: number) => void): Promise<void>;
  /** Describes every deviation from the expected outcome; empty when there is none. */
  check(result: Seen): readonly string[];
}

/** What was observed during a scenario. */
interface Seen {
  readonly entries: readonly Entry[];
  readonly circuits: readonly string[];
  readonly simulator: Simulator;
}

export const MAX_RETRIES = 3;

const MACHINE = 'wks-001.contoso.com';
const DOCUMENTED = catalogue.filter(({ documented }) => documented);

const ignore = (): undefined => undefined;

/** The codes that only certain operations return. */
const CALLS: Readonly<Record<string, (program: Program) => Promise<unknown>>> = {
  InvalidHashValue: (program) => program.blockIndicator('abc', 'FileSha1'),
  InvalidDomainName: (program) => program.blockIndicator('not a domain', 'DomainName'),
  InvalidIpAddress: (program) => program.blockIndicator('999.1.1.1', 'IpAddress'),
  InvalidUrl: (program) => program.blockIndicator('nowhere', 'Url'),
  MaximumBatchSizeExceeded: (program) => program.blockIndicator('abc', 'FileSha1'),
  InvalidRequestBody: (program) => program.hunt('DeviceInfo'),
  MissingRequiredParameter: (program) => program.hunt(''),
  OsPlatformNotSupported: (program) => program.isolateMachine(MACHINE),
  ClientVersionNotSupported: (program) => program.isolateMachine(MACHINE),
  DisallowedOperation: (program) => program.isolateMachine(MACHINE),
  ResourceNotFound: (program) => program.getIncident(1),
  NotFound: (program) => program.getIncident(2),
};

const everyCode: Scenario = {
  title: 'every error code once',
  difference: 'names it, says what to do',
  prepare(simulator) {
    for (const { code, verdict } of DOCUMENTED) {
      simulator.script({ code, times: verdict === 'retryable' ? MAX_RETRIES + 1 : 1 });
    }
  },
  async run(program, progress) {
    for (const [index, { code }] of DOCUMENTED.entries()) {
      progress(index, DOCUMENTED.length);
      await (CALLS[code] ?? ((each) => each.listIncidents()))(program).catch(ignore);
    }
  },
  check({ entries, simulator }) {
    return DOCUMENTED.flatMap(({ code }, index) => checkCode(code, entries[index], simulator));
  },
};

function checkCode(code: string, entry: Entry | undefined, simulator: Simulator): string[] {
  const known = findErrorCode(code);
  const failure = entry?.failure;
  const expected: [string, unknown, unknown][] = [
    ['code', failure?.code, known?.code],
    ['status', failure?.status, known?.status],
    ['verdict', failure?.verdict, known?.verdict],
    ['attempts', entry?.attempts, known?.verdict === 'retryable' ? MAX_RETRIES + 1 : 1],
    [
      'tracking ID known to the simulator',
      simulator.trackingIds.includes(failure?.trackingId ?? ''),
      true,
    ],
  ];
  return expected
    .filter(([, actual, wanted]) => actual !== wanted)
    .map(
      ([what, actual, wanted]) =>
        `${code}: ${what} is ${String(actual)}, expected ${String(wanted)}`,
    );
}

/** Compares counts and names every one that differs. */
function expectCounts(
  counts: Readonly<Record<string, readonly [actual: unknown, expected: unknown]>>,
): string[] {
  return Object.entries(counts)
    .filter(([, [actual, expected]]) => actual !== expected)
    .map(
      ([what, [actual, expected]]) => `${what}: ${String(actual)}, expected ${String(expected)}`,
    );
}

const succeeded = (entries: readonly Entry[]): number =>
  entries.filter(({ outcome }) => outcome === 'success').length;

const flaky: Scenario = {
  title: 'a 500 that passes',
  difference: 'retries after a backoff',
  prepare: (simulator) => simulator.script('InternalServerError', 'InternalServerError'),
  run: async (program) => void (await program.listMachines().catch(ignore)),
  check: ({ entries }) =>
    expectCounts({
      calls: [entries.length, 1],
      succeeded: [succeeded(entries), 1],
      attempts: [entries[0]?.attempts, 3],
    }),
};

const BURST = 20;

const burst: Scenario = {
  title: 'a throttled burst',
  difference: 'waits as the service asks',
  prepare: (simulator) => simulator.script({ status: 429, code: '429', retryAfter: 2, times: 3 }),
  async run(program, progress) {
    let done = 0;
    const calls = Array.from({ length: BURST }, () =>
      program
        .listAlerts()
        .catch(ignore)
        .finally(() => progress(++done, BURST)),
    );
    await Promise.all(calls);
  },
  check: ({ entries, simulator }) =>
    expectCounts({
      succeeded: [succeeded(entries), BURST],
      'answered with 429': [
        simulator.requests.filter(({ answered }) => answered === 429).length,
        3,
      ],
    }),
};

const OUTAGE_MS = 3_000;
const MOST_OUTAGE_CALLS = 60;

const outage: Scenario = {
  title: 'an outage',
  difference: 'stops calling meanwhile',
  prepare: (simulator) => void simulator.outage({ status: 503, durationMs: OUTAGE_MS }),
  async run(program, progress) {
    // One call after another, as a poller makes them, until five in a row succeed.
    for (let call = 0, inRow = 0; inRow < 5 && call < MOST_OUTAGE_CALLS; call += 1) {
      progress(call, MOST_OUTAGE_CALLS);
      const failed = await program.getIncident(10_001).then(ignore, () => true);
      inRow = failed ? 0 : inRow + 1;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  },
  check({ entries, circuits, simulator }) {
    const last = entries.at(-1)?.outcome;
    const faults = expectCounts({
      'circuit opened': [circuits[0], 'open'],
      'circuit in the end': [circuits.at(-1), 'closed'],
      'last call': [last, 'success'],
    });
    const rejected = entries.filter(({ outcome }) => outcome === 'rejected').length;
    const sent = simulator.requests.length;
    if (rejected === 0) faults.push('no call was rejected while the circuit was open');
    if (sent >= entries.length * MAX_RETRIES)
      faults.push(`${sent} requests reached a service that was down`);
    return faults;
  },
};

const ambiguous: Scenario = {
  title: 'an isolate, response lost',
  difference: 'does not isolate twice',
  prepare: (simulator) => simulator.script('reset-headers'),
  run: async (program) => void (await program.isolateMachine(MACHINE).catch(ignore)),
  check: ({ entries, simulator }) =>
    expectCounts({
      'isolates received': [simulator.count({ operation: 'machines.isolate' }), 1],
      verdict: [entries[0]?.failure?.verdict, 'terminal'],
      ambiguous: [entries[0]?.failure?.ambiguous, true],
    }),
};

/** The scenarios of the demo, in order. */
export const scenarios: readonly Scenario[] = [everyCode, flaky, burst, outage, ambiguous];
