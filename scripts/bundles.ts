// Bundles core's main entry as users do and runs the bundles: in Node, and in a page and a worker of Chromium.
// Needs the build. Prints one line for each bundle.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bundle, bundle, type Target, targets } from './bundles/bundlers.ts';
import { type Candidate, findChromium, runInChromium } from './bundles/run-chromium.ts';
import { runInNode } from './bundles/run-node.ts';
import { EXPECTED, startService } from './bundles/service.ts';

/** An import of one of Node's modules that is carried out when the bundle is loaded. */
const NODE_IMPORT =
  /^\s*(?:import|export)\b[^;]*?["'](node:[^"']+)["']|\brequire\(["'](node:[^"']+)["']\)/gm;

const nameOf = ({ bundler, place, shape }: Target): string => `${bundler}-${place}-${shape}`;

function faultsOf({ place }: Target, { code, warnings }: Bundle): string[] {
  const faults = warnings.map((warning) => `warns: ${warning}`);
  if (place === 'node') return faults;
  for (const [, imported, required] of code.matchAll(NODE_IMPORT)) {
    faults.push(`needs ${imported ?? required} at the top level`);
  }
  return faults;
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const faults = new Map<string, string[]>();
const forBrowser = new Map<string, Candidate>();
const folder = await mkdtemp(join(tmpdir(), 'bundles-'));
{
  await using service = await startService();
  for (const target of targets) {
    const found: string[] = [];
    faults.set(nameOf(target), found);
    try {
      const made = await bundle(target, folder);
      found.push(...faultsOf(target, made));
      if (target.place === 'node') {
        const result = await runInNode(target, made, folder, service.url);
        if (result !== EXPECTED) found.push(`gives ${result}`);
      } else if (made.code !== '') {
        forBrowser.set(nameOf(target), { target, bundle: made });
      }
    } catch (error) {
      found.push(messageOf(error));
    }
  }
}
await rm(folder, { recursive: true });

const chromium = await findChromium();
if (chromium === undefined) {
  console.error(
    'No bundle runs in a browser: chromium is not installed (apt-get install chromium).',
  );
} else {
  const results = await runInChromium(chromium, forBrowser);
  for (const name of forBrowser.keys()) {
    const result = results.get(name) ?? 'nothing';
    if (result !== EXPECTED) faults.get(name)?.push(`gives ${result} in Chromium`);
  }
}

for (const [name, found] of faults) {
  console.log(
    `${name.padEnd(24)}  ${found.length === 0 ? 'ok' : `failed\n  ${found.join('\n  ')}`}`,
  );
}
if ([...faults.values()].some((found) => found.length > 0)) process.exit(1);
