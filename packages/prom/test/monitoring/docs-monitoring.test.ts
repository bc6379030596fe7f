import { access, copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { need, outcomeOf } from './tools.ts';

const FOLDER = new URL('../../../../docs/monitoring/', import.meta.url);
const ROOT = new URL('../../../../', import.meta.url);

const path = (name: string): string => fileURLToPath(new URL(name, FOLDER));
const text = (name: string): Promise<string> => readFile(path(name), 'utf8');
const document = async (name: string): Promise<unknown> => parse(await text(name));

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly volumes: readonly string[]; readonly command?: readonly string[] }>
  >;
}

describe('the documented board', () => {
  it('has a prometheus.yml that promtool takes, the rules beside it as compose.yaml mounts them', async (context) => {
    const promtool = await need(context, 'promtool');
    const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
    try {
      await mkdir(join(folder, 'rules'));
      await copyFile(path('prometheus.yml'), join(folder, 'prometheus.yml'));
      const rules = new URL('packages/prom/alerts/defender-client.yaml', ROOT);
      await copyFile(rules, join(folder, 'rules', 'defender-client.yaml'));
      const { ok, output } = await outcomeOf(promtool, [
        'check',
        'config',
        join(folder, 'prometheus.yml'),
      ]);
      expect(ok, output).toBe(true);
      expect(output).toMatch(/SUCCESS: \d+ rules found/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('has an alertmanager.yml that amtool takes', async (context) => {
    const amtool = await need(context, 'amtool');
    const { ok, output } = await outcomeOf(amtool, ['check-config', path('alertmanager.yml')]);
    expect(ok, output).toBe(true);
  });

  it('routes by severity', async (context) => {
    const amtool = await need(context, 'amtool');
    const receiver = async (...labels: readonly string[]): Promise<string> => {
      const config = `--config.file=${path('alertmanager.yml')}`;
      const { output } = await outcomeOf(amtool, ['config', 'routes', 'test', config, ...labels]);
      return output.split('\n')[0] ?? '';
    };
    expect(await receiver('alertname=DefenderCircuitOpen', 'severity=critical')).toBe('on-call');
    expect(await receiver('alertname=DefenderAccessLost', 'severity=warning')).toBe('team');
    expect(await receiver('alertname=DefenderRefusalsChronic', 'severity=info')).toBe('notes');
  });

  it('mounts only what is there', async () => {
    const { services } = (await document('compose.yaml')) as Compose;
    const mounts = Object.values(services)
      .flatMap(({ volumes }) => volumes)
      .filter((volume) => volume.startsWith('.'));
    expect(mounts.length).toBeGreaterThan(3);
    for (const mount of mounts) {
      await expect(access(path(mount.split(':')[0] ?? '')), mount).resolves.toBeUndefined();
    }
  });

  it('runs Prometheus with exemplar storage', async () => {
    const { services } = (await document('compose.yaml')) as Compose;
    expect(services['prometheus']?.command).toContain('--enable-feature=exemplar-storage');
  });

  it('provisions a data source with the scrape interval, and leads nobody to a page that is not there', async () => {
    const name = 'grafana/provisioning/datasources/prometheus.yaml';
    expect(await document(name)).toMatchObject({
      datasources: [{ type: 'prometheus', jsonData: { timeInterval: '15s' } }],
    });
    expect(await document('prometheus.yml')).toMatchObject({ global: { scrape_interval: '15s' } });
    expect(JSON.stringify(await document(name))).not.toContain('localhost');
    expect(await text(name)).toMatch(/# +url: .*\$\$\{__value\.raw\}/);
  });

  it('provisions the dashboards from where compose.yaml mounts them', async () => {
    const provider = await document('grafana/provisioning/dashboards/defender.yaml');
    expect(provider).toMatchObject({
      providers: [{ type: 'file', options: { path: '/var/lib/grafana/dashboards/defender' } }],
    });
    expect(await text('compose.yaml')).toContain('dashboards:/var/lib/grafana/dashboards/defender');
  });
});
