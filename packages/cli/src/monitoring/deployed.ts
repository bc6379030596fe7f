import { CommandError } from '../exit-codes.ts';
import { isRecord, textField } from '../json.ts';
import { ask } from './ask.ts';
import type { Normalise } from './compare.ts';

/** The rules that a Prometheus has loaded. @param address - its address, or that of its `/api/v1/rules` */
export async function rulesOfPrometheus(
  address: string,
  signal: AbortSignal,
): Promise<{ readonly document: unknown; readonly normalise: Normalise }> {
  const base = address.replace(/\/(?:api\/v1\/rules)?\/?$/, '');
  const document = await get(`${base}/api/v1/rules`, signal);
  return { document, normalise: (expr) => formatted(base, expr, signal) };
}

/** Prometheus reformats the expressions that it has loaded, so it formats both before they are compared. */
async function formatted(base: string, expr: string, signal: AbortSignal): Promise<string> {
  const answer = await get(`${base}/api/v1/format_query?query=${encodeURIComponent(expr)}`, signal);
  return textField(answer, 'data') ?? expr;
}

async function get(url: string, signal: AbortSignal): Promise<unknown> {
  const { body: document } = await ask(url, {
    hint: 'Pass the address of Prometheus, such as http://localhost:9090, or the name of a file.',
    signal,
  });
  if (isRecord(document) && document['status'] === 'success') return document;
  throw new CommandError(`${url.split('?', 1)[0]} is not a Prometheus server`, {
    hint: 'Pass the address of Prometheus itself, such as http://localhost:9090.',
  });
}
