import type { Failure } from './failure.ts';
import { failureOfAnswer } from './http-failure.ts';
import { safeGetString } from './safe-get.ts';

/** undici keeps the refusal of a proxy in the text of an error that looks like the caller's abort. */
const REFUSAL = /^Proxy response \((\d{3})\)/;

/** What a proxy's refusal to open a tunnel says; undefined for any other error. */
export function failureOfProxy(error: object, now: () => number): Failure | undefined {
  const status = REFUSAL.exec(safeGetString(error, 'message') ?? '')?.[1];
  if (status === undefined) return undefined;
  const answer = { status: Number(status), headers: undefined, body: undefined };
  // The proxy's own 502 is not in doubt: the request never left for the service.
  const { ambiguous, ...failure } = failureOfAnswer(answer, now);
  return Object.freeze({ ...failure, advice: ADVICE });
}

const ADVICE =
  'The proxy on the way refused the connection, so the request was not sent: check the proxy’s address, its credentials, and that it lets the host through.';
