import { readFile } from 'node:fs/promises';
import { redactAuthorization, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { scenarios } from '../../examples/demo/scenarios.ts';
import { runExample } from './run.ts';

const DEMO = 'examples/demo/main.ts';

async function outcome(env: NodeJS.ProcessEnv): Promise<{ code: number; output: string }> {
  try {
    const { stdout, stderr } = await runExample(DEMO, env);
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

it('runs every scenario with the expected outcome, fits 80 columns, and exits by itself', {
  timeout: 60_000,
}, async () => {
  const { code, output } = await outcome({});
  expect(output).not.toContain('✗');
  expect(code).toBe(0);
  expect(output.match(/^ {2}✓/gm)).toHaveLength(5);
  expect(output).toMatch(/Forbidden +403 +terminal +1/);
  expect(output).toMatch(/a throttled burst +20 +17 → 20 +20 → 23 +waits as the service asks/);
  expect(output).toMatch(/an isolate, response lost +1 +0 → 0 +1 → 1 +does not isolate twice/);
  expect(output).toContain('Everything went as expected.');
  expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

it('is what the README’s picture shows', async () => {
  const picture = await readFile('docs/images/demo.svg', 'utf8');
  for (const { title, difference } of scenarios) {
    expect(picture).toContain(`>${title}<`);
    expect(picture).toContain(`>${difference}<`);
  }
});

describe('with a tenant in the environment', () => {
  it('makes the same program’s read-only calls', async () => {
    await using simulator = await startSimulator({ requireToken: false });
    const { code, output } = await outcome({
      DEFENDER_BASE_URL: simulator.url,
      DEFENDER_TOKEN: 'own-token',
    });
    expect(output).toContain('✓ list machines');
    expect(output).not.toContain('own-token');
    expect(code).toBe(0);
    expect(new Set(simulator.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(simulator.requests[0]?.headers['authorization']).toBe(
      redactAuthorization('Bearer own-token'),
    );
  });

  it('ends with 1 and the advice where a call fails', async () => {
    await using simulator = await startSimulator({ script: ['Forbidden'] });
    const { code, output } = await outcome({
      DEFENDER_BASE_URL: simulator.url,
      DEFENDER_TOKEN: 'own-token',
    });
    expect(code).toBe(1);
    expect(output).toContain('✗ list incidents');
    expect(output).toContain('API permissions');
  });

  it.each([
    [{ DEFENDER_TOKEN: 'x' }, 'DEFENDER_BASE_URL is not'],
    [{ DEFENDER_BASE_URL: 'nowhere', DEFENDER_TOKEN: 'x' }, 'DEFENDER_BASE_URL is not a URL'],
    [
      { DEFENDER_BASE_URL: 'https://api.security.microsoft.com' },
      'Set DEFENDER_TOKEN, or AZURE_TENANT_ID',
    ],
  ])('says what is missing of %o', async (env, message) => {
    const { code, output } = await outcome(env);
    expect(code).toBe(1);
    expect(output).toContain(message);
    expect(output).not.toContain('    at ');
  });
});
