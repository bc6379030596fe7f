import { constants, createServer, type Http2Session, type ServerHttp2Stream } from 'node:http2';
import { text } from 'node:stream/consumers';
import type { Chance } from '../random.ts';
import {
  countingAttempts,
  type HostileServer,
  listening,
  type Received,
  successBody,
} from './hostile-server.ts';
import type { Enemy } from './storm.ts';

/** What a server does with one stream of HTTP/2. */
export interface Http2Fault {
  readonly kind: (typeof HTTP2_KINDS)[number];
  readonly status: number;
}

export const HTTP2_KINDS = [
  'ok',
  // A valid answer with trailers after it; one in many frames.
  'trailers',
  'trickle',
  'status',
  // The stream is reset before the answer, with each of three reasons.
  'refused',
  'failed',
  'cancelled',
  // It is reset in the middle of the body, or ends there without an error.
  'reset-mid-body',
  'cut',
  // More or fewer bytes than the head announces.
  'too-long',
  'truncated',
  // The server announces that it goes away, and finishes what it has; or breaks the connection off.
  'goaway-mid-response',
  'goaway-and-gone',
  // An answer while the upload runs.
  'early',
  'stall',
] as const;

const STATUSES = [400, 404, 429, 500, 502, 503, 503, 504];

function faultOf(chance: Chance): Http2Fault {
  const kind = chance.chance(0.3) ? 'ok' : chance.one(...HTTP2_KINDS);
  return { kind, status: chance.one(...STATUSES) };
}

/** Its errors are in the service's own format. */
function provesNothingDone({ kind, status }: Http2Fault): boolean {
  return kind === 'refused' || (kind === 'status' && [429, 500, 503].includes(status));
}

type Answer = (
  stream: ServerHttp2Stream,
  parts: { readonly body: string; readonly status: number; readonly session: Http2Session },
) => void;

const JSON_TYPE = { 'content-type': 'application/json' };
const half = (body: string): string => body.slice(0, Math.ceil(body.length / 2));

const ANSWERS: Readonly<Record<Http2Fault['kind'], Answer>> = {
  ok: (stream, { body }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
    stream.end(body);
  },
  trailers: (stream, { body }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': 'abc' }));
    stream.end(body);
  },
  trickle: (stream, { body }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE });
    for (const letter of body) stream.write(letter);
    stream.end();
  },
  status: (stream, { status }) => {
    stream.respond({ ':status': status, ...JSON_TYPE });
    stream.end('{"error":{"code":"SomeCode","message":"said"}}');
  },
  refused: (stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM),
  failed: (stream) => stream.close(constants.NGHTTP2_INTERNAL_ERROR),
  cancelled: (stream) => stream.close(constants.NGHTTP2_CANCEL),
  'reset-mid-body': (stream, { body }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE });
    stream.write(half(body), () => stream.close(constants.NGHTTP2_INTERNAL_ERROR));
  },
  cut: (stream, { body }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE });
    stream.write(half(body), () => stream.close(constants.NGHTTP2_NO_ERROR));
  },
  'too-long': (stream, { body }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
    stream.end(`${body}and more`);
  },
  truncated: (stream, { body }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE, 'content-length': Buffer.byteLength(body) });
    stream.end(half(body));
  },
  'goaway-mid-response': (stream, { body, session }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE });
    stream.write(half(body), () => {
      if (!session.destroyed) session.goaway();
      if (!stream.destroyed) stream.end(body.slice(half(body).length));
    });
  },
  'goaway-and-gone': (stream, { body, session }) => {
    stream.respond({ ':status': 200, ...JSON_TYPE });
    stream.write(half(body), () => session.destroy());
  },
  early: (stream) => {
    stream.respond({ ':status': 413, ...JSON_TYPE });
    stream.end('{}');
  },
  stall: () => undefined,
};

function start(
  planned: (call: number, attempt: number) => Http2Fault,
): Promise<HostileServer<Http2Fault>> {
  const received: Received<Http2Fault>[] = [];
  const next = countingAttempts(planned);
  const sessions = new Set<Http2Session>();
  const open = new Map<Http2Session, Set<Received<Http2Fault>>>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    open.set(session, new Set());
    session
      .on('error', () => undefined)
      .on('close', () => {
        sessions.delete(session);
        for (const request of open.get(session) ?? []) request.brokenOff = true;
      });
  });
  server.on('stream', (stream, headers) => {
    const { session } = stream;
    stream.on('error', () => undefined);
    if (session === undefined) return;
    const call = Number(headers['x-call']);
    const { attempt, fault } = next(call);
    const answer = (): void => {
      if (stream.destroyed || session.destroyed) return;
      const { status } = fault;
      ANSWERS[fault.kind](stream, { body: successBody(call, attempt), status, session });
    };
    if (fault.kind === 'early') answer();
    const carryOut = (): void => {
      if (fault.kind === 'early') return;
      const request: Received<Http2Fault> = { call, fault };
      received.push(request);
      open.get(session)?.add(request);
      // What was written last may still be on its way.
      stream.on('close', () => setTimeout(() => open.get(session)?.delete(request), 5));
      answer();
    };
    text(stream).then(carryOut, () => undefined);
  });
  return listening(server, sessions, received);
}

/** A server that speaks HTTP/2 without TLS, as clients do that know it beforehand. */
export const http2: Enemy<Http2Fault> = {
  faultOf,
  ok: { kind: 'ok', status: 200 },
  provesNothingDone,
  start,
};
