import { join } from 'node:path';
import type { Context } from '../context.ts';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.ts';
import { examples } from '../terminal/examples.ts';
import type { AddCommand } from './add-command.ts';
import { type GeneratorOptions, withGeneratorOptions } from './generator-options.ts';

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
];

/** `dashboards`. */
export const dashboardsCommand: AddCommand = (program, { context, exitWith }) => {
  withGeneratorOptions(program.command('dashboards'))
    .summary('generate the Grafana dashboards, or check those that are deployed')
    .description(
      'Writes the Grafana dashboards for the metrics of @defender-resilience/prom, each into a file named after its uid, or ' +
        'checks that a folder has them.',
    )
    .option('-o, --output <folder>', 'the folder of the files')
    .option('--check <folder>', 'compare with the files of a folder')
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
    throw new CommandError('dashboards are several files: name their folder', {
      hint: 'With --output to write them, or --check to compare them.',
      exitCode: EXIT.usage,
    });
  }
  const { dashboards } = await import('@defender-resilience/prom/monitoring');
  const { generated, optionsFrom } = await import('../monitoring/options.ts');
  const { isUpToDate, reportCheck, writeTo } = await import('../monitoring/write.ts');
  const options = await optionsFrom(config, set);
  const files = generated(() => dashboards(options)).map((dashboard) => ({
    path: join(folder, `${dashboard.uid}.json`),
    text: `${JSON.stringify(dashboard, null, 2)}\n`,
  }));
  const differing: string[] = [];
  for (const { path, text } of files) {
    if (check === undefined) await writeTo(path, text, context);
    else if (!(await isUpToDate(path, text))) differing.push(`~ ${path} is not what is generated`);
  }
  return check === undefined ? EXIT.ok : reportCheck(differing, context);
}
