import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Context } from '../context.ts';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.ts';
import type { SentRequest } from '../explain/exchange.ts';
import type { Given } from '../explain/explain-all.ts';
import type { Explanation } from '../explain/explanation.ts';
import { readFileOf, readStdin } from '../input.ts';
import { examples } from '../terminal/examples.ts';
import { wrap } from '../terminal/layout.ts';
import type { AddCommand } from './add-command.ts';

interface Options {
  readonly file?: string;
  readonly json?: true;
  readonly status?: number;
  readonly request?: string;
  readonly sent?: string;
}

const EXAMPLES: readonly (readonly [command: string, what: string])[] = [
  ['defender-resilience explain TooManyRequests', 'what a code means'],
  ['curl -si "$URL" | defender-resilience explain', 'a whole response'],
  ['defender-resilience explain --status 403 < body.json', 'an error body'],
  ['defender-resilience explain portal.har', 'the failed requests of a HAR file'],
  ['tail -n 200 app.log | defender-resilience explain --json', 'the errors in a log'],
];

/** The command `explain`. */
export const explainCommand: AddCommand = (program, { context, exitWith }) => {
  program
    .command('explain')
    .summary('explain what an error means, whether a retry helps, and what to do')
    .description(
      'Explains an error of the Defender APIs, Microsoft Graph security or Entra: an error body, a whole response, a HAR file or ' +
        'one of its entries, lines of a log, or a code. Nothing is sent anywhere.',
    )
    .argument('[input]', 'a code, the text itself, or the name of a file (default: standard input)')
    .option('-f, --file <path>', 'read the input from a file')
    .option('-s, --status <number>', 'the HTTP status, if the input has none', parseStatus)
    .option('-r, --request <line>', 'the request, such as "POST /api/machines/1/isolate"')
    .option('--sent <body>', 'the body of the request, or @file, to check its names')
    .option('--json', 'print JSON: an array with one object for each error')
    .addHelpText('after', () => examples(EXAMPLES, context.out))
    .action(async (input: string | undefined, options: Options) => {
      const text = await inputOf(input, options, context);
      exitWith(await explainText(text, options, context));
    });
};

function parseStatus(text: string): number {
  if (!/^[1-5]\d\d$/.test(text)) throw new InvalidArgumentError('It must be between 100 and 599.');
  return Number(text);
}

async function inputOf(
  input: string | undefined,
  { file }: Options,
  context: Context,
): Promise<string> {
  if (file !== undefined) return readFileOf(file);
  const { findErrorCode } = await import('@defender-resilience/core');
  if (input !== undefined && input !== '-') {
    const isFile = findErrorCode(input) === undefined && isPath(input) && existsSync(input);
    return isFile ? readFileOf(input) : input;
  }
  if (context.stdin.isTTY === true && input === undefined) {
    throw new CommandError('there is nothing to explain', {
      hint: 'Pass a code or a file, or pipe the error in. Run "defender-resilience explain --help" for examples.',
      exitCode: EXIT.usage,
    });
  }
  return readStdin(context.stdin);
}

/** Whether a text may be the name of a file: an error body is longer and contains braces or line breaks. */
function isPath(text: string): boolean {
  return text.length < 1_024 && !/[{}\n\0]/.test(text);
}

async function explainText(text: string, options: Options, context: Context): Promise<ExitCode> {
  const { explainAll } = await import('../explain/explain-all.ts');
  const { printExplanation } = await import('../explain/print.ts');
  const { explanations, isSuccess } = await explainAll(text, await givenFacts(options));
  const { out } = context;
  if (options.json) out.line(JSON.stringify(explanations, undefined, 2));
  else if (explanations.length === 0) out.line(wrap(isSuccess ? SUCCESS : NOTHING, out.columns));
  else
    out.line(
      explanations.map((one) => printExplanation(one, out)).join(`\n\n${'-'.repeat(40)}\n\n`),
    );
  return isSuccess ? EXIT.ok : exitCodeOf(explanations);
}

const SUCCESS = 'This is not an error: the request succeeded.';
const NOTHING = `Not understood: the input does not contain an error of the Defender APIs, Graph or Entra.
Give the whole response as curl -i prints it, or the error body, or a code.`;

async function givenFacts({ status, request, sent }: Options): Promise<Given> {
  const body = sent?.startsWith('@') ? await readFileOf(sent.slice(1)) : sent;
  return {
    ...(status === undefined ? {} : { status }),
    ...(request === undefined ? {} : { request: parseRequest(request, body) }),
  };
}

function parseRequest(line: string, body: string | undefined): SentRequest {
  const [, method, url] = /^\s*([A-Za-z]+)\s+(\S+)/.exec(line) ?? [];
  if (method === undefined || url === undefined) {
    throw new CommandError(`--request must be a method and a path or URL, got "${line}"`, {
      hint: 'For example: --request "POST /api/machines/1/isolate".',
      exitCode: EXIT.usage,
    });
  }
  return { method: method.toUpperCase(), url, ...(body === undefined ? {} : { body }) };
}

/** If any of several errors is terminal, the exit code says so: a script must not simply try again. */
function exitCodeOf(explanations: readonly Explanation[]): ExitCode {
  const verdicts = explanations
    .filter(({ understood }) => understood)
    .map(({ verdict }) => verdict);
  if (verdicts.length === 0) return EXIT.notUnderstood;
  return verdicts.includes('terminal') ? EXIT.terminal : EXIT.retryable;
}
