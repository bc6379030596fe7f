import { CommandError } from '../exit-codes.ts';
import { parseJson } from '../json.ts';

const TIMEOUT_MS = 10_000;

/** The response of a Prometheus or Grafana server. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  /** Undefined if it is not JSON. */
  readonly body: unknown;
}

interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  readonly redirect?: 'manual';
  /** What the user can do if the server does not respond. */
  readonly hint: string;
  readonly signal: AbortSignal;
}

/** Sends a request. @throws CommandError if there is no response within 10 seconds */
export async function ask(url: string, { hint, signal, ...request }: Question): Promise<Answer> {
  try {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { ...request, signal: timeout });
    const body = parseJson(await response.text());
    return { status: response.status, location: response.headers.get('location'), body };
  } catch (cause) {
    signal.throwIfAborted();
    throw new CommandError(`${new URL(url).origin} does not respond`, { hint, cause });
  }
}
