import { chanceOf } from '../chaos/random.ts';
import { recordedInputs } from './corpus.ts';
import type { Coverage } from './coverage.ts';
import { mutated } from './mutate.ts';
import type { Target } from './targets/target.ts';

/** An input that broke a promise. */
interface Finding {
  readonly target: string;
  readonly input: string;
  readonly problem: string;
}

/** What the inputs for one parser gave. */
export interface FuzzReport {
  readonly target: Target;
  readonly findings: readonly Finding[];
  /** Inputs that reached something new, in the order in which they were found. */
  readonly reached: readonly string[];
  /** By how much the heap grew, in MiB. */
  readonly grownMib: number;
}

/** So long may one input take at most: a hundred times what the slowest should. */
const SLOW_MS = 250;
/** What a run may leave in the heap: its own lists, and no input's. */
const MAX_GROWN_MIB = 32;
/** After so many inputs V8 is asked what they reached, which takes as long as a hundred of them. */
const BATCH = 1_024;
const MAX_POOL = 400;
const MAX_FINDINGS = 3;

/**
 * Tries `runs` inputs on a parser: changed ones of its seeds, of the recorded ones, and of those that
 * reached something new on the way.
 */
export async function fuzz(
  target: Target,
  seed: number,
  runs: number,
  coverage?: Coverage,
): Promise<FuzzReport> {
  const pool = [...target.seeds, ...recordedInputs(target)];
  const started = pool.length;
  const chance = chanceOf(seed);
  const findings: Finding[] = [];
  const builtIns = shapes();
  // What these reach is known.
  if (coverage !== undefined) coverage.learn(await codeOf(target, pool, coverage));
  let heapBefore = 0;
  for (let run = 0; run < runs && findings.length < MAX_FINDINGS; run += BATCH) {
    const length = Math.min(BATCH, runs - run);
    const batch = Array.from({ length }, () => mutated(pool, chance));
    for (const input of batch) {
      const problem = await problemOf(target, input);
      if (problem !== undefined) findings.push({ target: target.name, input, problem });
    }
    if (shapes() !== builtIns) findings.push({ target: target.name, input: '', problem: POLLUTES });
    const reached = coverage === undefined ? [] : await reaching(target, batch, coverage);
    pool.push(...reached.slice(0, MAX_POOL - pool.length));
    // The first inputs also load and compile.
    if (run === 0) heapBefore = heapMib();
  }
  const grownMib = runs > BATCH ? heapMib() - heapBefore : 0;
  if (grownMib > MAX_GROWN_MIB) {
    findings.push({ target: target.name, input: '', problem: `keeps ${grownMib.toFixed(0)} MiB` });
  }
  return { target, findings, reached: pool.slice(started), grownMib };
}

/** The inputs of a batch that were the first to run a part of the code, made shorter. */
async function reaching(
  target: Target,
  batch: readonly string[],
  coverage: Coverage,
): Promise<readonly string[]> {
  const missing = new Set(coverage.newCode());
  const found: string[] = [];
  const search = async (inputs: readonly string[]): Promise<void> => {
    const reached = [...(await codeOf(target, inputs, coverage))].filter((at) => missing.has(at));
    const [input] = inputs;
    if (reached.length === 0 || input === undefined) return;
    if (inputs.length > 1) {
      await searchHalves(inputs);
      return;
    }
    for (const at of reached) missing.delete(at);
    found.push(await shortened(target, input, reached, coverage));
    coverage.learn(reached);
  };
  const searchHalves = async (inputs: readonly string[]): Promise<void> => {
    const middle = Math.ceil(inputs.length / 2);
    for (const half of [inputs.slice(0, middle), inputs.slice(middle)]) {
      if (missing.size > 0) await search(half);
    }
  };
  await searchHalves(batch);
  // What only came once, such as a warning, is no input's doing.
  coverage.learn(missing);
  return found;
}

async function codeOf(
  target: Target,
  inputs: readonly string[],
  coverage: Coverage,
): Promise<ReadonlySet<number>> {
  // What they throw has been found already.
  for (const input of inputs) await problemOf(target, input);
  return coverage.newCode();
}

/** Leaves out what is not needed to reach the code, in few steps. */
async function shortened(
  target: Target,
  input: string,
  reached: readonly number[],
  coverage: Coverage,
): Promise<string> {
  let text = input;
  for (const share of [2, 4, 8, 16]) {
    const size = Math.ceil(input.length / share);
    for (let at = 0; at < text.length; ) {
      const candidate = text.slice(0, at) + text.slice(at + size);
      const code = await codeOf(target, [candidate], coverage);
      if (reached.every((at) => code.has(at))) text = candidate;
      else at += size;
    }
  }
  return text;
}

async function problemOf(target: Target, input: string): Promise<string | undefined> {
  const startedAt = performance.now();
  try {
    const parsing = target.parse(input);
    if (parsing !== undefined) await parsing;
  } catch (error) {
    return String(error);
  }
  const tookMs = performance.now() - startedAt;
  return tookMs > SLOW_MS && (await isSlow(target, input))
    ? `took ${Math.round(tookMs)} ms`
    : undefined;
}

/** By what the thread itself computes: on a machine that stalls, every input takes long at times. */
async function isSlow(target: Target, input: string): Promise<boolean> {
  const before = process.threadCpuUsage();
  await target.parse(input);
  return process.threadCpuUsage(before).user > SLOW_MS * 1_000;
}

const POLLUTES = 'an input of the last batch changed a built-in object';

/** What stands in the objects that an attacker would want to change. */
function shapes(): string {
  const prototypes = [Object, Array, Function, String, Number, Promise, Map, Set, Error, RegExp];
  return [Object, JSON, ...prototypes.map(({ prototype }) => prototype as object)]
    .map((object) => Reflect.ownKeys(object).map(String).join())
    .join('\n');
}

function heapMib(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}
