import type { OperationRate } from './rates.ts';
import type { SeenError, Snapshot } from './snapshot.ts';
import { seconds } from './view.ts';

/**
 * Prints the changes since the last snapshot, for a file or a pipe: one line about the calls each time, and one
 * for each circuit, quota and error that changed.
 */
export class LineWriter {
  readonly #states = new Map<string, string>();
  readonly #errors = new Set<string>();

  linesOf(snapshot: Snapshot, rates: readonly OperationRate[], now: Date): readonly string[] {
    const time = now.toISOString();
    return [...this.#facts(snapshot, rates), ...this.#newErrors(snapshot)].map(
      (fact) => `${time} ${fact}`,
    );
  }

  #facts(snapshot: Snapshot, rates: readonly OperationRate[]): readonly string[] {
    const { inFlight, state, circuits, quotas } = snapshot;
    const calls = rates.map(({ operation, calls, failures, callsPerSecond }) => {
      const rate = callsPerSecond === undefined ? '' : ` rate=${callsPerSecond.toFixed(1)}/s`;
      return this.#changed(`operation ${operation}`, `calls=${calls} failed=${failures}`, rate);
    });
    const changes = [
      ...circuits.map(({ circuit, state, failures, attempts }) =>
        this.#changed(`circuit ${circuit}`, state, ` failed=${failures}/${attempts}`),
      ),
      ...quotas.map(({ group, windows, waiting, pausedForMs }) => {
        const used = windows.map(({ used, limit, per }) => `${per}=${used}/${limit}`).join(' ');
        const paused = pausedForMs > 0 ? ` paused=${seconds(pausedForMs).replace(' ', '')}` : '';
        return this.#changed(`quota ${group}`, `${used} waiting=${waiting}${paused}`);
      }),
    ];
    const own = this.#changed(
      'calls',
      `in-flight=${inFlight}${state === undefined ? '' : ` state=${state}`}`,
    );
    return [own, ...calls, ...changes].filter((fact) => fact !== undefined);
  }

  /** The line, if it differs from the last snapshot's. */
  #changed(name: string, value: string, more = ''): string | undefined {
    if (this.#states.get(name) === value) return undefined;
    this.#states.set(name, value);
    return `${name} ${value}${more}`;
  }

  #newErrors({ errors }: Snapshot): readonly string[] {
    const fresh = errors.filter((error) => !this.#errors.has(keyOf(error))).toReversed();
    // Forget errors that are no longer served, since they cannot reappear.
    this.#errors.clear();
    for (const error of errors) this.#errors.add(keyOf(error));
    return fresh.map(errorText);
  }
}

function keyOf({ time, trackingId, operation, attempt }: SeenError): string {
  return JSON.stringify([time, trackingId, operation, attempt]);
}

function errorText({
  time,
  operation,
  code,
  status,
  trackingId,
  attempt,
  final,
}: SeenError): string {
  const parts = [
    `error ${operation} ${code}`,
    ...(status === undefined ? [] : [`status=${status}`]),
    ...(trackingId === undefined ? [] : [`tracking-id=${trackingId}`]),
    ...(attempt === undefined ? [] : [`attempt=${attempt}`]),
    final ? 'final' : 'retried',
    `at=${time}`,
  ];
  return parts.join(' ');
}
