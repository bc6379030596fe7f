// Tries mutated inputs on every parser: pnpm fuzz --runs 1000000
import { parseArgs } from 'node:util';
import { fuzz } from './fuzz.ts';
import { TARGETS } from './targets.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } },
});
const each = Math.ceil(Number(values.runs) / TARGETS.length);
const startedAt = performance.now();
const findings = fuzz(Number(values.seed), each);
for (const { target, input, problem } of findings) {
  process.stdout.write(`${target}: ${problem}\n  ${JSON.stringify(input)}\n`);
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
process.stdout.write(
  `${(each * TARGETS.length).toLocaleString('en')} inputs for ${TARGETS.length} parsers in ${seconds} s, findings: ${findings.length}\n`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
