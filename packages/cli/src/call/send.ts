import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { type Failure, failureOf, type Resilience } from '@defender-resilience/core';
import type { Context } from '../context.ts';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.ts';
import { describeFailure } from '../explain/explanation.ts';
import { printExplanation } from '../explain/print.ts';
import { parseJson } from '../json.ts';
import { type Page, pageOf } from './pages.ts';

/** The call to send. */
export interface Call {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How many pages to follow; undefined prints the response unchanged. */
  readonly pages?: number;
  /** Reports only failures on standard error. */
  readonly quiet?: true;
}

/** Sends a call through the wrapper and prints its response, or an explanation of its failure. */
export async function send(
  call: Call,
  resilience: Resilience,
  context: Context,
): Promise<ExitCode> {
  if (call.pages === undefined) {
    const response = await request(call, call.url.href, resilience, context);
    return response instanceof Response ? printWhole(response, context) : response;
  }
  return sendPages(call, call.pages, resilience, context);
}

/** Returns a successful response, or the exit code of a failed one. */
async function request(
  { method, headers, body }: Call,
  url: string,
  resilience: Resilience,
  context: Context,
): Promise<Response | ExitCode> {
  const sent = { method, url, ...(body === undefined ? {} : { body }) };
  const init = { method, headers, signal: context.signal, ...(body === undefined ? {} : { body }) };
  try {
    const response = await resilience.fetch(url, init);
    const failure = failureOf(response);
    if (response.ok || failure === undefined) return response;
    return explainTo(context, failure, {
      request: sent,
      status: response.status,
      body: await response.text(),
    });
  } catch (error) {
    const failure = failureOf(error);
    if (failure === undefined || context.signal.aborted) throw error;
    return explainTo(context, failure, { request: sent });
  }
}

function explainTo(
  { err }: Context,
  failure: Failure,
  exchange: Parameters<typeof describeFailure>[1],
): ExitCode {
  const time = new Date().toISOString();
  err.line(printExplanation(describeFailure(failure, { ...exchange, time }), err));
  return failure.verdict === 'retryable' ? EXIT.retryable : EXIT.terminal;
}

async function printWhole(response: Response, { out, signal }: Context): Promise<ExitCode> {
  if (response.body !== null) {
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    try {
      await pipeline(body, out.stream, { end: false, signal });
    } catch (cause) {
      if (signal.aborted) throw cause;
      throw brokenOff(cause);
    }
    if (out.isTerminal) out.line();
  }
  return EXIT.ok;
}

function brokenOff(cause: unknown): CommandError {
  return new CommandError('the response broke off: the output is incomplete', {
    hint: 'Try again; for a large response, request fewer items at once with --top.',
    exitCode: EXIT.retryable,
    cause,
  });
}

/** Prints the items of each page, one per line, before requesting the next page. */
async function sendPages(
  call: Call,
  pages: number,
  resilience: Resilience,
  context: Context,
): Promise<ExitCode> {
  const { err } = context;
  let url: string | undefined = call.url.href;
  let items = 0;
  let count = 0;
  for (; url !== undefined && count < pages; count += 1) {
    const response: Response | ExitCode = await request(call, url, resilience, context);
    if (!(response instanceof Response)) return response;
    const page = await readPage(response);
    await write(context, page.items.map((item) => `${JSON.stringify(item)}\n`).join(''));
    items += page.items.length;
    url = nextOf(page, call.url);
  }
  const more = url === undefined ? '' : '; there are more: raise --pages';
  if (call.quiet !== true) {
    const found = `${counted(items, 'item')} on ${counted(count, 'page')}${more}`;
    err.line(err.style('dim', found));
  }
  return EXIT.ok;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

async function readPage(response: Response): Promise<Page> {
  let text: string;
  try {
    text = await response.text();
  } catch (cause) {
    throw brokenOff(cause);
  }
  const page = pageOf(parseJson(text));
  if (page !== undefined) return page;
  throw new CommandError('the response is not a list: it has neither value nor Results', {
    hint: 'Leave out --pages, --all and --lines to print it unchanged.',
    exitCode: EXIT.usage,
  });
}

/** Follows a link only to the same origin, because the token is sent to it. */
function nextOf({ next }: Page, { origin }: URL): string | undefined {
  if (next === undefined) return undefined;
  const url = URL.parse(next, origin);
  if (url?.origin === origin) return url.href;
  throw new CommandError(`the link to the next page goes to another host: ${url?.host ?? next}`, {
    hint: 'It is not followed, because the token would be sent there.',
  });
}

async function write({ out }: Context, text: string): Promise<void> {
  if (text === '' || out.stream.write(text)) return;
  await new Promise((resolve) => out.stream.once('drain', resolve));
}
