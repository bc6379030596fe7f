import { describe, expect, it } from 'vitest';
import { cli, cliProcess } from './support.ts';

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

  it('runs as a process', async () => {
    expect(await cliProcess(['--version'])).toEqual({ code: 0, out: '0.0.0\n', err: '' });
  });
});

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish', 'powershell'])('prints a script for %s', async (shell) => {
    const { code, out } = await cliProcess(['completion', shell]);
    expect(code).toBe(0);
    expect(out).toContain('defender-resilience');
    expect(out).toContain('complete');
  });

  it('completes commands', async () => {
    const { out } = await cliProcess(['complete', '--', 'comp']);
    expect(out).toContain('completion\tGenerate shell completion scripts');
  });
});
