import { CommandError } from '../exit-codes.ts';
import { parseJson } from '../json.ts';

const TIMEOUT_MS = 10_000;

/** What a server of the monitoring answered. */
export interface Answer {
  readonly status: number;
  readonly location: string | null;
  /** Undefined where it is no JSON. */
  readonly body: unknown;
}

interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  readonly redirect?: 'manual';
  /** What to do where nothing answers. */
  readonly hint: string;
  readonly signal: AbortSignal;
}

/** Reads an address. @throws CommandError where nothing answers within 10 seconds */
export async function ask(url: string, { hint, signal, ...request }: Question): Promise<Answer> {
  try {
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { ...request, signal: timeout });
    const body = parseJson(await response.text());
    return { status: response.status, location: response.headers.get('location'), body };
  } catch (cause) {
    signal.throwIfAborted();
    throw new CommandError(`${new URL(url).origin} does not answer`, { hint, cause });
  }
}
