import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { happened } from './support/exposition.ts';

const script = fileURLToPath(new URL('support/cluster.ts', import.meta.url));

async function scrape(client: string, type: string): Promise<readonly [string, string]> {
  const args = ['--conditions=@defender-resilience/source', script, client, type];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const end = stdout.indexOf('\n');
  return [stdout.slice(0, end), stdout.slice(end + 1)];
}

describe('the workers of a cluster', () => {
  it.each(['prom-client', '@prometheus-io/client'])('are summed by %s', async (client) => {
    const [contentType, page] = await scrape(client, 'text');
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(happened(page)).toMatchObject({
      'errors_total{code="Forbidden",class="permission"}': 2,
      'operations_total{operation="incidents.list",outcome="success",code=""}': 2,
      'operation_duration_seconds_count{operation="incidents.list",outcome="success"}': 2,
      'circuit_transitions_total{circuit="host op",to="open"}': 2,
    });
    expect(page).toContain('_bucket{le="+Inf",operation="incidents.list",outcome="success"} 2\n');
  });

  it('share what is no sum: an open circuit is open, not open twice', async () => {
    const [, page] = await scrape('prom-client', 'text');
    expect(page).toContain(
      'defender_client_circuit_state{circuit="host op",operation="op",state="open"} 1\n',
    );
    expect(page).toMatch(/^defender_client_info\{.*\} 1$/m);
    expect(page).toMatch(
      /^defender_client_last_error_timestamp_seconds\{operation="incidents.list",code="Forbidden",class="permission"\} 1\d{9}(\.\d+)?$/m,
    );
  });

  it('are served as the text that prom-client 15 prints, even where it calls that OpenMetrics', async () => {
    const [contentType, page] = await scrape('prom-client', 'openmetrics');
    expect(page).not.toContain('# EOF');
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});
