import { once } from 'node:events';
import { startSimulator } from '@defender-resilience/simulator';
import { expect, it } from 'vitest';
import { againstSimulator, endOf, runExample, startExample } from './run.ts';

it('the README’s first program survives an error that passes, and prints incidents', async () => {
  await using simulator = await startSimulator({ script: ['InternalServerError'] });
  const { stdout, stderr } = await runExample(
    'examples/readme/call.ts',
    againstSimulator(simulator),
  );
  expect(stderr).toBe('');
  expect(stdout).toContain('incidentId: 10250');
  expect(simulator.requests.map(({ answered }) => answered)).toEqual([500, 200]);
});

it('the README’s first program says what to do about a Forbidden', async () => {
  await using simulator = await startSimulator({ script: ['Forbidden'] });
  const path = 'examples/readme/call.ts';
  const { stderr } = await endOf({ path, args: [], env: againstSimulator(simulator) });
  expect(stderr).toMatch(
    /^Forbidden [\da-f-]{36} In the Entra admin center open App registrations/,
  );
});

it('the README’s second program serves metrics', async () => {
  const child = startExample('examples/readme/metrics.ts');
  try {
    const metrics = await untilAnswered('http://127.0.0.1:9464/metrics');
    expect(metrics).toContain(
      'defender_client_errors_total{code="Forbidden",class="permission"} 0',
    );
  } finally {
    child.kill();
    await once(child, 'exit');
  }
});

/** Asks again until the program listens; the test's own timeout ends it otherwise. */
async function untilAnswered(url: string): Promise<string> {
  for (;;) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined) return response.text();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
