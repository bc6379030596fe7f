import { CommandError } from '../exit-codes.ts';
import { isRecord, parseJson, textField } from '../json.ts';
import type { Normalise } from './compare.ts';

const TIMEOUT_MS = 10_000;

/** The rules that a Prometheus has loaded. @param address - its address, or that of its `/api/v1/rules` */
export async function rulesOfPrometheus(
  address: string,
  signal: AbortSignal,
): Promise<{ readonly document: unknown; readonly normalise: Normalise }> {
  const base = address.replace(/\/(?:api\/v1\/rules)?\/?$/, '');
  const document = await get(`${base}/api/v1/rules`, signal);
  return { document, normalise: (expr) => formatted(base, expr, signal) };
}

/** Prometheus prints what it has parsed, so both expressions are printed by it before they are compared. */
async function formatted(base: string, expr: string, signal: AbortSignal): Promise<string> {
  const answer = await get(`${base}/api/v1/format_query?query=${encodeURIComponent(expr)}`, signal);
  return textField(answer, 'data') ?? expr;
}

async function get(url: string, signal: AbortSignal): Promise<unknown> {
  let text: string;
  try {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    text = await (await fetch(url, { signal: timeout })).text();
  } catch (cause) {
    signal.throwIfAborted();
    throw new CommandError(`${new URL(url).origin} does not answer`, {
      hint: 'Pass the address of Prometheus, such as http://localhost:9090, or the name of a file.',
      cause,
    });
  }
  const document = parseJson(text);
  if (isRecord(document) && document['status'] === 'success') return document;
  throw new CommandError(`${url.split('?', 1)[0]} is no answer of Prometheus`, {
    hint: 'Pass the address of Prometheus itself, such as http://localhost:9090.',
  });
}
