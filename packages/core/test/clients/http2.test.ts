import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import {
  type AttemptContext,
  classify,
  type Failure,
  type Resilience,
} from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import axios from 'axios';
import { H2CClient } from 'undici';
import { describe, expect, it } from 'vitest';
import { quick } from '../support/real.ts';

const SETTINGS = 4;
const HEADERS = 1;
const RST_STREAM = 3;
const GOAWAY = 7;
const PREFACE_LENGTH = 24;
const FRAME_HEAD = 9;

function frame(type: number, id: number, ...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(FRAME_HEAD + 4 * numbers.length);
  bytes.writeUIntBE(4 * numbers.length, 0, 3);
  bytes.writeUInt8(type, 3);
  bytes.writeUInt32BE(id, 5);
  for (const [index, number] of numbers.entries()) {
    bytes.writeUInt32BE(number, FRAME_HEAD + 4 * index);
  }
  return bytes;
}

interface FrameServer extends AsyncDisposable {
  readonly url: string;
  /** How many requests came. */
  readonly requests: number;
}

/** A server that speaks no more of HTTP/2 than these tests need: Node's own never excludes a stream. */
async function startServer(answer: (socket: Socket, stream: number) => void): Promise<FrameServer> {
  const sockets = new Set<Socket>();
  let requests = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    let bytes = Buffer.alloc(0);
    let skipped = false;
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!skipped && bytes.length >= PREFACE_LENGTH) {
        bytes = bytes.subarray(PREFACE_LENGTH);
        skipped = true;
        socket.write(frame(SETTINGS, 0));
      }
      while (skipped && bytes.length >= FRAME_HEAD) {
        const length = FRAME_HEAD + bytes.readUIntBE(0, 3);
        if (bytes.length < length) return;
        const [type, stream] = [bytes.readUInt8(3), bytes.readUInt32BE(5)];
        bytes = bytes.subarray(length);
        if (type !== HEADERS) continue;
        requests += 1;
        answer(socket, stream);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const refuse = (socket: Socket, stream: number): void => {
  socket.write(frame(RST_STREAM, stream, constants.NGHTTP2_REFUSED_STREAM));
};
/** The last stream that was processed is none. */
const goAway = (socket: Socket): void => {
  socket.end(frame(GOAWAY, 0, 0, constants.NGHTTP2_NO_ERROR));
};
const failInside = (socket: Socket, stream: number): void => {
  socket.write(frame(RST_STREAM, stream, constants.NGHTTP2_INTERNAL_ERROR));
};

const PATH = '/api/machines/1/isolate';

const clients: readonly (readonly [
  name: string,
  act: (resilience: Resilience, url: string) => Promise<unknown>,
])[] = [
  [
    'node:http2',
    (resilience, url) =>
      resilience.execute('machines.isolate', async ({ signal }: AttemptContext) => {
        const session = connect(url);
        try {
          const stream = session.request({ ':method': 'POST', ':path': PATH }, { signal });
          stream.end();
          const answered: readonly unknown[] = await once(stream, 'response');
          return answered[0];
        } finally {
          session.close();
        }
      }),
  ],
  [
    'axios',
    (resilience, url) =>
      wrapAxios(resilience, axios.create()).post(url + PATH, '{}', {
        httpVersion: 2,
      } as object),
  ],
  [
    'undici',
    async (resilience, url) => {
      const client = new H2CClient(url);
      try {
        const dispatcher = client.compose(undiciInterceptor(resilience));
        return await dispatcher.request({ origin: url, path: PATH, method: 'POST', body: '{}' });
      } finally {
        void client.destroy();
      }
    },
  ],
];

describe.each(clients)('an action by %s over HTTP/2', (_name, act) => {
  it.each([
    ['refuses it', refuse],
    ['goes away without it', goAway],
  ])('is sent again where the server %s, and was not carried out', async (_how, answer) => {
    await using server = await startServer(answer);
    const failures: (Failure | undefined)[] = [];
    const end = ({ failure }: { failure?: Failure }): void => void failures.push(failure);
    const resilience = quick(server.url, { observers: [{ call: () => ({ end }) }] });
    const error: unknown = await act(resilience, server.url).catch((caught: unknown) => caught);
    expect(server.requests).toBeGreaterThanOrEqual(4);
    expect(classify(error)).toMatchObject({ source: 'network', verdict: 'retryable' });
    expect(failures.map((failure) => failure?.ambiguous)).toEqual([undefined]);
    expect(failures[0]?.advice).toContain('nothing was carried out');
  });

  it('is not sent again where the server fails inside it', async () => {
    await using server = await startServer(failInside);
    const resilience = quick(server.url);
    const error: unknown = await act(resilience, server.url).catch((caught: unknown) => caught);
    expect(server.requests).toBe(1);
    expect(classify(error)).toMatchObject({ ambiguous: true, verdict: 'terminal' });
  });
});

it('takes a session that accepts no more streams for one that sent nothing', () => {
  const codes = [
    'ERR_HTTP2_GOAWAY_SESSION',
    'ERR_HTTP2_INVALID_SESSION',
    'ERR_HTTP2_STREAM_CANCEL',
  ];
  for (const code of codes) {
    const failure = classify(Object.assign(new Error('no more'), { code }));
    expect(failure).toMatchObject({ code, verdict: 'retryable' });
    expect(failure?.ambiguous).toBeUndefined();
  }
});
