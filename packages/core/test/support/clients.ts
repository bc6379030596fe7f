import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { envelope } from './real.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

export const JSON_HEADERS = { 'content-type': 'application/json' } as const;

/** The body of an error of the API's. */
export const FAILED: string = envelope('InternalServerError', 'said', 'tracking-7');

/** Answers after what was sent is read. */
export function afterReading(
  answer: (response: ServerResponse, sent: string, count: number, request: IncomingMessage) => void,
): Answer {
  return (request, response, count) => {
    // A request that is broken off is answered by nobody.
    text(request).then(
      (sent) => answer(response, sent, count, request),
      () => undefined,
    );
  };
}

/** Answers with the statuses in turn, and with 200 and what was sent after them. */
export function statuses(...list: readonly number[]): Answer {
  return afterReading((response, sent, count) => {
    const status = list[count - 1] ?? 200;
    const body = status < 400 ? JSON.stringify({ sent }) : FAILED;
    response.writeHead(status, JSON_HEADERS).end(body);
  });
}

/** Destroys the connection of the first requests, and answers the others. */
export function resets(count: number): Answer {
  return (request, response, number) => {
    if (number <= count) request.socket.destroy();
    else response.writeHead(200, JSON_HEADERS).end('{}');
  };
}

/** What a promise rejects with. */
export async function rejectionOf<E = Error>(promise: Promise<unknown>): Promise<E> {
  const error: unknown = await promise.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(Error);
  // Which error it is, the test that asks says and looks at.
  return error as E;
}

/** Calls a function with what its types do not allow. */
export function callWith(fn: (...args: never[]) => unknown, ...args: readonly unknown[]): unknown {
  return Reflect.apply(fn, undefined, args) as unknown;
}
