import type { Context } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../terminal/examples.ts';
import type { AddCommand } from './add-command.ts';
import { type GeneratorOptions, isAddress, withGeneratorOptions } from './generator-options.ts';

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['defender-resilience rules > rules/defender.yaml', 'with the defaults'],
  [
    `defender-resilience rules --set 'groupBy=["job","tenant"]' \\\n    --set severities.accessLost=critical`,
    'with other options',
  ],
  [
    'defender-resilience rules --config defender.json -o rules/defender.yaml',
    'options from a file',
  ],
  [
    'defender-resilience rules --config defender.json --check http://localhost:9090',
    'is Prometheus running these?',
  ],
];

/** The command `rules`. */
export const rulesCommand: AddCommand = (program, { context, exitWith }) => {
  withGeneratorOptions(program.command('rules'))
    .summary('generate the alert rules, or check the deployed ones')
    .description(
      'Prints the alert rules for the metrics of @defender-resilience/prom, or checks that a file or Prometheus has them. ' +
        'docs/guide/alerts.md lists the options.',
    )
    .option('-o, --output <file>', 'write a file instead of standard output')
    .option('--check <where>', 'compare with a rule file, or with Prometheus at a URL')
    .addHelpText('after', () => examples(EXAMPLES, context.out))
    .action(async (options: GeneratorOptions) => {
      exitWith(await runRules(options, context));
    });
};

async function runRules(
  { config, set, output, check }: GeneratorOptions,
  context: Context,
): Promise<ExitCode> {
  const { ruleGroups, rules } = await import('@defender-resilience/prom/monitoring');
  const { reportingFaults, optionsFrom } = await import('../monitoring/options.ts');
  const { isUpToDate, reportCheck, writeTo } = await import('../monitoring/write.ts');
  const options = await optionsFrom(config, set);
  const text = reportingFaults(() => rules(options));
  if (check === undefined) {
    if (output === undefined) context.out.write(text);
    else await writeTo(output, text, context);
    return EXIT.ok;
  }
  if (!isAddress(check)) {
    const lines = (await isUpToDate(check, text))
      ? []
      : [`~ ${check} differs from the generated one`];
    return reportCheck(lines, context);
  }
  const { differences } = await import('../monitoring/compare.ts');
  const { rulesOfPrometheus } = await import('../monitoring/deployed.ts');
  const { document, normalise } = await rulesOfPrometheus(check, context.signal);
  const wanted = reportingFaults(() => ruleGroups(options));
  return reportCheck(await differences(wanted, document, normalise), context);
}
