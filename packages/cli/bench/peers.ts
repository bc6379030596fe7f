import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as passed } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ResilienceSnapshot } from '@defender-resilience/core';
import { HAPROXY, NGINX } from './peer-configs.ts';

/** What is measured: a proxy, or the service without one. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** The process whose time counts; undefined for the service, which every request uses. */
  readonly pid?: number;
}

/** The target that the latencies of the others are compared with. */
export const DIRECT = 'no proxy';
/** The target that the CPU time of the others is compared with. */
export const PEER = 'nginx';

const SERVICE_PORT = 18_400;
const SERVICE = `http://127.0.0.1:${SERVICE_PORT}`;
const ADMIN_PORT = 18_409;

/** Limits that count every request, and that none of these rates reaches. */
const COUNTED = { perMinute: 1_000_000 };
const QUOTAS = { resilience: { quota: { groups: { alerts: COUNTED, machines: COUNTED } } } };

const url = (port: number): string => `http://127.0.0.1:${port}`;
const fileOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** The service and the proxies, each a process; they end when this is disposed. */
export class Peers implements AsyncDisposable {
  targets: readonly Target[] = [];
  readonly #children: ChildProcess[] = [];
  readonly #folder: string;
  /** What the processes said on standard error, for when one of them does not start. */
  #said = '';

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws Error when one of them does not answer, such as a port that is taken */
  static async start(): Promise<Peers> {
    const peers = new Peers(await mkdtemp(join(tmpdir(), 'overhead-')));
    try {
      await peers.#startAll();
      return peers;
    } catch (error) {
      await peers[Symbol.asyncDispose]();
      throw new Error(peers.#said, { cause: error });
    }
  }

  /** @throws Error when the proxy with quotas has counted no request */
  async checkQuotas(): Promise<void> {
    const response = await fetch(`${url(ADMIN_PORT)}/snapshot`);
    const { resilience } = (await response.json()) as { readonly resilience: ResilienceSnapshot };
    const windows = resilience.quotas.flatMap((group) => group.windows);
    if (windows.some(({ used }) => used > 0)) return;
    throw new Error('The proxy with quotas has counted no request: its row would say nothing');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const running = this.#children.filter(({ exitCode, pid }) => exitCode === null && pid);
    const exits = running.map((child) => once(child, 'exit'));
    for (const child of running) child.kill();
    await Promise.all(exits);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #startAll(): Promise<void> {
    this.#node(fileOf('service.ts'), String(SERVICE_PORT));
    await ready(SERVICE);
    const nginx = await this.#file('nginx.conf', NGINX(18_401, SERVICE_PORT, this.#folder));
    const haproxy = await this.#file('haproxy.cfg', HAPROXY(18_402, SERVICE_PORT));
    const quotas = await this.#file('quotas.json', JSON.stringify(QUOTAS));
    this.targets = [
      { name: DIRECT, url: SERVICE },
      { name: PEER, url: url(18_401), pid: this.#start('nginx', ['-c', nginx]) },
      { name: 'haproxy', url: url(18_402), pid: this.#start('haproxy', ['-f', haproxy]) },
      {
        name: 'Node and undici alone',
        url: url(18_403),
        pid: this.#node(fileOf('bare.ts'), '18403', SERVICE),
      },
      { name: 'this proxy', url: url(18_404), pid: this.#proxy(18_404) },
      {
        name: 'this proxy, with quotas',
        url: url(18_405),
        pid: this.#proxy(18_405, '--config', quotas, '--metrics', String(ADMIN_PORT)),
      },
    ];
    for (const target of this.targets) await ready(target.url);
  }

  async #file(name: string, text: string): Promise<string> {
    const path = join(this.#folder, name);
    await writeFile(path, text);
    return path;
  }

  #proxy(port: number, ...more: readonly string[]): number {
    const args = ['proxy', '--quiet', '--listen', String(port), '--upstream', SERVICE, ...more];
    return this.#node('--conditions=@defender-resilience/source', fileOf('../src/bin.ts'), ...args);
  }

  #node(...args: readonly string[]): number {
    return this.#start(process.execPath, args);
  }

  #start(command: string, args: readonly string[]): number {
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#children.push(child);
    child.on('error', ({ message }) => {
      this.#said += `${message}\n`;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
    });
    return child.pid ?? 0;
  }
}

async function ready(base: string): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    const answer = await fetch(`${base}/api/alerts`).catch(() => undefined);
    await answer?.bytes();
    if (answer?.ok) return;
    await passed(50);
  }
  throw new Error(`Nothing answers at ${base}: are nginx-light and haproxy installed?`);
}
