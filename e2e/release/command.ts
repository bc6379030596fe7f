import { spawn } from 'node:child_process';

export interface Command {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** How it must end; 0 by default. */
  readonly exitCode?: number;
}

/** Runs a program and returns what it printed. Rejects with all of its output if it exits otherwise. */
export function run(
  program: string,
  args: readonly string[],
  { cwd, env, exitCode = 0 }: Command,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === exitCode) return resolve(stdout);
      reject(new Error(`${[program, ...args].join(' ')} ended with ${code} in ${cwd}:\n${output}`));
    });
  });
}
