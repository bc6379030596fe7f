// Calls that carry a secret in every place, then a heap snapshot: prints how often the secret is left in it.
// With BARE=1 they are made without the wrapper: Node itself keeps the URL of the last one.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { getHeapSnapshot } from 'node:v8';
import { createResilience, failureOf } from '@defender-resilience/core';

// Kept in a form in which the snapshot does not show it as a text.
const hidden = randomBytes(12);
const reveal = (): string => Buffer.from(hidden.map((byte) => byte ^ 0x5a)).toString('hex');

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const status = [500, 429, 403][Number(request.headers['x-step'])] ?? 500;
    const error = { code: 'InternalServerError', message: `You sent ${reveal()}`, target: 'id' };
    response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ error }));
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const resilience = createResilience({
  hosts: { [`127.0.0.1:${port}`]: 'all' },
  retry: { initialDelayMs: 1, maxDelayMs: 1, throttleInitialDelayMs: 1, throttleMaxDelayMs: 1 },
});

async function call(step: number): Promise<string | undefined> {
  const secret = reveal();
  const send = process.env['BARE'] === undefined ? resilience.fetch : fetch;
  const response = await send(
    `http://127.0.0.1:${port}/api/advancedqueries/run?sig=${secret}&$filter=x eq '${secret}'`,
    {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secret}`,
        cookie: `session=${secret}`,
        'x-step': String(step),
      },
      body: JSON.stringify({ Query: `DeviceInfo | where x == '${secret}'` }),
    },
  );
  const { code } = failureOf(response) ?? {};
  await response.text();
  return code;
}

const codes: (string | undefined)[] = [];
for (const step of [0, 1, 2]) codes.push(await call(step));
await resilience.close();
server.close();
server.closeAllConnections();
for (let round = 0; round < 5; round += 1) {
  globalThis.gc?.();
  await wait(20);
}
const chunks: Buffer[] = [];
for await (const chunk of getHeapSnapshot()) chunks.push(chunk as Buffer);
const snapshot = Buffer.concat(chunks);
const needle = Buffer.from(reveal());
let found = 0;
for (let at = snapshot.indexOf(needle); at >= 0; at = snapshot.indexOf(needle, at + 1)) {
  found += 1;
}
process.stdout.write(JSON.stringify({ codes, found }));
