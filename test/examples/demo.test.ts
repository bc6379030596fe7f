import { readFile } from 'node:fs/promises';
import { stripVTControlCharacters } from 'node:util';
import { redactAuthorization, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { scrapeReport } from '../../examples/demo/report.ts';
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

it('shows the metrics by name, in 80 columns', () => {
  const report = scrapeReport([
    'defender_client_errors_total{code="Forbidden",class="permission"} 1 # {tracking_id="09e5c36b-74c9-4132-ac35-7b2ea3ce7c9a"} 1 1795873692.95',
    'defender_client_errors_total{code="ClientVersionNotSupported",class="input"} 12',
    'defender_client_circuit_transitions_total{circuit="127.0.0.1:33801 incidents.get",to="half_open"} 2',
    'defender_client_calls_total{operation="incidents.get"} 7',
  ]);
  expect(stripVTControlCharacters(report).split('\n')).toEqual([
    'defender_client_errors_total',
    '  {code="Forbidden",class="permission"}              1',
    '  {code="ClientVersionNotSupported",class="input"}  12',
    'defender_client_circuit_transitions_total',
    '  {circuit="127.0.0.1:33801 incidents.get",to="half_open"}  2',
    '… and 1 more series above zero',
    'Errors carry an exemplar, such as',
    '  # {tracking_id="09e5c36b-74c9-4132-ac35-7b2ea3ce7c9a"}',
  ]);
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
