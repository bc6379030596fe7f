import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FLAGS } from '../../monitoring/command/flags.ts';
import { runDefenderRules } from '../../monitoring/command/run.ts';
import { alertmanager, dashboards, rules } from '../../monitoring/index.ts';
import { outcomeOf } from './tools.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly written: Readonly<Record<string, string>>;
}

async function run(
  argv: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  let [out, err] = ['', ''];
  const written: Record<string, string> = {};
  const code = await runDefenderRules(argv, {
    out(text) {
      out += text;
    },
    err(text) {
      err += text;
    },
    async readFile(path) {
      const text = files[path];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
    async writeFile(path, text) {
      if (path.startsWith('/full/')) throw new Error('no space left');
      written[path] = text;
    },
  });
  return { code, out, err, written };
}

describe('defender-rules', () => {
  it('writes the default rules to standard output', async () => {
    expect(await run([])).toEqual({ code: 0, out: rules(), err: '', written: {} });
  });

  it('writes the rules that flags ask for', async () => {
    const argv = [
      ...['rules', '--group-by', 'job, tenant', '--selector', 'job=~"a.*"', '--source', 'otlp'],
      ...['--prefix', 'x_', '--record-prefix', 'y', '--objective', '0.999'],
      ...['--runbooks', 'https://wiki.test', '--dashboard', 'https://grafana.test/d/x'],
      ...['--prometheus', 'https://prometheus.test', '--threshold', 'calls=3'],
      ...['--threshold', 'hold=2d', '--severity', 'accessLost=critical', '--label', 'team=soc'],
      ...['--disable', 'DefenderThrottled', '--expect', 'job=a,operation=b,every=26h'],
      ...['--expect', 'job=c', '--format', 'operator', '--no-keep-firing', '--name', 'n'],
      ...['--namespace', 'm', '--metadata-label', 'release=p', '-o', 'rules/a.yaml'],
    ];
    const text = rules({
      groupBy: ['job', 'tenant'],
      selector: 'job=~"a.*"',
      source: 'otlp',
      prefix: 'x_',
      recordPrefix: 'y',
      objective: 0.999,
      runbooks: 'https://wiki.test',
      dashboard: 'https://grafana.test/d/x',
      prometheus: 'https://prometheus.test',
      thresholds: { calls: 3, hold: '2d' },
      severities: { accessLost: 'critical' },
      labels: { team: 'soc' },
      disable: ['DefenderThrottled'],
      expected: [{ job: 'a', operation: 'b', every: '26h' }, { job: 'c' }],
      format: 'operator',
      keepFiring: false,
      metadata: { name: 'n', namespace: 'm', labels: { release: 'p' } },
    });
    const { code, err, written } = await run(argv);
    expect({ code, err }).toEqual({ code: 0, err: 'wrote rules/a.yaml\n' });
    expect(written).toEqual({ 'rules/a.yaml': text });
  });

  it('takes options from a file, each subject those that it knows, and flags over them', async () => {
    const config = JSON.stringify({
      groupBy: ['tenant'],
      thresholds: { calls: 3, hold: '2d' },
      title: 'Mine',
    });
    const argv = ['-c', 'all.json', '--group-by', 'job'];
    const made = await run([...argv, '--threshold', 'calls=1'], { 'all.json': config });
    expect(made.out).toBe(rules({ groupBy: ['job'], thresholds: { calls: 1, hold: '2d' } }));
    const routes = await run(['alertmanager', ...argv], { 'all.json': config });
    expect(routes.out).toBe(alertmanager({ groupBy: ['job'] }));
    const boards = await run(['dashboards', ...argv, '-o', 'd/'], { 'all.json': config });
    const expected = dashboards({ groupBy: ['job'], title: 'Mine' }).map((dashboard) => [
      `d/${dashboard.uid}.json`,
      `${JSON.stringify(dashboard, null, 2)}\n`,
    ]);
    expect(boards.written).toEqual(Object.fromEntries(expected));
  });

  it.each<readonly [string, readonly string[], string]>([
    ['an unknown flag', ['--colour'], "Unknown option '--colour'"],
    ['a flag without its value', ['--selector'], "Option '--selector <value>' argument missing"],
    ['an unknown subject', ['alerts'], '"alerts" cannot be written: it is rules, alertmanager'],
    ['two subjects', ['rules', 'dashboards'], '"dashboards" is one argument too many'],
    ['a flag of another subject', ['--title', 'x'], '--title is for dashboards, not rules'],
    ['half a pair', ['--label', 'team'], '--label takes name=value, got "team"'],
    ['no folder', ['dashboards'], 'a folder is required with --output'],
    ['no number', ['--threshold', 'calls=x'], 'thresholds.calls must be an integer ≥ 1'],
    ['a missing file', ['-c', 'none.json'], 'cannot read none.json: no such file'],
    ['a file that is not JSON', ['-c', 'text.json'], 'text.json is not JSON: '],
    ['a file without an object', ['-c', 'list.json'], 'list.json must contain an object'],
    ['a misspelt option in a file', ['-c', 'typo.json'], 'did you mean groupBy?'],
  ])('refuses %s with exit code 2', async (_, argv, message) => {
    const files = { 'text.json': '{', 'list.json': '[]', 'typo.json': '{"groupby":["a"]}' };
    const { code, out, err } = await run(argv, files);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`error: `);
    expect(err).toContain(message);
  });

  it('says what could not be written, with exit code 1', async () => {
    const { code, err } = await run(['-o', '/full/a.yaml']);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'error: cannot write /full/a.yaml: no space left\n',
    });
  });

  it('explains every flag within 80 columns', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const { name } of FLAGS) expect(out).toMatch(new RegExp(`^  --${name}\\b`, 'm'));
    for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  it('is a program', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'defender-rules-'));
    try {
      const program = new URL('../../src/defender-rules.ts', import.meta.url).pathname;
      const conditions = '--conditions=@defender-resilience/source';
      const output = join(folder, 'new', 'folder');
      const argv = [conditions, program, 'dashboards', '-o', output];
      const { ok, output: text } = await outcomeOf(process.execPath, argv);
      expect(ok, text).toBe(true);
      expect(await readdir(output)).toHaveLength(2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
