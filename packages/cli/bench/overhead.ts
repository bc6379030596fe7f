// What the proxy adds to a request, beside nginx and haproxy, in one run: `node bench/overhead.ts [seconds]`. Each
// forwards to the same service over kept connections, and is asked by the same client, in turns. Needs Debian's
// nginx-light and haproxy.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

const SERVICE_PORT = 18_400;
const SERVICE = `http://127.0.0.1:${SERVICE_PORT}`;
const LANES = 32;
const ROUNDS = 5;

/** The paths of the service: what their answers weigh. */
const ANSWERS = { '/api/alerts': 2_048, '/api/machines': 262_144 } as const;

interface Target {
  readonly name: string;
  readonly url: string;
  /** The process whose time counts; undefined for none. */
  readonly pid?: number;
}

interface Sample {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** CPU time of the proxy for each request. */
  readonly cpuUs: number;
}

const children: ChildProcess[] = [];

function start(command: string, args: readonly string[]): number {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  child.on('error', (error) => console.error(`${command}: ${error.message}`));
  return child.pid ?? 0;
}

const NODE = ['--conditions=@defender-resilience/source'];
const bin = fileURLToPath(new URL('../src/bin.ts', import.meta.url));

function startProxy(port: number, config: string): number {
  const upstream = ['--upstream', SERVICE];
  return start(process.execPath, [
    ...[
      ...NODE,
      bin,
      'proxy',
      '--quiet',
      '--listen',
      String(port),
      ...upstream,
      '--config',
      config,
    ],
  ]);
}

const NGINX = (port: number, folder: string): string => `
daemon off; worker_processes 1; pid ${folder}/nginx.pid; error_log stderr error;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream service { server 127.0.0.1:${SERVICE_PORT}; keepalive 64; }
  server {
    listen 127.0.0.1:${port}; keepalive_requests 100000000;
    location / { proxy_pass http://service; proxy_http_version 1.1; proxy_set_header Connection ""; }
  }
}`;

const HAPROXY = (port: number): string => `
global
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  default_backend service
backend service
  server one 127.0.0.1:${SERVICE_PORT}
`;

async function startTargets(): Promise<Target[]> {
  const folder = await mkdtemp(join(tmpdir(), 'overhead-'));
  const file = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const plain = await file('plain.json', '{}');
  const quotas = { quota: { groups: { alerts: false, machines: false } } };
  const counted = await file('quotas.json', JSON.stringify({ resilience: quotas }));
  const nginx = start('nginx', ['-c', await file('nginx.conf', NGINX(18_401, folder))]);
  const haproxy = start('haproxy', ['-f', await file('haproxy.cfg', HAPROXY(18_402))]);
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  const targets = [
    { name: 'the service itself', url: SERVICE },
    { name: 'nginx', url: url(18_401), pid: nginx },
    { name: 'haproxy', url: url(18_402), pid: haproxy },
    { name: 'this proxy', url: url(18_403), pid: startProxy(18_403, plain) },
    { name: 'this proxy, with quotas', url: url(18_404), pid: startProxy(18_404, counted) },
  ];
  for (const target of targets) await ready(target.url);
  return targets;
}

async function ready(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`${url}/api/alerts`).catch(() => undefined);
    await answer?.bytes();
    if (answer?.ok) return;
    await passed(50);
  }
  throw new Error(`Nothing answers at ${url}`);
}

/** The CPU time of a process and of its workers, in milliseconds. */
async function cpuMs(pid: number | undefined): Promise<number> {
  if (pid === undefined) return Number.NaN;
  const own = await ticks(pid);
  const below = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const workers = await Promise.all(below.trim().split(' ').filter(Boolean).map(Number).map(ticks));
  return workers.reduce((sum, one) => sum + one, own) * 10;
}

async function ticks(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

async function measure({ url, pid }: Target, path: string, seconds: number): Promise<Sample> {
  const pool = new Pool(url, { connections: LANES });
  const times: number[] = [];
  const cpuBefore = await cpuMs(pid);
  const startedAt = performance.now();
  const end = startedAt + seconds * 1_000;
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      const sentAt = performance.now();
      const { body, statusCode } = await pool.request({ path, method: 'GET' });
      await body.dump({ limit: 1_048_576 });
      if (statusCode !== 200) throw new Error(`${url}${path} answered ${statusCode}`);
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const elapsed = performance.now() - startedAt;
  const cpu = (await cpuMs(pid)) - cpuBefore;
  await pool.close();
  times.sort((a, b) => a - b);
  return {
    perSecond: (times.length / elapsed) * 1_000,
    p50Ms: times[Math.floor(times.length * 0.5)] ?? Number.NaN,
    p99Ms: times[Math.floor(times.length * 0.99)] ?? Number.NaN,
    cpuUs: (cpu * 1_000) / times.length,
  };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function row(name: string, samples: readonly Sample[], base: readonly Sample[]): string {
  const of = (key: keyof Sample): number => median(samples.map((sample) => sample[key]));
  // Each round has its own ratio, so that what the machine does meanwhile touches both sides of it.
  const ratio = (key: keyof Sample): string =>
    median(
      samples.map((sample, round) => sample[key] / (base[round]?.[key] ?? Number.NaN)),
    ).toFixed(2);
  const cells = [
    ...[name, of('perSecond').toFixed(0), ratio('perSecond'), of('p50Ms').toFixed(1)],
    ...[ratio('p50Ms'), of('p99Ms').toFixed(1), of('cpuUs').toFixed(0)],
  ];
  return `| ${cells.join(' | ')} |`;
}

async function main(): Promise<void> {
  const seconds = Number(process.argv[2] ?? '3');
  start(process.execPath, [
    fileURLToPath(new URL('service.ts', import.meta.url)),
    String(SERVICE_PORT),
  ]);
  await ready(SERVICE);
  const targets = await startTargets();
  for (const [path, bytes] of Object.entries(ANSWERS)) {
    const samples = new Map(targets.map(({ name }) => [name, [] as Sample[]]));
    for (const target of targets) await measure(target, path, 1);
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const target of targets)
        samples.get(target.name)?.push(await measure(target, path, seconds));
    }
    console.log(`\nGET ${path}, ${bytes / 1_024} KiB, ${LANES} at once\n`);
    console.log(
      '| | requests/s | ÷ nginx | p50 ms | ÷ nginx | p99 ms | CPU µs |\n| --- | --: | --: | --: | --: | --: | --: |',
    );
    const base = samples.get('nginx') ?? [];
    for (const [name, each] of samples) console.log(row(name, each, base));
  }
  const [cpu] = cpus();
  console.log(
    `\n${cpus().length} × ${cpu?.model}, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)}, ${ROUNDS} rounds of ${seconds} s`,
  );
}

try {
  await main();
} finally {
  for (const child of children) child.kill();
}
