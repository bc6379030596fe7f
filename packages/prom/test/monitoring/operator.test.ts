import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type RulesOptions, rules } from '../../monitoring/index.ts';
import { faultsOf, type Resource } from './crd/faults.ts';

const ROOT = new URL('../../../../', import.meta.url);
const GUIDES = new URL('docs/guide/', ROOT);
const COMMITTED = new URL('packages/prom/alerts/prometheus-rule.yaml', ROOT);

/** Every resource in the YAML of a page. */
async function resourcesOf(page: string): Promise<readonly Resource[]> {
  const text = await readFile(new URL(page, GUIDES), 'utf8');
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks
    .map((block): unknown => parse(block))
    .filter((value): value is Resource => typeof value === 'object' && value !== null)
    .filter(({ kind }) => kind !== undefined);
}

const isOperators = ({ apiVersion }: Resource): boolean =>
  String(apiVersion).startsWith('monitoring.coreos.com/');

const changed = (text: string, before: string, after: string): Resource => {
  expect(text).toContain(before);
  return parse(text.replace(before, after)) as Resource;
};

const EVERYTHING: RulesOptions = {
  format: 'operator',
  metadata: { name: 'mine', namespace: 'monitoring', labels: { release: 'prometheus' } },
  expected: [{ job: 'nightly', operation: 'incidents.list', every: '26h' }, { job: 'always' }],
  labels: { team: 'soc' },
  runbooks: 'https://wiki.example.com/runbooks',
  dashboard: 'https://grafana.example.com/d/x',
};

describe('the resource definitions of the Prometheus operator', () => {
  it.each<readonly [string, RulesOptions]>([
    ['every option', EVERYTHING],
    ['OpenTelemetry', { format: 'operator', source: 'otlp' }],
    ['an older Prometheus', { format: 'operator', keepFiring: false }],
  ])('accept the generated rules with %s', async (_, options) => {
    expect(await faultsOf(parse(rules(options)) as Resource)).toEqual([]);
  });

  it('accept the committed rules', async () => {
    expect(await faultsOf(parse(await readFile(COMMITTED, 'utf8')) as Resource)).toEqual([]);
  });

  it('accept every resource of theirs that the guides show', async () => {
    const pages = (await readdir(GUIDES)).filter((name) => name.endsWith('.md'));
    const shown = await Promise.all(
      pages.map(async (page) =>
        (await resourcesOf(page)).filter(isOperators).map((resource) => ({ page, resource })),
      ),
    );
    const all = shown.flat();
    expect(all.map(({ page }) => page).toSorted()).toEqual(['alerts.md', 'kubernetes.md']);
    for (const { page, resource } of all) expect(await faultsOf(resource), page).toEqual([]);
  });

  it.each<readonly [string, string, string, string]>([
    ['a misspelt field', 'keep_firing_for:', 'keepFiringFor:', 'has no field keepFiringFor'],
    ['a field one level too high', 'spec:\n', 'interval: 1m\nspec:\n', 'has no field interval'],
    ['a misspelt field of the metadata', 'name: mine', 'name: mine\n  label: {}', 'no field label'],
    ['a duration in words', 'for: 1m', 'for: one minute', 'must match pattern'],
    [
      'a rule without its expression',
      'expr: ',
      'expression: ',
      "must have required property 'expr'",
    ],
    ['a number as a label', 'team: soc', 'team: 7', 'must be string'],
    ['another version', 'com/v1', 'com/v1alpha1', 'there is no schema of'],
  ])('reject %s', async (_, before, after, fault) => {
    const faults = await faultsOf(changed(rules(EVERYTHING), before, after));
    expect(faults.join('\n')).toContain(fault);
  });

  it('reject a misspelt field of a PodMonitor, however deep', async () => {
    const [monitor] = (await resourcesOf('kubernetes.md')).filter(isOperators);
    const text = JSON.stringify(monitor);
    expect(await faultsOf(changed(text, '"matchLabels"', '"matchLabel"'))).toEqual([
      '/spec/selector has no field matchLabel',
    ]);
    expect(await faultsOf(changed(text, '"interval"', '"scrapeInterval"'))).toEqual([
      '/spec/podMetricsEndpoints/0 has no field scrapeInterval',
    ]);
  });
});

interface Deployment {
  readonly spec: {
    readonly template: {
      readonly metadata: { readonly labels: Readonly<Record<string, string>> };
      readonly spec: {
        readonly containers: readonly { readonly ports: readonly { readonly name: string }[] }[];
      };
    };
  };
}

interface PodMonitor {
  readonly spec: {
    readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
    readonly podMetricsEndpoints: readonly { readonly port: string }[];
  };
}

describe('the PodMonitor of the guide', () => {
  it('selects the pods that the guide deploys, and one of their ports', async () => {
    const shown = await resourcesOf('kubernetes.md');
    const of = (kind: string): unknown => shown.find((resource) => resource.kind === kind);
    const { template } = (of('Deployment') as Deployment).spec;
    const { selector, podMetricsEndpoints } = (of('PodMonitor') as PodMonitor).spec;
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    const ports = template.spec.containers.flatMap((container) => container.ports);
    expect(ports.map(({ name }) => name)).toEqual(podMetricsEndpoints.map(({ port }) => port));
  });
});
