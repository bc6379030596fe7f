import type { Scenario } from './differential.ts';

type Server = NonNullable<Scenario['answer']>;

/** A server that never answers. */
export const silent: Server = (request) => void request.resume();

/** A server that answers, and never gets to the end. */
export const halfWay: Server = (request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"half":');
};

/** What the call ends with, and whether that is the very reason of the signal. */
export async function endOf(call: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  const end = await call.then(
    (value) => value,
    (error: unknown) => ({ error, same: error === signal.reason }),
  );
  return end;
}
