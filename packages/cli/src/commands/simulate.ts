import { InvalidArgumentError, Option } from 'commander';
import type { Context } from '../context.ts';
import { readFileOf } from '../input.ts';
import { optionsOf, type SimulateFlags } from '../simulate/flags.ts';
import { examples } from '../terminal/examples.ts';
import type { AddCommand } from './add-command.ts';
import { integer } from './numbers.ts';

interface Options extends SimulateFlags {
  readonly scenario?: string;
  readonly json?: true;
}

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['defender-resilience simulate', 'documented quotas, no faults'],
  [
    'defender-resilience simulate --fault InternalServerError,503 --fault-rate 0.3',
    'three of ten calls fail',
  ],
  ['defender-resilience simulate --script 500,TooManyRequests,reset,200', 'the first four answers'],
  [
    'defender-resilience simulate --scenario outage.json',
    'a file; docs/guide/command-line.md describes it',
  ],
];

/** The command `simulate`. */
export const simulateCommand: AddCommand = (program, { context }) => {
  program
    .command('simulate')
    .summary('serve a local Defender API that fails on demand')
    .description(
      'Serves a local Defender API over real HTTP: Defender XDR, Defender for Endpoint, Graph security and the token endpoint. ' +
        'It listens on 127.0.0.1 only, and its control endpoints refuse requests that a web page could send.',
    )
    .option('-p, --port <number>', 'the port; 0 picks a free one', integer(0, 65_535), 8080)
    .option('--scenario <file>', 'a JSON file with any of these options, and a timeline')
    .option(
      '--script <answers>',
      'the first answers: statuses, codes and actions, separated by commas',
    )
    .option('--fault <answers>', 'the answers to failing calls, separated by commas (default: 500)')
    .option('--fault-rate <number>', 'the probability that a call fails, from 0 to 1', probability)
    .option('--latency <ms>', 'milliseconds before every answer: 50, or a range 50-200')
    .option('--for <target>', 'which calls may fail: an operation, or the beginning of a path')
    .option(
      '--quota <group=number...>',
      'calls per minute, such as incidents=10; "off" for no limits',
    )
    .option('--minute <ms>', 'how long a minute of the quotas lasts', integer(1))
    .option('--require-token', 'answer 401 without a token from its own token endpoint')
    .option('--incidents <number>', 'the number of incidents', integer(0, 100_000))
    .option('--seed <number>', 'a different seed gives different data and faults', integer(0))
    .addOption(new Option('--json', 'print the addresses as one line of JSON'))
    .addHelpText('after', () => examples(EXAMPLES, context.out))
    .action((options: Options) => simulate(options, context));
};

async function simulate(
  { scenario: path, json, ...flags }: Options,
  context: Context,
): Promise<void> {
  const { parseScenario } = await import('../simulate/scenario.ts');
  const { serve } = await import('../simulate/serve.ts');
  const scenario = path === undefined ? {} : parseScenario(await readFileOf(path), path);
  await serve({ scenario, flags: optionsOf(flags), json: json === true }, context);
}

function probability(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}
