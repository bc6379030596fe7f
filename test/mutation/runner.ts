import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { declareFactoryPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import {
  type DryRunResult,
  DryRunStatus,
  type MutantRunOptions,
  type MutantRunResult,
  MutantRunStatus,
  type TestResult,
  type TestRunner,
  TestStatus,
} from '@stryker-mutator/api/test-runner';
import { configureGlobal, defaultReportMessage } from 'fast-check';
import { beginFile, type Test, tests } from './vitest.ts';

/** The tests in virtual time and of pure functions: none that waits for real time, processes or a database. */
const FILES = [
  'packages/core/test/{failure,observe,policy}/*.test.ts',
  'packages/core/test/pipeline/{attempt,close,events,lifecycle,limits}.test.ts',
  'packages/core/test/pipeline/{nested-calls,outcome,permit,pipeline,properties,quota,run-call}.test.ts',
  'packages/core/test/pipeline/{response-info,time,token,token-refresh,token-refresher,token-store}.test.ts',
  'packages/core/test/quota/*[!y].test.ts',
  'packages/core/test/quota/stores/{memory,redis-arguments}.test.ts',
  'packages/core/test/clients/stacking.test.ts',
];
/** How long each test took, for the workers that come after the one of the dry run. */
const DURATIONS = 'durations.json';
const SHIM = new URL('vitest.ts', import.meta.url).href;
/** A test that takes this much of the processor is left out: what it alone would kill does not pay for the rest. */
const TOO_LONG_MS = 1_000;
/** Nothing here waits for real time, so what takes this long waits for ever. */
const HANGS_MS = 4_000;
const TICK_MS = 50;

interface Stryker {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
  mutantCoverage?: NonNullable<
    Extract<DryRunResult, { mutantCoverage?: unknown }>['mutantCoverage']
  >;
}

const stryker: Stryker = {};
Object.assign(globalThis, { __stryker__: stryker });

registerHooks({
  resolve: (name, context, next) =>
    name === 'vitest' ? { url: SHIM, shortCircuit: true } : next(name, context),
});

// The same inputs for every mutant, and of those the ones of the first 100 ms.
configureGlobal({
  seed: 1,
  interruptAfterTimeLimit: 100,
  reporter: (run) => {
    if (run.counterexample !== null || (run.failed && !run.interrupted)) {
      throw new Error(defaultReportMessage(run));
    }
  },
});

const HANGS = 'hangs';

/** How many timers are under way, beside the pipes to Stryker; infinite where there is more than timers. */
function timers(): number {
  const active = process.getActiveResourcesInfo().filter((one) => one !== 'PipeWrap');
  return active.every((one) => one === 'Timeout') ? active.length : Number.POSITIVE_INFINITY;
}

/** Resolves once nothing is left in the process that could go on with a test, or when it takes too long. */
function untilHanging(limitMs: number): { readonly hanging: Promise<typeof HANGS>; stop(): void } {
  const before = timers();
  const { promise: hanging, resolve: done } = Promise.withResolvers<typeof HANGS>();
  let last = performance.eventLoopUtilization();
  let idle = 0;
  let left = limitMs;
  const timer = setInterval(() => {
    left -= TICK_MS;
    const used = performance.eventLoopUtilization(last);
    last = performance.eventLoopUtilization();
    // The interval itself is one.
    idle = used.utilization < 0.2 && timers() <= before + 1 ? idle + 1 : 0;
    if (idle > 2 || left < 0) done(HANGS);
  }, TICK_MS);
  return { hanging, stop: () => clearInterval(timer) };
}

/** What went wrong in a test, if anything did. */
async function failureOf({ run }: Test, limitMs: number): Promise<string | undefined> {
  const { hanging, stop } = untilHanging(limitMs);
  try {
    return await Promise.race([run().then(() => undefined), hanging]);
  } catch (cause) {
    return cause instanceof Error ? cause.message || cause.name : String(cause);
  } finally {
    stop();
  }
}

/** Runs the tests in the worker's own process, one after the other: the shortest first, up to the first that fails. */
class InProcess implements TestRunner {
  #durations = new Map<string, number>();
  /** Whether the mutant is the first that this process tries. */
  #first = true;
  #spoilt = false;

  capabilities(): { reloadEnvironment: boolean } {
    return { reloadEnvironment: false };
  }

  async init(): Promise<void> {
    if (existsSync(DURATIONS)) {
      this.#durations = new Map(JSON.parse(readFileSync(DURATIONS, 'utf8')) as [string, number][]);
    }
    process.on('unhandledRejection', () => undefined);
    const files: string[] = [];
    for await (const file of glob(FILES)) files.push(file);
    for (const file of files.toSorted()) {
      beginFile(file);
      await import(pathToFileURL(resolve(file)).href);
    }
  }

  async dryRun(): Promise<DryRunResult> {
    const results: TestResult[] = [];
    for (const test of tests) {
      stryker.currentTestId = test.id;
      const started = process.cpuUsage();
      const failureMessage = await failureOf(test, 60_000);
      const { user, system } = process.cpuUsage(started);
      // A second time: what only passes once, since it leaves something behind, says nothing later.
      const repeated = failureMessage ?? (await failureOf(test, 60_000));
      const timeSpentMs = (user + system) / 1_000;
      this.#durations.set(test.id, timeSpentMs);
      const { id } = test;
      const common = { id, name: id, fileName: resolve(id.split(' > ')[0] ?? ''), timeSpentMs };
      if (timeSpentMs > TOO_LONG_MS || repeated !== undefined) {
        delete stryker.mutantCoverage?.perTest[id];
      }
      results.push(
        failureMessage === undefined
          ? { ...common, status: TestStatus.Success }
          : { ...common, status: TestStatus.Failed, failureMessage },
      );
    }
    stryker.currentTestId = undefined;
    writeFileSync(DURATIONS, JSON.stringify([...this.#durations]));
    const mutantCoverage = stryker.mutantCoverage ?? { static: {}, perTest: {} };
    return { status: DryRunStatus.Complete, tests: results, mutantCoverage };
  }

  async mutantRun({
    activeMutant,
    hitLimit,
    testFilter = [],
  }: MutantRunOptions): Promise<MutantRunResult> {
    const chosen = this.#testsOf(activeMutant.fileName, new Set(testFilter));
    let nrOfTests = 0;
    if (this.#spoilt) process.exit(1);
    stryker.hitCount = 0;
    stryker.hitLimit = hitLimit;
    stryker.activeMutant = activeMutant.id;
    try {
      for (const test of chosen) {
        nrOfTests += 1;
        const failureMessage = await failureOf(test, HANGS_MS);
        if (hitLimit !== undefined && stryker.hitCount > hitLimit) {
          return { status: MutantRunStatus.Timeout, reason: 'loops without end' };
        }
        if (failureMessage === HANGS) {
          await this.#ensureIntact(test);
          return { status: MutantRunStatus.Timeout, reason: `${test.id} hangs` };
        }
        if (failureMessage !== undefined) {
          await this.#ensureIntact(test);
          return { status: MutantRunStatus.Killed, killedBy: [test.id], failureMessage, nrOfTests };
        }
      }
      return { status: MutantRunStatus.Survived, nrOfTests };
    } finally {
      stryker.activeMutant = undefined;
      this.#first = false;
    }
  }

  /**
   * Tries the test that failed once more without the mutant. Where it fails again, a mutant has left something
   * behind in this process: Stryker then tries the mutant in a new one, where the first failure counts.
   */
  async #ensureIntact(test: Test): Promise<void> {
    stryker.activeMutant = undefined;
    if ((await failureOf(test, HANGS_MS)) === undefined) return;
    if (!this.#first) process.exit(1);
    this.#spoilt = true;
  }

  /** The tests that cover a mutant, the shortest first; but for the pipeline, those of its own folder alone. */
  #testsOf(file: string, covering: ReadonlySet<string>): readonly Test[] {
    const folder = /src\/(failure|policy|quota)\//.exec(file)?.[1] ?? '';
    const duration = ({ id }: Test): number => this.#durations.get(id) ?? 0;
    return tests
      .filter(({ id }) => covering.has(id) && id.startsWith(`packages/core/test/${folder}`))
      .filter((test) => duration(test) < TOO_LONG_MS)
      .toSorted((a, b) => duration(a) - duration(b));
  }
}

const makeRunner = Object.assign(() => new InProcess(), { inject: [] as const });

export const strykerPlugins: readonly unknown[] = [
  declareFactoryPlugin(PluginKind.TestRunner, 'in-process', makeRunner),
];
