import { InvalidArgumentError } from 'commander';
import type { CallFlags } from '../call/run-call.ts';
import { examples } from '../terminal/examples.ts';
import type { AddCommand } from './add-command.ts';
import { integer } from './numbers.ts';

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['defender-resilience call GET /api/incidents --top 10', 'ten incidents'],
  [
    'defender-resilience call GET /api/machines --all > machines.jsonl',
    'all machines, one per line',
  ],
  [
    'defender-resilience call POST /api/advancedhunting/run --lines \\\n    --body \'{"Query":"DeviceInfo | take 5"}\'',
    'a hunting query, one row per line',
  ],
  ['defender-resilience call GET /api/incidents --top 1 --simulate', 'without an account'],
];

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

/** The command `call`. */
export const callCommand: AddCommand = (program, { context, exitWith }) => {
  program
    .command('call')
    .summary('make one call, with retries, circuit and quotas around it')
    .description(
      'Makes one call and prints its response; progress and errors go to standard error. The token is DEFENDER_TOKEN, or comes from ' +
        "@azure/identity's default chain: environment, managed identity, az login.",
    )
    .argument('<method>', METHODS.join(', '), methodOf)
    .argument('<path>', 'a path such as /api/incidents, or a whole URL of the APIs')
    .option('-t, --top <number>', 'how many items to request at once ($top)', integer(1))
    .option('--pages <number>', 'follow this many pages; print one item per line', integer(1))
    .option('--all', 'follow all pages; print one item per line')
    .option('--lines', 'print one item per line')
    .option('-b, --body <json>', 'the body, @file, or - for standard input')
    .option('-H, --header <header...>', 'another header, such as "Prefer: wait=5"')
    .option('--simulate [url]', 'call a simulator: a new one, or the one at the URL')
    .option('--retries <number>', 'the maximum number of retries (default: 3)', integer(0, 100))
    .option(
      '--deadline <seconds>',
      'the time limit of the call with all retries',
      integer(1, 86_400),
    )
    .option('--scope <scope>', 'the scope of the token, if the host needs another one')
    .option('-q, --quiet', 'no progress on standard error')
    .addHelpText('after', () => examples(EXAMPLES, context.out))
    .action(async (method: string, path: string, flags: CallFlags) => {
      const { runCall } = await import('../call/run-call.ts');
      exitWith(await runCall(method, path, flags, context));
    });
};

function methodOf(text: string): string {
  const method = text.toUpperCase();
  if (METHODS.includes(method)) return method;
  throw new InvalidArgumentError(`It must be one of ${METHODS.join(', ')}.`);
}
