import type { Random } from '@defender-resilience/core';
import { seededRandom } from './random.ts';
import {
  isFor,
  type ScriptStep,
  type ScriptStepDetails,
  type StepTarget,
  stepDetails,
} from './script.ts';

/** Faults by chance. */
export interface FaultOptions {
  /** How likely a call is to fail, from 0 to 1. */
  readonly probability: number;
  /** What fails, each as likely as the next. @defaultValue `['InternalServerError']` */
  readonly codes?: readonly ScriptStep[];
  /** @defaultValue the simulator's seed */
  readonly seed?: number;
  /** Milliseconds that every answer takes: a number, or from–to. @defaultValue 0 */
  readonly latencyMs?: number | readonly [from: number, to: number];
  /** Only for calls of this operation (`incidents.list`), or below this path. @defaultValue all calls */
  readonly for?: string;
}

/** What chance gives one call. */
export interface RandomFault {
  readonly step: ScriptStepDetails | undefined;
  readonly latencyMs: number;
}

/** Decides by chance, the same for the same seed. */
export class RandomFaults {
  readonly #options: FaultOptions;
  readonly #random: Random;

  constructor(options: FaultOptions, seed: number) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? seed);
  }

  /** What this call gets: an answer, or undefined for the ordinary one, and how long it takes. */
  next(target: StepTarget): RandomFault {
    if (!isFor(this.#options.for, target)) return { step: undefined, latencyMs: 0 };
    return { step: this.#step(), latencyMs: this.#latencyMs() };
  }

  #step(): ScriptStepDetails | undefined {
    const { probability, codes = ['InternalServerError'] } = this.#options;
    // Both numbers are always drawn, so that one call's fate does not shift the next one's.
    const chance = this.#random();
    const choice = this.#random();
    if (chance >= probability) return undefined;
    return stepDetails(codes[Math.floor(choice * codes.length)] ?? 'InternalServerError');
  }

  #latencyMs(): number {
    const latency = this.#options.latencyMs ?? 0;
    if (typeof latency === 'number') return latency;
    return latency[0] + this.#random() * (latency[1] - latency[0]);
  }
}

/** A full outage: every call fails the same way. */
export interface OutageOptions {
  /** @defaultValue 503 */
  readonly status?: number | 'reset';
  /** Ends by itself after this many milliseconds. @defaultValue lasts until `end()` */
  readonly durationMs?: number;
}
