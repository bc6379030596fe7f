import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

const run = promisify(execFile);

/** The programs that tests run, each with the variable that names another one, and Debian's package. */
const TOOLS = {
  prometheus: { variable: 'PROMETHEUS', debian: 'prometheus' },
  promtool: { variable: 'PROMTOOL', debian: 'prometheus' },
  'prometheus-alertmanager': { variable: 'ALERTMANAGER', debian: 'prometheus-alertmanager' },
  amtool: { variable: 'AMTOOL', debian: 'prometheus-alertmanager' },
  'prometheus-pushgateway': { variable: 'PUSHGATEWAY', debian: 'prometheus-pushgateway' },
  'prometheus-node-exporter': { variable: 'NODE_EXPORTER', debian: 'prometheus-node-exporter' },
} as const;

export type Tool = keyof typeof TOOLS;

const { CI, PATH = '' } = process.env;

/** The path of a program, where it is installed or its variable names one. */
export async function find(tool: Tool): Promise<string | undefined> {
  const named = process.env[TOOLS[tool].variable];
  if (named !== undefined && named !== '') return named;
  for (const directory of PATH.split(':')) {
    const path = `${directory}/${tool}`;
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

const told = new Set<Tool>();

/** Says it once for each file: the reporter shows the reason of a skipped test only where it lists tests. */
function tell(tool: Tool, reason: string): void {
  if (told.has(tool)) return;
  told.add(tool);
  process.stderr.write(`Tests are skipped: ${reason}\n`);
}

/** The path of a program. Where it is missing the test is skipped, or fails in CI. */
export async function need(context: TestContext, tool: Tool): Promise<string> {
  const path = await find(tool);
  if (path !== undefined) return path;
  const reason = `${tool} is not installed (apt-get install ${TOOLS[tool].debian})`;
  if (CI === 'true') throw new Error(reason);
  tell(tool, reason);
  return context.skip(reason);
}

/** The first number of the version of Prometheus or of a program of its kind. */
export async function majorOf(path: string): Promise<number> {
  const { output } = await outcomeOf(path, ['--version']);
  const [, major] = /version (\d+)\./.exec(output) ?? [];
  if (major === undefined) throw new Error(`${path} --version says ${output}`);
  return Number(major);
}

/** Everything that the program printed, and whether it was content. */
export async function outcomeOf(
  path: string,
  args: readonly string[],
): Promise<{ readonly ok: boolean; readonly output: string }> {
  try {
    const { stdout, stderr } = await run(path, args);
    return { ok: true, output: stdout + stderr };
  } catch (error) {
    const { stdout, stderr } = parts(error);
    return { ok: false, output: `${stdout}${stderr}` };
  }
}

function parts(error: unknown): { readonly stdout: string; readonly stderr: string } {
  if (!(error instanceof Error) || !('stdout' in error) || !('stderr' in error)) throw error;
  return { stdout: String(error.stdout), stderr: String(error.stderr) };
}
