import type { Random } from '@defender-resilience/core';
import { seededRandom } from './random.ts';
import {
  appliesTo,
  type ScriptStep,
  type ScriptStepDetails,
  type StepTarget,
  stepDetails,
} from './script.ts';

/** Random faults. */
export interface FaultOptions {
  /** The probability that a call fails, from 0 to 1. */
  readonly probability: number;
  /** The answers to failing calls, each with the same probability. @defaultValue `['InternalServerError']` */
  readonly codes?: readonly ScriptStep[];
  /** Makes the same calls fail at every start. @defaultValue the simulator's `seed` */
  readonly seed?: number;
  /** Milliseconds before every answer: a number, or a range for a random number. @defaultValue 0 */
  readonly latencyMs?: number | readonly [from: number, to: number];
  /**
   * Which calls may fail: those of an operation (`incidents.list`), or of a path and all below it.
   *
   * @defaultValue every call except token requests
   */
  readonly for?: string;
}

/** The decision about one call. */
export interface RandomFault {
  /** The failing answer; undefined for the ordinary one. */
  readonly step: ScriptStepDetails | undefined;
  readonly latencyMs: number;
}

/** Decides at random which calls fail: the same ones for the same seed. */
export class RandomFaults {
  readonly #options: FaultOptions;
  readonly #random: Random;

  constructor(options: FaultOptions, seed: number) {
    this.#options = options;
    this.#random = seededRandom(options.seed ?? seed);
  }

  next(target: StepTarget): RandomFault {
    if (!appliesTo(this.#options.for, target)) return { step: undefined, latencyMs: 0 };
    return { step: this.#step(), latencyMs: this.#latencyMs() };
  }

  #step(): ScriptStepDetails | undefined {
    const { probability, codes = ['InternalServerError'] } = this.#options;
    // Always draw both numbers, so that the result of one call does not affect the next one.
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
  /** The status of every answer, or `'reset'` for none. @defaultValue 503 */
  readonly status?: number | 'reset';
  /** Milliseconds until the outage ends by itself. @defaultValue it lasts until `end()` */
  readonly durationMs?: number;
}
