import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { proxyTo, simulator } from './proxy/support.ts';
import { type ProgramFolder, programFolder } from './support.ts';

const PAGE = 'docs/guide/command-line.md';
const PROXY_PAGE = 'docs/guide/proxy.md';

/** A command of the page, and what it printed when it was recorded. */
interface Session {
  readonly command: string;
  readonly output: string;
}

function sessionsIn(page: string): readonly Session[] {
  const blocks = [...page.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(
    ([, block = '']) => block,
  );
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((session) => {
        const end = session.indexOf('\n');
        return { command: session.slice(0, end), output: session.slice(end + 1) };
      }),
  );
}

let programs: ProgramFolder;
beforeAll(async () => {
  programs = await programFolder();
});
afterAll(() => programs[Symbol.asyncDispose]());

/** What a person sees: standard output and standard error, one after the other. */
function run(command: string): Promise<string> {
  const { env } = programs;
  return new Promise((done) => {
    execFile('/bin/sh', ['-c', `exec 2>&1; ${command}`], { env }, (_, stdout) => done(stdout));
  });
}

/** IDs and times are others each time. */
function masked(text: string): string {
  return text
    .trimEnd()
    .replaceAll('\r', '')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f-]{22}/g, 'ID')
    .replaceAll(/\b\d\d:\d\d:\d\dZ/g, 'TIME')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME');
}

describe('the sessions of the page about the command line', async () => {
  const sessions = sessionsIn(await readFile(PAGE, 'utf8'));

  it.each(sessions)('$command', async ({ command, output }) => {
    expect(masked(await run(command))).toBe(masked(output));
    for (const line of output.split('\n')) {
      if (!line.includes('https://')) expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  it('are more than ten', () => {
    expect(sessions.length).toBeGreaterThan(10);
  });
});

describe('the session of the page about the proxy', async () => {
  const sessions = sessionsIn(await readFile(PROXY_PAGE, 'utf8'));

  it('is what a person sees', async () => {
    const service = await simulator({ script: [500, 200, 'Forbidden'] });
    const proxy = await proxyTo(service.url);
    const ports = [
      ['127.0.0.1:8080', new URL(proxy.url).host],
      ['127.0.0.1:9464', new URL(proxy.adminUrl ?? '').host],
    ] as const;
    const here = (text: string): string =>
      ports.reduce((all, [written, real]) => all.replaceAll(written, real), text);
    const there = (text: string): string =>
      ports.reduce((all, [written, real]) => all.replaceAll(real, written), text);
    for (const { command, output } of sessions) {
      expect(there(masked(await run(here(command))))).toBe(masked(output));
      for (const line of output.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    }
    expect(sessions.length).toBeGreaterThan(3);
  });
});
