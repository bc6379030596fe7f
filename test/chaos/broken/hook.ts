// Loads the wrapper with one rule broken: the number of the breakage is in CHAOS_BREAKAGE.
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { BREAKAGES, broken } from './breakages.ts';

const breakage = BREAKAGES[Number(process.env['CHAOS_BREAKAGE'])];
if (breakage === undefined) throw new Error('CHAOS_BREAKAGE is no number of a breakage');

registerHooks({
  load(url, context, nextLoad) {
    if (!url.endsWith(`/packages/core/src/${breakage.file}`)) return nextLoad(url, context);
    const source = broken(readFileSync(new URL(url), 'utf8'), breakage);
    return { format: 'module-typescript', source, shortCircuit: true };
  },
});
