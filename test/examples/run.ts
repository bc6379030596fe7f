import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Runs an example as a user would, and gives what it prints. Rejects where it does not end with 0. */
export async function runExample(
  path: string,
  env: NodeJS.ProcessEnv = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const args = ['--conditions=@defender-resilience/source', path];
  return promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
}

/** Tracking IDs by the order of their appearance: they differ from run to run. */
export function withoutIds(output: string): string {
  const ids: string[] = [];
  return output.replaceAll(/[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/g, (id) => {
    if (!ids.includes(id)) ids.push(id);
    return `ID ${ids.indexOf(id) + 1}`;
  });
}
