import { startSimulator } from '@defender-resilience/simulator';
import { type Program, program } from './program.ts';
import type { Scenario } from './scenarios.ts';

/** How one scenario went with the bare client. */
export interface Bare {
  readonly calls: number;
  readonly succeeded: number;
  readonly requests: number;
}

/** Runs a scenario with the built-in fetch against its own simulator. */
export async function runBare(scenario: Scenario): Promise<Bare> {
  const simulator = await startSimulator({ quotas: 'off' });
  try {
    scenario.prepare(simulator);
    let calls = 0;
    let succeeded = 0;
    const plain = program({ fetch: globalThis.fetch, baseUrl: simulator.url, token: 'demo' });
    const counted = new Proxy(plain, {
      get:
        (target, name: keyof Program) =>
        async (...args: never[]) => {
          calls += 1;
          const result = await Reflect.apply<unknown, never[], Promise<unknown>>(
            target[name],
            target,
            args,
          );
          succeeded += 1;
          return result;
        },
    });
    await scenario.run(counted, () => undefined);
    return { calls, succeeded, requests: simulator.requests.length };
  } finally {
    await simulator.close({ ignoreUnconsumed: true });
  }
}
