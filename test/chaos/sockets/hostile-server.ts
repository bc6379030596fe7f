import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Fault } from './faults.ts';

/** A request that reached the server whole. */
export interface Received<F> {
  readonly call: number;
  readonly fault: F;
  /** Whether what ended its connection may have cut it off, in place of its own fault. */
  brokenOff?: boolean;
}

export interface HostileServer<F> extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly Received<F>[];
}

/** The body of a success: each attempt of each call has its own. */
export function successBody(call: number, attempt: number): string {
  return JSON.stringify({ call, attempt, value: 'ü'.repeat(1 + ((call * 37) % 400)) });
}

/** What the plan has for a call's next attempt. */
export type NextFault<F> = (call: number) => { readonly attempt: number; readonly fault: F };

/** Counts the attempts of each call. */
export function countingAttempts<F>(planned: (call: number, attempt: number) => F): NextFault<F> {
  const attempts = new Map<number, number>();
  return (call) => {
    const attempt = (attempts.get(call) ?? 0) + 1;
    attempts.set(call, attempt);
    return { attempt, fault: planned(call, attempt) };
  };
}

/** Starts a server, which destroys what is connected when it ends. */
export async function listening<F>(
  server: Server,
  connected: ReadonlySet<{ destroy(): void }>,
  received: readonly Received<F>[],
): Promise<HostileServer<F>> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      for (const one of connected) one.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A server over bare sockets, which does to each request what the plan says. */
export function startHostileServer(
  planned: (call: number, attempt: number) => Fault,
): Promise<HostileServer<Fault>> {
  const received: Received<Fault>[] = [];
  const sockets = new Set<Socket>();
  const next = countingAttempts(planned);
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    readRequests(socket, next, received);
  });
  return listening(server, sockets, received);
}

function readRequests(
  socket: Socket,
  next: (call: number) => { attempt: number; fault: Fault },
  received: Received<Fault>[],
): void {
  let bytes = Buffer.alloc(0);
  /** The request whose head has come, and whose body has not. */
  let current: { call: number; attempt: number; fault: Fault; answered: boolean } | undefined;
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    for (let end = bytes.indexOf(END); end >= 0; end = bytes.indexOf(END)) {
      const head = bytes.subarray(0, end).toString('latin1');
      const call = Number(/^x-call: (\d+)/im.exec(head)?.[1]);
      current ??= { call, ...next(call), answered: false };
      const { attempt, fault } = current;
      if (fault.kind === 'early' && !current.answered) {
        current.answered = true;
        answer(socket, fault, successBody(call, attempt));
      }
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      const chunked = /^transfer-encoding: chunked/im.test(head);
      const bodyEnd = chunked ? bytes.indexOf('0\r\n\r\n', end) + 5 : end + 4 + length;
      const whole = chunked ? bodyEnd > 5 : bytes.length >= bodyEnd;
      if (!whole) return;
      bytes = bytes.subarray(bodyEnd);
      current = undefined;
      if (fault.kind === 'early') continue;
      received.push({ call, fault });
      answer(socket, fault, successBody(call, attempt));
    }
  });
}

const END = '\r\n\r\n';

function answer(socket: Socket, fault: Fault, body: string): void {
  const { kind, at } = fault;
  const whole = Buffer.from(response(200, body));
  const send: Readonly<Record<Fault['kind'], () => void>> = {
    ok: () => socket.write(whole),
    'ok-then-close': () => {
      socket.write(whole);
      // Without a word before it: the client may be about to use the connection again.
      setImmediate(() => socket.end());
    },
    chunked: () => {
      const bytes = Buffer.from(body);
      socket.write(
        'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      for (let from = 0; from < bytes.length; from += 64) {
        const part = bytes.subarray(from, from + 64);
        socket.write(
          Buffer.concat([
            Buffer.from(`${part.length.toString(16)}\r\n`),
            part,
            Buffer.from('\r\n'),
          ]),
        );
      }
      socket.write('0\r\n\r\n');
    },
    trickle: () => trickle(socket, whole),
    status: () => socket.write(errorResponse(fault)),
    reset: () => socket.resetAndDestroy(),
    'reset-at': () => socket.write(whole.subarray(0, at), () => socket.resetAndDestroy()),
    stall: () => undefined,
    'stall-at': () => socket.write(whole.subarray(0, at % 60)),
    truncated: () => socket.end(whole.subarray(0, whole.length - 1 - (at % body.length))),
    'too-long': () => socket.end(`${response(200, body)}and more that nobody announced`),
    'two-lengths': () => socket.end(response(200, body, 'content-length: 7\r\n')),
    garbage: () => socket.end('\u0000\u0001 this is no HTTP \r\n\r\n'),
    'garbage-before': () => socket.end(`nonsense\r\n${response(200, body)}`),
    'garbage-after': () => socket.write(`${response(200, body)}\u0000 and no HTTP`),
    early: () => socket.end(errorResponse({ ...fault, status: 413 })),
  };
  send[kind]();
}

function trickle(socket: Socket, bytes: Buffer, from = 0): void {
  if (from >= bytes.length || socket.destroyed) return;
  socket.write(bytes.subarray(from, from + 23));
  setImmediate(() => trickle(socket, bytes, from + 23));
}

function response(status: number, body: string, headers = ''): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status} X\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${headers}\r\n${body}`;
}

const BODIES: Readonly<Record<Fault['body'], string>> = {
  page: '<html><title>502 Bad Gateway</title></html>',
  empty: '',
  long: 'x'.repeat(200_000),
  bytes: '\u0000\u0001\u00ff{"error":',
};

function errorResponse({ status, retryAfter, envelope, body }: Fault): string {
  const code = status === 500 ? 'InternalServerError' : 'SomeCode';
  const text = envelope
    ? JSON.stringify({ error: { code, message: 'said', target: 'id' } })
    : BODIES[body];
  return response(status, text, retryAfter ? 'retry-after-ms: 5\r\n' : '');
}
