import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { broken, initOf, PAGES, READS, type Read, read, type Settled, shaOf } from './calls.ts';
import { LOGSTASH, POWERSHELL, reader } from './http-clients.ts';

/** What every client is given. */
export interface Course {
  readonly proxy: string;
  readonly durationMs: number;
  readonly seed: number;
  readonly random: () => number;
  /** Called with each call that ended. */
  readonly settled: (client: string, call: Settled) => void;
}

/** Runs until its time is over. */
export type Client = (course: Course) => Promise<void>;

const CLIENT = fileURLToPath(new URL('client.py', import.meta.url));

/** A Python that has requests; undefined where there is none, or no curl. */
export const PYTHON: string | undefined = ['python3', '/usr/bin/python3'].find(
  (command) =>
    spawnSync(command, ['-c', 'import requests']).status === 0 &&
    spawnSync('curl', ['--version']).status === 0,
);

const python =
  (name: 'urllib' | 'requests'): Client =>
  async ({ proxy, durationMs, seed, settled }) => {
    const calls = JSON.stringify(READS.map(({ path, body }) => [path, body]));
    const child = spawn(
      PYTHON ?? 'python3',
      [CLIENT, name, proxy, String(durationMs / 1_000), String(seed), calls],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    const exited = once(child, 'exit');
    for await (const line of createInterface({ input: child.stdout })) {
      settled(name, JSON.parse(line) as Settled);
    }
    const [code] = (await exited) as [number | null];
    if (code !== 0) throw new Error(`The client ${name} ended with code ${code}`);
  };

/** A process for each call, as in a shell script; with `Expect` as .NET's clients send it. */
const curl: Client = (course) =>
  repeat(course, async ({ proxy, random, settled }) => {
    const one = pick(random);
    const post = [
      '-d',
      one.body,
      '-H',
      'Content-Type: application/json',
      '-H',
      'Expect: 100-continue',
    ];
    const format = '%{stderr}%{http_code} %header{x-defender-attempts} %header{x-defender-code}';
    const child = spawn('curl', [
      ...['-sS', '--globoff', '-w', format],
      ...(one.body === '' ? [] : post),
      proxy + one.path,
    ]);
    const exited = once(child, 'exit');
    const [out, err] = await Promise.all([buffer(child.stdout), buffer(child.stderr)]);
    const [exitCode] = (await exited) as [number | null];
    if (exitCode !== 0) return settled('curl', broken(one));
    const [status, attempts, code] = err.toString().trim().split(' ');
    settled('curl', {
      ...one,
      status: Number(status),
      sha: shaOf(out),
      attempts: Number(attempts),
      code: code ?? null,
    });
  });

const fetchClient: Client = (course) =>
  repeat(course, async ({ proxy, random, settled }) => {
    settled('fetch', await read(proxy, pick(random)));
  });

const powershell: Client = async (course) => {
  const send = reader(course.proxy, POWERSHELL);
  await repeat(course, async ({ random, settled }) =>
    settled('powershell', await send(pick(random))),
  );
};

/** Pages through everything over one connection, as a bulk reader does. */
const logstash: Client = async (course) => {
  const send = reader(course.proxy, LOGSTASH);
  let page = 0;
  await repeat(course, async ({ settled }) => {
    const path = PAGES[page % PAGES.length] ?? '/api/alerts';
    page += 1;
    settled('logstash', await send({ path, body: '' }));
  });
};

/** Loses patience at random. */
const impatient: Client = (course) =>
  repeat(course, async ({ proxy, random }) => {
    const one = pick(random);
    const signal = AbortSignal.timeout(Math.ceil(random() * 40));
    await fetch(proxy + one.path, { ...initOf(one), signal })
      .then((response) => response.bytes())
      .catch(() => undefined);
  });

export const CLIENTS: readonly Client[] = [
  ...[fetchClient, fetchClient, impatient, curl, powershell, logstash],
  ...[python('urllib'), python('requests')],
];

/** Does something until the time is over. */
export async function repeat(
  course: Course,
  once: (course: Course) => Promise<void>,
): Promise<void> {
  const end = performance.now() + course.durationMs;
  while (performance.now() < end) await once(course);
}

function pick(random: () => number): Read {
  const one = READS[Math.floor(random() * READS.length)];
  if (one === undefined) throw new RangeError('random() must be below 1');
  return one;
}
