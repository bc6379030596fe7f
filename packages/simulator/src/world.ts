import type { Random } from '@defender-resilience/core';
import { seedData } from './data.ts';
import type { Alert, Incident, Indicator, Machine, MachineAction } from './model.ts';
import { seededRandom, uuid } from './random.ts';

/** What the simulated tenant holds, and what calls change. */
export class World {
  readonly machines: Map<string, Machine>;
  readonly alerts: Map<string, Alert>;
  readonly incidents: Map<number, Incident>;
  readonly indicators: Map<string, Indicator>;
  readonly actions: Map<string, MachineAction> = new Map();
  /** Live tokens and when they end, in milliseconds of the simulator's clock. */
  readonly tokens: Map<string, number> = new Map();
  readonly random: Random;

  constructor(options: { seed: number; incidents: number; newestAt: number }) {
    const data = seedData(options);
    this.machines = new Map(data.machines.map((machine) => [machine.id, machine]));
    this.alerts = new Map(data.alerts.map((alert) => [alert.id, alert]));
    this.incidents = new Map(data.incidents.map((incident) => [incident.id, incident]));
    this.indicators = new Map(data.indicators.map((indicator) => [indicator.id, indicator]));
    this.random = seededRandom(options.seed + 1);
  }

  newId(): string {
    return uuid(this.random);
  }
}
