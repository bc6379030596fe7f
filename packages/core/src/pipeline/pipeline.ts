import type { Clock } from '../clock.ts';
import { ObserverFanOut } from '../observe/fan-out.ts';
import { isolated, type ReportObserverError, warnOnce } from '../observe/report.ts';
import type { Settings } from '../options/options.ts';
import { RetryBudget } from '../policy/budget.ts';
import type { Circuit } from '../policy/circuit.ts';
import { CircuitRegistry } from '../policy/circuit-registry.ts';
import { Deadlines } from '../policy/deadlines.ts';
import { QuotaGate } from '../quota/gate.ts';
import type { GateCall } from '../quota/permit.ts';
import { emitWarning } from '../runtime.ts';
import type { CallSpec } from './call.ts';
import { type Closable, Lifecycle } from './lifecycle.ts';
import { priorityOf } from './limits.ts';
import { TokenRefresher } from './token-refresh.ts';

/** How many warnings one wrapper emits. */
const MAX_WARNINGS = 100;

/** Everything that the calls of one wrapper share. */
export class Pipeline implements Closable {
  readonly settings: Settings;
  readonly clock: Clock;
  /** The options of `classify`: the time of the wrapper's own clock. */
  readonly time: { readonly now: () => number };
  readonly budget: RetryBudget;
  readonly gate: QuotaGate;
  readonly deadlines: Deadlines;
  readonly circuits: CircuitRegistry | undefined;
  readonly observers: ObserverFanOut | undefined;
  readonly refresher: TokenRefresher | undefined;
  readonly lifecycle: Lifecycle;
  /** Reports an error that one of the caller's hooks threw: it must not break the call. */
  readonly reportError: ReportObserverError;
  readonly #warned = new Set<string>();
  inFlight = 0;

  constructor(settings: Settings) {
    const { clock, random, circuit, observers, refreshToken } = settings;
    this.reportError = isolated(settings.onObserverError ?? warnOnce());
    this.settings = settings;
    this.clock = clock;
    this.time = { now: () => clock.epoch() };
    this.budget = new RetryBudget(settings.budget);
    this.deadlines = new Deadlines(clock);
    this.circuits = circuit && new CircuitRegistry(circuit, clock, random);
    this.observers =
      observers.length === 0 ? undefined : new ObserverFanOut(observers, this.reportError);
    this.refresher = refreshToken && new TokenRefresher(refreshToken, settings, this);
    this.gate = new QuotaGate(settings.throttle, settings.quota, settings, (change) =>
      this.observers?.quota(change),
    );
    this.lifecycle = new Lifecycle(clock, this);
    if (settings.quota !== undefined) this.observers?.quotas(() => this.gate.quotas());
  }

  /** Counts a call that has ended. */
  callEnded(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.lifecycle.idle();
  }

  endWaits(): void {
    this.gate.endWaits();
  }

  abortAttempts(): void {
    this.deadlines.abortAll();
  }

  async finish(): Promise<void> {
    this.deadlines.close();
    await this.gate.close();
    await this.observers?.flush();
  }

  /** Reports a mistake in the use of the wrapper; the message must not contain secrets. */
  reportMistake(message: string, hook: string): void {
    if (this.settings.onObserverError !== undefined) {
      this.reportError(new TypeError(message), hook);
    } else if (!this.#warned.has(message) && this.#warned.size < MAX_WARNINGS) {
      this.#warned.add(message);
      emitWarning(message, { code: 'DEFENDER_RESILIENCE_MISTAKE' });
    }
  }

  /** The circuit of a call; undefined if circuits are switched off. */
  circuitOf(call: CallSpec): Circuit | undefined {
    const key = circuitKey(call);
    return this.circuits?.find(key) ?? this.#newCircuit(key, call);
  }

  #newCircuit(key: string, { name, host }: CallSpec): Circuit | undefined {
    return this.circuits?.get(key, (change) =>
      this.observers?.circuit({
        circuit: key,
        operation: name,
        ...(host === undefined ? {} : { host }),
        ...change,
      }),
    );
  }
}

/** The key of a call's circuit: its host and operation. */
export function circuitKey({ host, name }: CallSpec): string {
  if (host === undefined) return name;
  const last = lastKeys.get(name);
  if (last?.host === host) return last.key;
  const key = `${host} ${name}`;
  if (lastKeys.size >= MAX_LAST_KEYS) lastKeys.clear();
  lastKeys.set(name, { host, key });
  return key;
}

// Looking up a newly concatenated string in a map hashes it first. Most operations are called at one host, so
// each remembers its last key.
const lastKeys = new Map<string, { readonly host: string; readonly key: string }>();
const MAX_LAST_KEYS = 1_000;

/** A call as the gate sees it: pauses are keyed by host and quota group. */
export function gateCallOf(settings: Settings, call: CallSpec): GateCall {
  const { host, operation, name } = call;
  const { quotaGroup } = operation;
  const group = host === undefined ? quotaGroup : `${host} ${quotaGroup}`;
  return { group, operation, name, priority: priorityOf(settings, call) };
}
