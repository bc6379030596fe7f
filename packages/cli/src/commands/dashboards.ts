import { join } from 'node:path';
import type { Context } from '../context.ts';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.ts';
import { examples } from '../terminal/examples.ts';
import type { AddCommand } from './add-command.ts';
import { type GeneratorOptions, isAddress, withGeneratorOptions } from './generator-options.ts';

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['defender-resilience dashboards -o dashboards/', 'two files for Grafana 12 and later'],
  [
    `defender-resilience dashboards -o dashboards/ --set 'groupBy=["job","tenant"]'`,
    'with other options',
  ],
  [
    'defender-resilience dashboards --config defender.json --check dashboards/',
    'are the files up to date?',
  ],
  [
    'GRAFANA_TOKEN=… defender-resilience dashboards \\\n    --check https://grafana.example.com',
    'is Grafana up to date?',
  ],
];

/** The command `dashboards`. */
export const dashboardsCommand: AddCommand = (program, { context, exitWith }) => {
  withGeneratorOptions(program.command('dashboards'))
    .summary('generate the Grafana dashboards, or check the deployed ones')
    .description(
      'Writes the Grafana dashboards for the metrics of @defender-resilience/prom, each into a file named after its uid, or ' +
        'checks that a folder or Grafana has them. Grafana is read with the token in GRAFANA_TOKEN, if it is set.',
    )
    .option('-o, --output <folder>', 'the folder of the files')
    .option('--check <where>', 'compare with the files in a folder, or with Grafana at a URL')
    .addHelpText('after', () => examples(EXAMPLES, context.out))
    .action(async (options: GeneratorOptions) => {
      exitWith(await runDashboards(options, context));
    });
};

async function runDashboards(
  { config, set, output, check }: GeneratorOptions,
  context: Context,
): Promise<ExitCode> {
  const folder = check ?? output;
  if (folder === undefined) {
    throw new CommandError('there are several dashboards: a folder is required', {
      hint: 'Use --output to write them, or --check to compare them.',
      exitCode: EXIT.usage,
    });
  }
  const { dashboards } = await import('@defender-resilience/prom/monitoring');
  const { reportingFaults, optionsFrom } = await import('../monitoring/options.ts');
  const { isUpToDate, reportCheck, writeTo } = await import('../monitoring/write.ts');
  const options = await optionsFrom(config, set);
  const wanted = reportingFaults(() => dashboards(options));
  if (check !== undefined && isAddress(check)) {
    const { differencesInGrafana } = await import('../monitoring/grafana.ts');
    return reportCheck(await differencesInGrafana(wanted, check, context), context);
  }
  const differing: string[] = [];
  for (const dashboard of wanted) {
    const path = join(folder, `${dashboard.uid}.json`);
    const text = `${JSON.stringify(dashboard, null, 2)}\n`;
    if (check === undefined) await writeTo(path, text, context);
    else if (!(await isUpToDate(path, text)))
      differing.push(`~ ${path} differs from the generated one`);
  }
  return check === undefined ? EXIT.ok : reportCheck(differing, context);
}
