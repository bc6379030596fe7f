// Calls that carry a secret in every place, through each client with the wrapper and without it, then a heap snapshot:
// prints how often the secret of each is left in it. Each wrapper is still open then, and its circuit too.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { getHeapSnapshot } from 'node:v8';
import {
  type CircuitState,
  createResilience,
  failureOf,
  logObserver,
  type Resilience,
} from '@defender-resilience/core';
import type { OpenClient } from '../../../packages/core/test/support/every-client.ts';
import { lightClients } from '../../../packages/core/test/support/light-clients.ts';
import { promObserver } from '../../../packages/prom/src/index.ts';

/** A secret that is kept in a form in which the snapshot does not show it as a text. */
class HiddenSecret {
  readonly #bytes = randomBytes(12);

  reveal(): string {
    return Buffer.from(this.#bytes.map((byte) => byte ^ 0x5a)).toString('hex');
  }
}

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const message = `You sent ${String(request.headers.authorization)}`;
    const status = Number(request.headers['x-status']);
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ error: { code: 'InternalServerError', message, target: 'id' } }));
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const url = `http://127.0.0.1:${port}`;

const none = (): void => undefined;
const logger = { info: none, warn: none, error: none };
const observers = [promObserver({ exemplars: false }), logObserver({ logger })];

function wrapper(): Resilience {
  return createResilience({
    hosts: { [new URL(url).host]: 'all' },
    circuit: { minimumAttempts: 1, failureRatio: 0.01 },
    retry: { initialDelayMs: 1, maxDelayMs: 1, throttleInitialDelayMs: 1, throttleMaxDelayMs: 1 },
    observers,
  });
}

async function call({ send }: OpenClient, status: number, secret: string): Promise<unknown> {
  const end: unknown = await send({
    method: 'POST',
    path: `/v1.0/security/runHuntingQuery?sig=${secret}&$filter=x eq '${secret}'`,
    headers: {
      authorization: `Bearer ${secret}`,
      cookie: `session=${secret}`,
      'x-status': String(status),
    },
    body: JSON.stringify({ Query: `DeviceInfo | where x == '${secret}'` }),
  }).catch((error: unknown) => error);
  return failureOf(end)?.status;
}

/** What one client did, and what is left of its secret. */
interface Subject {
  readonly client: string;
  readonly secret: HiddenSecret;
  readonly resilience: Resilience | undefined;
  readonly statuses: unknown[];
}

async function subjectOf(client: string, resilience: Resilience | undefined): Promise<Subject> {
  const secret = new HiddenSecret();
  const open = lightClients[client]?.(url, resilience);
  const statuses: unknown[] = [];
  // The last one opens the circuit.
  for (const status of open === undefined ? [] : [200, 429, 403, 500]) {
    statuses.push(open && (await call(open, status, secret.reveal())));
  }
  await open?.[Symbol.asyncDispose]();
  return { client, secret, resilience, statuses };
}

const subjects: Subject[] = [];
for (const client of Object.keys(lightClients)) {
  subjects.push(await subjectOf(client, undefined), await subjectOf(client, wrapper()));
}
server.closeAllConnections();
for (let round = 0; round < 5; round += 1) {
  globalThis.gc?.();
  await wait(20);
}
const chunks: Buffer[] = [];
for await (const chunk of getHeapSnapshot()) chunks.push(chunk as Buffer);
const snapshot = Buffer.concat(chunks);

function countOf(text: string): number {
  let count = 0;
  for (let at = snapshot.indexOf(text); at >= 0; at = snapshot.indexOf(text, at + 1)) count += 1;
  return count;
}

/** What this program prints of each. */
export interface HeapReport {
  readonly client: string;
  readonly statuses: readonly unknown[];
  /** Undefined without the wrapper. */
  readonly circuit?: CircuitState;
  /** How often the secret is left. */
  readonly left: number;
}

const reports = subjects.map(({ client, secret, resilience, statuses }): HeapReport => {
  const state = resilience?.snapshot().circuits[0]?.state;
  return { client, statuses, ...(state && { circuit: state }), left: countOf(secret.reveal()) };
});
process.stdout.write(JSON.stringify(reports));
for (const { resilience } of subjects) await resilience?.close();
server.close();
