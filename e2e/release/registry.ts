import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { run } from './command.ts';

const VERDACCIO = join(import.meta.dirname, 'node_modules/verdaccio/bin/verdaccio');

/** What npm is configured with here decides where everything that is not ours comes from. */
async function npmConfig(key: string): Promise<string> {
  const value = await run('npm', ['config', 'get', key], { cwd: '/', env: process.env });
  return value.trim();
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

function configOf(storage: string, uplink: string): string {
  return `storage: ${storage}
uplinks:
  upstream:
    url: ${uplink}
    maxage: 60m
    timeout: 60s
packages:
  '@defender-resilience/*':
    access: $all
    publish: $all
  'defender-resilience':
    access: $all
    publish: $all
  '**':
    access: $all
    proxy: upstream
web:
  enable: false
log: { type: stdout, format: pretty, level: warn }
`;
}

/** A npm registry on loopback that accepts our packages from anybody and passes on all others. */
export class Registry implements AsyncDisposable {
  readonly url: string;
  readonly #stop: () => Promise<unknown>;

  private constructor(url: string, stop: () => Promise<unknown>) {
    this.url = url;
    this.#stop = stop;
  }

  static async start(folder: string): Promise<Registry> {
    const config = join(folder, 'verdaccio.yaml');
    await writeFile(config, configOf(join(folder, 'storage'), await npmConfig('registry')));
    const address = `127.0.0.1:${await freePort()}`;
    const authorities = await npmConfig('cafile');
    const child = spawn(
      process.execPath,
      [VERDACCIO, '--config', config, '--listen', `http://${address}`],
      {
        env: {
          ...process.env,
          ...(authorities && { NODE_EXTRA_CA_CERTS: authorities }),
          // It warns of root, which is who runs CI in a container.
          NODE_NO_WARNINGS: '1',
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const ended = once(child, 'exit');
    const registry = new Registry(`http://${address}/`, () => {
      child.kill();
      return ended;
    });
    await registry.#ready(ended);
    return registry;
  }

  async #ready(ended: Promise<unknown>): Promise<void> {
    let hasEnded = false;
    ended.then(
      () => {
        hasEnded = true;
      },
      () => undefined,
    );
    for (;;) {
      const response = await fetch(`${this.url}-/ping`).catch(() => undefined);
      if (response?.ok) return;
      if (hasEnded) throw new Error('Verdaccio ended before it answered');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}
