import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Simulator } from '@defender-resilience/simulator';

const CONDITIONS = '--conditions=@defender-resilience/source';

/** Runs an example as a user would, and gives what it prints. Rejects where it does not end with 0. */
export async function runExample(
  path: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(process.execPath, [CONDITIONS, path], {
    env: { ...process.env, ...env },
  });
}

/** Starts an example that does not end by itself. */
export function startExample(path: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [CONDITIONS, path], {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
}

/** Sends an example's calls to Microsoft's hosts to a simulator instead. */
export function againstSimulator({ url }: Simulator): NodeJS.ProcessEnv {
  const preload = new URL('support/microsoft-to-simulator.ts', import.meta.url);
  return { NODE_OPTIONS: `--import=${preload.href}`, SIMULATOR_URL: url, DEFENDER_TOKEN: 'token' };
}

/** How an example ended, and what it printed until then. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Start {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Sent after so many lines of output. */
  readonly kill?: {
    readonly signal: 'SIGINT' | 'SIGKILL' | 'SIGTERM';
    readonly afterLines: number;
  };
  /** Called at each line of output. */
  readonly onLine?: (count: number) => void;
}

/** Runs an example to whatever end. */
export async function endOf({ path, args, env, kill, onLine }: Start): Promise<Ended> {
  const child = spawn(process.execPath, [CONDITIONS, path, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    onLine?.(lines.length);
    if (kill !== undefined && lines.length === kill.afterLines) child.kill(kill.signal);
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: lines.join('\n'), stderr }));
  });
}

/** A simulator as the tenant of an example. */
export function tenantOf({ url, tokenUrl }: Simulator): NodeJS.ProcessEnv {
  return {
    DEFENDER_BASE_URL: url,
    DEFENDER_TOKEN_URL: tokenUrl,
    AZURE_CLIENT_ID: 'my-app',
    AZURE_CLIENT_SECRET: 'my-secret',
  };
}

/** Tracking IDs by the order of their appearance: they differ from run to run. */
export function withoutIds(output: string): string {
  const ids: string[] = [];
  return output.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (id) => {
    if (!ids.includes(id)) ids.push(id);
    return `ID ${ids.indexOf(id) + 1}`;
  });
}
