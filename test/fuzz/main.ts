// Tries changed inputs on every parser, led by what they reach: pnpm fuzz --runs 1000000
import { parseArgs } from 'node:util';
import { recordInputs } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { fuzz } from './fuzz.ts';

const HELP = `Tries changed inputs on every parser, and goes on from those that reach new code.

  pnpm fuzz [options]

  --runs N        how many inputs (100000)
  --seed N        chance (1)
  --only NAME     one parser
  --record        writes the inputs that reached new code into test/fuzz/corpus
  --help          shows this text

Ctrl+C ends it after the parser that is being tried.
`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await main();

async function main(): Promise<void> {
  const coverage = new Coverage();
  // Before the parsers are loaded: V8 counts the blocks of what it compiles from then on.
  coverage.start();
  const { TARGETS } = await import('./targets/index.ts');
  const targets = TARGETS.filter(({ file }) => values.only === undefined || file === values.only);
  const each = Math.ceil(Number(values.runs) / targets.length);
  const startedAt = performance.now();
  let ended = false;
  process.once('SIGINT', () => {
    ended = true;
  });
  let [inputs, findings] = [0, 0];
  for (const [index, target] of targets.entries()) {
    if (ended) break;
    const report = await fuzz(target, Number(values.seed) + index * 1_000_003, each, coverage);
    inputs += each;
    findings += report.findings.length;
    for (const { input, problem } of report.findings) {
      process.stdout.write(`${target.name}: ${problem}\n  ${JSON.stringify(input)}\n`);
    }
    if (values.record) recordInputs(target, report.reached);
    const { reached, grownMib } = report;
    process.stdout.write(
      `${target.name.padEnd(28)} ${each.toLocaleString('en').padStart(10)} inputs, ${String(reached.length).padStart(3)} reached new code, heap ${grownMib.toFixed(1)} MiB\n`,
    );
  }
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  process.stdout.write(
    `${inputs.toLocaleString('en')} inputs from seed ${values.seed} in ${seconds} s, ${coverage.size.toLocaleString('en')} characters of code reached, findings: ${findings}\n`,
  );
  process.exitCode = findings === 0 ? 0 : 1;
}
