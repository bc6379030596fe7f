import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { run } from './command.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGES = ['docs/start/index.md', 'docs/start/metrics.md', 'docs/start/alert.md'];
/** What the pages promise: so many commands to the first wrapped call, and to an alert that fires. */
const MOST = { call: 4, alert: 8 };

type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly text: string };

/** The files that the pages say to save, and the commands that they say to run, in their order. */
async function stepsOf(pages: readonly string[]): Promise<Step[]> {
  const steps: Step[] = [];
  for (const page of pages) {
    const text = await readFile(join(ROOT, page), 'utf8');
    const blocks = text.matchAll(
      /^(?:<!-- examples\/start\/(\S+) -->\n)?```(\w+)\n([\s\S]*?)^```$/gm,
    );
    for (const [, path, language, content = ''] of blocks) {
      if (path !== undefined) steps.push({ kind: 'file', name: basename(path), text: content });
      else if (language === 'sh') {
        for (const line of content.trimEnd().split('\n'))
          steps.push({ kind: 'command', text: line });
      }
    }
  }
  return steps;
}

/** One script of all steps; asks the last command again until an alert fires. */
function scriptOf(steps: readonly Step[]): string {
  const commands = steps.filter(({ kind }) => kind === 'command');
  const lines = steps.map((step) => {
    if (step.kind === 'file') return `cat > ${step.name} <<'END_OF_FILE'\n${step.text}END_OF_FILE`;
    if (step !== commands.at(-1)) return step.text;
    return `until ${step.text} | grep -q '"alertname":"DefenderAccessLost".*"state":"firing"'; do sleep 1; done`;
  });
  return ['set -e', "trap 'kill $(jobs -p)' EXIT", ...lines].join('\n');
}

function count(steps: readonly Step[], last: RegExp): number {
  const commands = steps.filter(({ kind }) => kind === 'command').map(({ text }) => text);
  const at = commands.findIndex((text) => last.test(text));
  if (at < 0) throw new Error(`docs/start has no command ${String(last)}`);
  return at + 1;
}

/** Follows docs/start from an empty folder to an alert that fires. Returns what it took. */
export async function followPages(
  folder: string,
  node: string,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const steps = await stepsOf(PAGES);
  const call = count(steps, /^node first-call/);
  const alert = count(steps, /\/api\/v1\/alerts$/);
  if (call > MOST.call || alert > MOST.alert) {
    throw new Error(`docs/start takes ${call} commands to a call and ${alert} to an alert`);
  }
  await mkdir(folder);
  await writeFile(join(folder, 'follow.sh'), scriptOf(steps));
  const started = performance.now();
  await run('timeout', ['180', 'bash', 'follow.sh'], {
    cwd: folder,
    env: { ...env, PATH: [dirname(node), env['PATH']].join(delimiter) },
  });
  const seconds = Math.round((performance.now() - started) / 1_000);
  return `${call} commands to the first wrapped call, ${alert} to a firing alert, ${seconds} s`;
}
