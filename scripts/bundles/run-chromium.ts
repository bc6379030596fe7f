import { type ChildProcess, spawn } from 'node:child_process';
import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle, Target } from './bundlers.ts';
import { bodyOf, startService } from './service.ts';

const { CI, PATH = '' } = process.env;
const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-sync', '--disable-background-networking', '--disable-component-update'],
];
const TIMEOUT_MS = 30_000;

/** The path of Chromium; undefined if it is not installed, which is an error in CI. */
export async function findChromium(): Promise<string | undefined> {
  for (const directory of PATH.split(':')) {
    const path = join(directory, 'chromium');
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  if (CI === 'true') throw new Error('chromium is not installed (apt-get install chromium)');
  return undefined;
}

export interface Candidate {
  readonly target: Target;
  readonly bundle: Bundle;
}

const TYPES: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' };

/** The script of the page or worker that runs a bundle and reports what its `check` gave. */
function runnerOf(name: string, { target }: Candidate): string {
  const report = `(check) => check(location.origin)
    .then(JSON.stringify, String)
    .then((body) => fetch('/result/${name}', { method: 'POST', body }))`;
  if (target.shape === 'module')
    return `import { check } from '/${name}.bundle.js';\n(${report})(check);`;
  const load = target.place === 'worker' ? `importScripts('/${name}.bundle.js');\n` : '';
  return `${load}(${report})(program.check);`;
}

/** A listener in the page that reports a bundle that cannot even be loaded. */
function failed(name: string): string {
  return `(event) => fetch('/result/${name}', {
    method: 'POST',
    body: 'the error ' + (event.message ?? 'of a script that could not be loaded'),
  })`;
}

/** A page for each bundle that wants one, and the start of the workers. */
function pageOf(candidates: ReadonlyMap<string, Candidate>): string {
  const parts = [...candidates].map(([name, { target }]) => {
    if (target.place === 'page') return `<iframe src="/${name}.html"></iframe>`;
    const type = target.shape === 'module' ? 'module' : 'classic';
    const start = `new Worker('/${name}.runner.js', { type: '${type}' })`;
    return `<script>${start}.onerror = ${failed(name)};</script>`;
  });
  return `<!doctype html>${parts.join('\n')}`;
}

/** The files that the browser asks for, by their paths. */
function filesOf(candidates: ReadonlyMap<string, Candidate>): Map<string, string> {
  const files = new Map([['/index.html', pageOf(candidates)]]);
  for (const [name, candidate] of candidates) {
    const scripts = ['bundle', 'runner'].map(
      (part) => `<script src="/${name}.${part}.js"></script>`,
    );
    const listen = `<script>addEventListener('error', ${failed(name)});</script>`;
    files.set(`/${name}.html`, `<!doctype html>${listen}${scripts.join('')}`);
    files.set(`/${name}.bundle.js`, candidate.bundle.code);
    files.set(`/${name}.runner.js`, runnerOf(name, candidate));
  }
  return files;
}

/** What each bundle's `check` gave in a page or a worker of Chromium, by the bundle's name. */
export async function runInChromium(
  chromium: string,
  candidates: ReadonlyMap<string, Candidate>,
): Promise<ReadonlyMap<string, string>> {
  const files = filesOf(candidates);
  const results = new Map<string, string>();
  const complete = Promise.withResolvers<void>();
  const handler = async (request: IncomingMessage, response: ServerResponse): Promise<boolean> => {
    const [, name] = /^\/result\/(.+)$/.exec(request.url ?? '') ?? [];
    if (name !== undefined) {
      results.set(name, await bodyOf(request));
      response.end();
      if (results.size === candidates.size) complete.resolve();
      return true;
    }
    const file = files.get(request.url ?? '');
    if (file === undefined) return false;
    const extension = /\w+$/.exec(request.url ?? '')?.[0] ?? '';
    response.writeHead(200, { 'content-type': TYPES[extension] ?? 'text/plain' });
    response.end(file);
    return true;
  };
  await using service = await startService(handler);
  await using browser = await startBrowser(chromium, `${service.url}/index.html`);
  const timer = setTimeout(() => complete.resolve(), TIMEOUT_MS);
  await Promise.race([complete.promise, browser.ended]);
  clearTimeout(timer);
  return results;
}

interface Browser extends AsyncDisposable {
  readonly ended: Promise<void>;
}

async function startBrowser(chromium: string, url: string): Promise<Browser> {
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  const child: ChildProcess = spawn(chromium, [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve) => {
    child.on('exit', () => resolve());
  });
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
