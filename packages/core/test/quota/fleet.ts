import type { Clock, Operation, QuotaChange } from '@defender-resilience/core';
import { QuotaGate, type QuotaSettings } from '../../src/quota/gate.ts';
import type { GateAnswer, GateCall, GateRequest } from '../../src/quota/permit.ts';
import { type ManualClock, manualClock } from '../../src/testing/index.ts';
import { LaggingStore } from './lagging-store.ts';
import { Service } from './service.ts';
import { failure429, MINUTE_MS, SETTINGS } from './support.ts';

/** Several processes in one virtual time, a store that they share, and a service that counts. */
export class Fleet {
  readonly clock: ManualClock;
  readonly store: LaggingStore;
  readonly service: Service;
  readonly gates: readonly QuotaGate[];
  readonly changes: { readonly process: number; readonly change: QuotaChange }[] = [];
  /** How many calls each process has sent. */
  readonly sent: number[];
  readonly #call: GateCall;
  readonly #random: () => number;
  #working: readonly boolean[];
  #ended = false;

  constructor(
    processes: number,
    quota: { readonly perMinute: number; readonly perHour?: number },
    settings: Partial<QuotaSettings> = {},
    seed = 1,
    latencyMs?: () => number,
  ) {
    const operation: Operation = { name: 'incidents.list', quotaGroup: 'incidents', quota };
    this.#call = { group: 'incidents', operation, name: operation.name, priority: 0 };
    this.#random = lehmer(seed);
    this.clock = manualClock();
    this.store = new LaggingStore(this.clock, latencyMs ?? (() => 1 + 3 * this.#random()));
    this.service = new Service(quota.perMinute, settings.minuteMs ?? MINUTE_MS);
    this.sent = Array.from({ length: processes }, () => 0);
    this.#working = this.sent.map(() => true);
    this.gates = this.sent.map(
      (_, process) =>
        new QuotaGate(
          { pause: true, maxWaiting: 1_000 },
          { ...SETTINGS, store: this.store, ...settings },
          // Their clocks are hours apart, and began at any time.
          { clock: behind(this.clock, process * 7_200_000), random: this.#random },
          (change) => this.changes.push({ process, change }),
        ),
    );
  }

  /** Lets a process call as fast as it may, so many calls at a time. */
  work(process: number, concurrency: number): void {
    for (let index = 0; index < concurrency; index += 1) void this.#callOn(process);
  }

  /** Ends a process without a word. */
  kill(process: number): void {
    this.#working = this.#working.map((working, index) => working && index !== process);
  }

  /** Lets no process send anything more. */
  end(): void {
    this.#ended = true;
    this.#working = this.#working.map(() => false);
  }

  /** Asks for one more call, which is answered at once. */
  async ask(
    process: number,
    asked: Partial<Pick<GateRequest, 'limitMs' | 'priority' | 'signal'>> = {},
  ): Promise<GateAnswer> {
    const request = { ...this.#call, attempt: 1, limitMs: 1e9, signal: undefined, ...asked };
    const answer = await this.gates[process]?.acquire({ ...request, held: () => undefined });
    if (answer !== undefined && !('refused' in answer)) answer.completed();
    return answer;
  }

  /** Calls of the minute from `minute` on, by the service's count. */
  minute(minute: number): { through: number; refused: number } {
    return this.service.between(minute * MINUTE_MS, (minute + 1) * MINUTE_MS);
  }

  async #callOn(process: number): Promise<void> {
    const gate = this.gates[process];
    while (gate !== undefined && this.#working[process]) {
      const request = { ...this.#call, attempt: 1, limitMs: 1e9, signal: undefined };
      const ticket = await gate.acquire({ ...request, held: () => undefined });
      if (ticket === undefined || 'refused' in ticket) return;
      if (!this.#working[process]) {
        if (this.#ended) ticket.cancel();
        return;
      }
      await this.#pass(40 * this.#random());
      const waitMs = this.service.take(this.clock.now());
      this.sent[process] = (this.sent[process] ?? 0) + 1;
      await this.#pass(40 * this.#random());
      if (waitMs !== undefined) gate.throttled(this.#call, waitMs, failure429, ticket);
      ticket.completed();
    }
  }

  #pass(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.timer(resolve, ms);
    });
  }
}

/** The same time, on a clock that is so much behind. */
function behind(clock: ManualClock, ms: number): Clock {
  return { ...clock, now: () => clock.now() - ms };
}

/** Numbers by chance that are the same each time. */
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
