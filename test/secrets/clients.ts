import {
  createResilience,
  type Resilience,
  type ResilienceOptions,
} from '@defender-resilience/core';
import { startProxy } from '../../packages/cli/src/proxy/proxy.ts';
import { everyClient, type OpenClient } from '../../packages/core/test/support/every-client.ts';
import {
  furtherClients,
  proxiedClients,
} from '../../packages/core/test/support/further-clients.ts';
import type { Ending } from './endings.ts';

const COMMAND = 'defender-resilience proxy';

/** A client that is ready to send. */
interface ReadyClient extends OpenClient {
  readonly resilience: Pick<Resilience, 'close' | 'snapshot'>;
  /** What a program of ours has written about the calls, beside what its observers get. */
  readonly pages?: () => Promise<readonly string[]>;
}

/** @param url - of the service, perhaps with user and password @param proxy - the same, of a proxy */
type Open = (options: ResilienceOptions, url: string, proxy: string) => Promise<ReadyClient>;

type Wrapped = (resilience: Resilience, url: string, proxy: string) => OpenClient;

function through(client: Wrapped): Open {
  return (options, url, proxy) => {
    const resilience = createResilience(options);
    return Promise.resolve({ ...client(resilience, url, proxy), resilience });
  };
}

/** The Graph SDK adds the version of its API itself, and takes a fragment for a part of the query. */
const graphPaths =
  (client: Wrapped): Wrapped =>
  (resilience, url, proxy) => {
    const open = client(resilience, url, proxy);
    const send: OpenClient['send'] = (sent) =>
      open.send({ ...sent, path: sent.path.replace(/^\/v1\.0|#.*/g, '') });
    return { ...open, send };
  };

/** `defender-resilience proxy`, asked by a fetch that is not wrapped. */
const commandLineProxy: Open = async ({ hosts: _, ...resilience }, url) => {
  const proxy = await startProxy({
    listen: '127.0.0.1:0',
    metrics: '127.0.0.1:0',
    upstreams: [url],
    resilience,
    limits: { drainMs: 1 },
  });
  const own: string[] = [];
  return {
    resilience: { close: () => proxy.close(), snapshot: () => proxy.snapshot().resilience },
    async send({ method, path, headers, body, signal }) {
      const init = { method, headers, body, ...(signal && { signal }) };
      const response = await fetch(`${proxy.urls[0]}${path}`, init);
      const text = await response.text();
      const added = [...response.headers].filter(([name]) =>
        /^(x-defender-|via$|proxy-)/.test(name),
      );
      own.push(added.join());
      // The proxy's own answer, where it got none.
      if (response.headers.get('proxy-status')?.includes('error=')) own.push(text);
      return text;
    },
    async pages() {
      const paths = ['/metrics', '/snapshot', '/debug/defender/errors'];
      const served = paths.map(async (page) => (await fetch(`${proxy.adminUrl}${page}`)).text());
      return [...own, ...(await Promise.all(served))];
    },
    async [Symbol.asyncDispose]() {
      void proxy.close();
      await proxy.close();
    },
  };
};

/** Every client, by its name. */
export const clients: Readonly<Record<string, Open>> = {
  ...Object.fromEntries(
    Object.entries({ ...everyClient, ...furtherClients, ...proxiedClients }).map(
      ([name, client]) => [name, through(client)],
    ),
  ),
  ...(everyClient['Graph'] && { Graph: through(graphPaths(everyClient['Graph'])) }),
  [COMMAND]: commandLineProxy,
};

/** Whether a client has an ending at all. */
export function has(client: string, ending: Ending): boolean {
  // A text says nothing that the wrapper could go by.
  if (client === 'execute that throws a text') return ending.ends.includes('terminal');
  // Kiota has spans of its own, with user and password of a URL. The proxy refuses such a URL, and one that
  // closes has no admin page.
  if (ending.password) return client !== 'Kiota' && client !== COMMAND;
  return client !== COMMAND || ending.meanwhile === undefined;
}
