import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { run } from './command.ts';
import { writePrograms } from './programs.ts';
import type { Published } from './release.ts';

const HERE = import.meta.dirname;
export const NODES = {
  22: join(HERE, '../../packages/core/node_modules/node-22/bin/node'),
  24: join(HERE, '../../node_modules/node/bin/node'),
  newest: join(HERE, 'node_modules/node-newest/bin/node'),
} as const;

interface Manager {
  /** The program, and how it is started: as a script of Node's, or by itself. */
  readonly file: string;
  readonly isScript: boolean;
  readonly add: readonly string[];
  /** Starts Node the way the manager wants it to be started. */
  readonly node: readonly string[];
  /** Starts a command of an installed package. */
  readonly execute: readonly string[];
}

const MANAGERS = {
  npm: {
    file: join(HERE, 'node_modules/npm/bin/npm-cli.js'),
    isScript: true,
    add: ['install'],
    node: [],
    execute: ['exec', '--'],
  },
  pnpm: {
    file: join(HERE, 'node_modules/pnpm/pnpm'),
    isScript: false,
    add: ['add'],
    node: [],
    execute: ['exec'],
  },
  // Plug'n'Play: nothing resolves that a package does not declare.
  yarn: {
    file: join(HERE, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js'),
    isScript: true,
    add: ['add'],
    node: ['node'],
    execute: ['run'],
  },
} as const satisfies Readonly<Record<string, Manager>>;

export interface Case {
  readonly manager: keyof typeof MANAGERS;
  readonly node: keyof typeof NODES;
}

/** Each package manager and each Node once; all of them together are three times as many. */
export const EACH_ONCE: readonly Case[] = [
  { manager: 'npm', node: 22 },
  { manager: 'pnpm', node: 24 },
  { manager: 'yarn', node: 'newest' },
];

export const ALL: readonly Case[] = (['npm', 'pnpm', 'yarn'] as const).flatMap((manager) =>
  ([22, 24, 'newest'] as const).map((node) => ({ manager, node })),
);

export interface Project extends Case {
  readonly folder: string;
  readonly packages: readonly Published[];
  readonly env: NodeJS.ProcessEnv;
}

/** Installs the packages by name into an empty project and runs programs that use them. Returns what they printed. */
export async function tryProject(project: Project): Promise<string[]> {
  const { folder, packages, env, manager, node } = project;
  const { file, isScript, add, node: startNode, execute }: Manager = MANAGERS[manager];
  const nodeFile = NODES[node];
  const options = {
    cwd: folder,
    env: { ...env, PATH: [dirname(nodeFile), env['PATH']].join(delimiter) },
  };
  const managed = (args: readonly string[], exitCode = 0): Promise<string> =>
    isScript
      ? run(nodeFile, [file, ...args], { ...options, exitCode })
      : run(file, args, { ...options, exitCode });

  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), '{ "name": "empty", "private": true }\n');
  const names = packages.map(({ name }) => name);
  await managed([...add, ...names, '@opentelemetry/api', 'prom-client']);

  const printed: string[] = [];
  for (const [args, expected] of await writePrograms(folder, packages)) {
    const output = await (startNode.length === 0
      ? run(nodeFile, args, options)
      : managed([...startNode, ...args]));
    const [last] = expected.exec(output) ?? [];
    if (last === undefined) {
      throw new Error(`${args.join(' ')} did not print ${String(expected)}:\n${output}`);
    }
    printed.push(`${args.at(-1)} ${last}`);
  }
  // 11: the error is terminal.
  const explain = [...execute, 'defender-resilience', 'explain', 'Forbidden'];
  const explained = await managed(explain, 11);
  if (!explained.includes('admin consent')) throw new Error(`explain printed:\n${explained}`);
  return [...printed, 'explain Forbidden'];
}
