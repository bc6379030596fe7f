import { subscribe } from 'node:diagnostics_channel';
import { type ClientHttp2Stream, connect } from 'node:http2';
import { text } from 'node:stream/consumers';
import type { Resilience } from '@defender-resilience/core';
import { H2CClient } from 'undici';
import { type AnyRequest, axiosClient, type OpenClient, undiciClient } from './every-client.ts';

/** A client of Node's own, with one session for each attempt, as a small program has it. */
function nodeClient(resilience: Resilience | undefined, url: string): OpenClient {
  return {
    send: (sent: AnyRequest) => {
      const { method, signal: own } = sent;
      if (resilience === undefined) return exchange(url, sent, own);
      const options = {
        idempotent: method === 'GET',
        ...(own === undefined ? {} : { signal: own }),
      };
      return resilience.execute(
        'own.operation',
        ({ signal }) => exchange(url, sent, signal),
        options,
      );
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function exchange(
  url: string,
  { method, path, headers, body }: AnyRequest,
  signal: AbortSignal | undefined,
): Promise<string> {
  const session = connect(url);
  // The stream hears of it too.
  session.on('error', () => undefined);
  try {
    const sent = { ...headers, ':method': method, ':path': path };
    const stream = session.request(sent, signal === undefined ? {} : { signal });
    const answered = Promise.withResolvers<number>();
    stream.on('response', (head) => answered.resolve(Number(head[':status'])));
    stream.on('error', answered.reject);
    stream.on('close', () => answered.reject(new Error('The stream ended')));
    stream.end(method === 'POST' ? body : undefined);
    const status = await answered.promise;
    const answer = await text(stream);
    if (stream.rstCode !== 0) throw new Error('The stream was cut');
    if (status >= 400) throw Object.assign(new Error('refused'), { status });
    return answer;
  } finally {
    session.destroy();
  }
}

// undici 8.12.4, with and without the wrapper: a stream that fails with its session in the moment in which its
// request is aborted emits the error without a listener, which ends the process.
subscribe('http2.client.stream.created', (message) => {
  const { stream } = message as { readonly stream: ClientHttp2Stream };
  stream.on('error', () => undefined);
});

/** Every way into the wrapper over HTTP/2; without a wrapper, the bare clients. */
export const http2Clients: Readonly<
  Record<string, (resilience: Resilience | undefined, url: string) => OpenClient>
> = {
  'node:http2': nodeClient,
  undici: (resilience, url) => undiciClient(resilience, url, new H2CClient(url)),
  axios: (resilience, url) => axiosClient(resilience, url, { httpVersion: 2 } as object),
};
