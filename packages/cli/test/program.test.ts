import { describe, expect, it } from 'vitest';
import { cli, cliProcess } from './support.ts';

const COMMANDS = [
  ...['explain', 'call', 'proxy', 'status', 'simulate', 'rules', 'dashboards', 'completion'],
];

describe('the program', () => {
  it('prints its version', async () => {
    expect(await cli(['--version'])).toEqual({ code: 0, out: '0.0.0\n', err: '' });
  });

  it('documents its exit codes, within 80 columns and without colours', async () => {
    const { code, out } = await cli(['--help']);
    expect(code).toBe(0);
    expect(out).toContain('Exit codes:');
    expect(out).not.toContain('\u001b');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('colours what a terminal shows, unless NO_COLOR is set', async () => {
    expect((await cli(['--help'], { columns: 80 })).out).toContain('\u001b[1mUsage');
    const plain = await cli(['--help'], { columns: 80, env: { NO_COLOR: '1' } });
    expect(plain.out).not.toContain('\u001b');
  });

  it('says on standard error what is wrong with a command line', async () => {
    const { code, out, err } = await cli(['explode']);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain("unknown command 'explode'");
    expect(err).toContain('--help');
  });

  it.each(COMMANDS)('has help with examples for %s, within 80 columns', async (command) => {
    const { code, out } = await cli([command, '--help']);
    expect(code).toBe(0);
    expect(out).toContain('\nExamples:\n');
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each([
    ['explain', '--jsn', '--json'],
    ['call', '--tpo', '--top'],
    ['proxy', '--upstrem', '--upstream'],
    ['status', '--onc', '--once'],
    ['simulate', '--fualt', '--fault'],
    ['rules', '--chek', '--check'],
    ['dashboards', '--outpt', '--output'],
  ])('gives the right name of a wrong option: %s %s', async (command, wrong, right) => {
    const { code, err } = await cli([command, wrong]);
    expect(code).toBe(2);
    expect(err).toContain(`Did you mean ${right}?`);
    expect(err).toContain(`defender-resilience ${command} --help`);
  });

  it('runs as a process', async () => {
    expect(await cliProcess(['--version'])).toEqual({ code: 0, out: '0.0.0\n', err: '' });
  });
});
