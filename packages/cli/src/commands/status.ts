import { InvalidArgumentError } from 'commander';
import { examples } from '../terminal/examples.ts';
import type { AddCommand } from './add-command.ts';

interface Options {
  readonly interval: number;
  readonly once?: true;
  readonly json?: true;
}

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['defender-resilience status', 'a live view of the proxy on this machine'],
  ['defender-resilience status http://10.0.0.5:9464 --once', 'once, for a script or a ticket'],
  ['defender-resilience status --interval 10 >> status.log', 'changes, one fact per line'],
];

const DEFAULT_URL = 'http://127.0.0.1:9464';

/** The command `status`. */
export const statusCommand: AddCommand = (program, { context }) => {
  program
    .command('status')
    .summary('watch operations, circuits, quotas and last errors')
    .description(
      'Shows what a proxy, or a program that serves its snapshot, is doing: operations, rates, circuits, quotas, and the last ' +
        'errors with their tracking IDs. Live in a terminal, one fact per line elsewhere.',
    )
    .argument('[url]', 'the --metrics address of a proxy, or of a program', DEFAULT_URL)
    .option('-i, --interval <seconds>', 'the interval between reads', secondsOf, 2)
    .option('--once', 'read it once and exit')
    .option('--json', 'print each snapshot as one line of JSON')
    .addHelpText('after', () => examples(EXAMPLES, context.out))
    .action(async (url: string, { interval, once, json }: Options) => {
      const { watch } = await import('../status/watch.ts');
      await watch(
        { url, intervalMs: interval * 1_000, once: once === true, json: json === true },
        context,
      );
    });
};

function secondsOf(text: string): number {
  const value = Number(text);
  if (value >= 0.2 && value <= 3_600) return value;
  throw new InvalidArgumentError('It must be a number of seconds from 0.2 to 3600.');
}
