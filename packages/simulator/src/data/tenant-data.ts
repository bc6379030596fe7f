import type { Random } from '@defender-resilience/core';
import { seededRandom, uuid } from '../random.ts';
import type {
  ActionStatus,
  Alert,
  Incident,
  Indicator,
  Investigation,
  Machine,
  MachineAction,
} from './model.ts';
import { FIRST_INDICATOR_ID, seedData } from './seed-data.ts';

export interface TenantOptions {
  readonly seed: number;
  readonly incidents: number;
  /** Milliseconds since 1970. */
  readonly newestAt: number;
  readonly machineActionMs: number;
}

type IndicatorKey = Pick<Indicator, 'indicatorType' | 'indicatorValue'>;

function indicatorKey({ indicatorType, indicatorValue }: IndicatorKey): string {
  return `${indicatorType} ${indicatorValue}`;
}

/** Limits the memory; beyond it, the oldest entries are forgotten. */
const MAX_KEPT = 300_000;

function keep<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): void {
  map.set(key, value);
  if (map.size <= MAX_KEPT) return;
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}

/** The simulated tenant's data, which calls read and change. */
export class TenantData {
  readonly machines: ReadonlyMap<string, Machine>;
  readonly machineList: readonly Machine[];
  readonly incidents: ReadonlyMap<number, Incident>;
  readonly incidentList: readonly Incident[];
  /** When the newest incident was last updated, in milliseconds since 1970. */
  readonly newestAt: number;
  readonly random: Random;
  readonly #alerts: Map<string, Alert>;
  #alertList: readonly Alert[] | undefined;
  readonly #indicators: Map<string, Indicator>;
  /** IDs by type and value, the combination of which is unique. */
  readonly #indicatorIds: Map<string, string>;
  #nextIndicatorId: number;
  readonly #actions: Map<string, MachineAction> = new Map();
  /** The latest action of each type on each machine. Only one of a type may be active. */
  readonly #latest: Map<string, MachineAction> = new Map();
  readonly #investigations: Map<number, Investigation> = new Map();
  readonly #machineActionMs: number;

  constructor(options: TenantOptions) {
    const data = seedData(options);
    this.machineList = data.machines;
    this.machines = new Map(data.machines.map((machine) => [machine.id, machine]));
    this.#alerts = new Map(data.alerts.map((alert) => [alert.id, alert]));
    this.incidentList = data.incidents;
    this.incidents = new Map(data.incidents.map((incident) => [incident.id, incident]));
    this.#indicators = new Map(data.indicators.map((indicator) => [indicator.id, indicator]));
    this.#indicatorIds = new Map(data.indicators.map((row) => [indicatorKey(row), row.id]));
    this.#nextIndicatorId = FIRST_INDICATOR_ID + data.indicators.length;
    this.random = seededRandom(options.seed + 1);
    this.newestAt = options.newestAt;
    this.#machineActionMs = options.machineActionMs;
  }

  get alerts(): ReadonlyMap<string, Alert> {
    return this.#alerts;
  }

  /** All alerts as a list, which is created again only after an alert is added. */
  get alertList(): readonly Alert[] {
    this.#alertList ??= [...this.#alerts.values()];
    return this.#alertList;
  }

  get indicators(): ReadonlyMap<string, Indicator> {
    return this.#indicators;
  }

  get actions(): ReadonlyMap<string, MachineAction> {
    return this.#actions;
  }

  get investigations(): ReadonlyMap<number, Investigation> {
    return this.#investigations;
  }

  addAlert(alert: Alert): void {
    keep(this.#alerts, alert.id, alert);
    this.#alertList = undefined;
  }

  indicatorOf(key: IndicatorKey): Indicator | undefined {
    return this.#indicators.get(this.#indicatorIds.get(indicatorKey(key)) ?? '');
  }

  /** Adds an indicator, or replaces the one with its ID. */
  putIndicator(indicator: Indicator): void {
    this.#indicators.set(indicator.id, indicator);
    this.#indicatorIds.set(indicatorKey(indicator), indicator.id);
  }

  /** Returns false if there is no such indicator. */
  removeIndicator(id: string): boolean {
    const indicator = this.#indicators.get(id);
    if (indicator !== undefined) this.#indicatorIds.delete(indicatorKey(indicator));
    return this.#indicators.delete(id);
  }

  newIndicatorId(): string {
    this.#nextIndicatorId += 1;
    return String(this.#nextIndicatorId - 1);
  }

  addAction(action: MachineAction): void {
    keep(this.#actions, action.id, action);
    this.#latest.set(`${action.machineId} ${action.type}`, action);
  }

  addInvestigation(investigation: Investigation): void {
    keep(this.#investigations, investigation.id, investigation);
  }

  /** Whether an action of this type has neither ended nor been cancelled on a machine. */
  hasActive(machineId: string, type: string, now: number): boolean {
    const action = this.#latest.get(`${machineId} ${type}`);
    return action !== undefined && this.isActive(action, now);
  }

  newId(): string {
    return uuid(this.random);
  }

  /** An action is pending for half of its time and in progress for the other half. */
  statusOf(action: MachineAction, now: number): { status: ActionStatus; since: number } {
    const { createdAt, cancelled } = action;
    if (cancelled !== undefined) return { status: 'Cancelled', since: cancelled.at };
    const runsAt = createdAt + this.#machineActionMs / 2;
    const endsAt = createdAt + this.#machineActionMs;
    if (now >= endsAt) return { status: 'Succeeded', since: endsAt };
    return now >= runsAt
      ? { status: 'InProgress', since: runsAt }
      : { status: 'Pending', since: createdAt };
  }

  /** Whether an action has neither ended nor been cancelled. */
  isActive(action: MachineAction, now: number): boolean {
    const { status } = this.statusOf(action, now);
    return status === 'Pending' || status === 'InProgress';
  }
}
