import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createResilience, type Resilience } from '@defender-resilience/core';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { otelObserver } from '../src/index.ts';
import { startTelemetry } from '../src/sdk.ts';
import { type OtlpReceiver, startOtlpReceiver } from './support/otlp.ts';

// With instrumented transports, and with each way to record URLs. Every other client and place: `test/secrets` of the
// repository.

/** Whatever holds this word is a secret. */
const CANARY = 'C4N4RY';
const TOKEN = `eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.${CANARY.repeat(12)}.${CANARY}`;
const HUNTING_QUERY = `DeviceProcessEvents | where AccountName == "${CANARY}"`;

/** Answers every request with an error that gives everything that it was sent back. */
const echo: Server = createServer((request, response) => {
  const parts: Uint8Array[] = [];
  request.on('data', (part: Uint8Array) => parts.push(part));
  request.on('end', () => {
    const sent = `${request.url} ${request.rawHeaders.join(' ')} ${Buffer.concat(parts)}`;
    const { searchParams } = new URL(request.url ?? '', 'http://echo');
    const status = Number(searchParams.get('$top'));
    response.writeHead(status, {
      'content-type': 'application/json',
      'set-cookie': `session=${CANARY}`,
      'www-authenticate': `Bearer ${TOKEN}`,
      'request-id': TOKEN,
      'x-ms-request-id': `ann@${CANARY}.example`,
      location: `/?sig=${CANARY}`,
    });
    const code =
      { 500: `Refused ${TOKEN}`, 403: TOKEN, 400: HUNTING_QUERY }[status] ?? `No ${CANARY}`;
    response.end(JSON.stringify({ error: { code, message: sent, target: TOKEN } }));
  });
});

let receiver: OtlpReceiver;
let url = '';

beforeAll(async () => {
  receiver = await startOtlpReceiver();
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  const { port } = echo.address() as AddressInfo; // A TCP server that listens has no other kind.
  url = `http://127.0.0.1:${port}`;
});

afterAll(async () => {
  echo.closeAllConnections();
  echo.close();
  await receiver[Symbol.asyncDispose]();
  trace.disable();
  metrics.disable();
  context.disable();
  propagation.disable();
});

/** Sends a secret in every place where a caller can put one. */
async function sendSecrets({ fetch, wrapFetch }: Resilience): Promise<void> {
  const headers = { authorization: `Bearer ${TOKEN}`, cookie: `a=${CANARY}`, 'x-key': CANARY };
  const query = `$filter=userPrincipalName eq '${CANARY}'&sig=${CANARY}&${CANARY}&$search=${CANARY}`;
  const body = JSON.stringify({ Query: HUNTING_QUERY });
  for (const status of [500, 403, 400]) {
    const target = `?$top=${status}&${query}#${CANARY}`;
    await fetch(`${url}/api/incidents${target}`, { headers });
    await fetch(`${url}/api/advancedhunting/run${target}`, { method: 'POST', headers, body });
    await fetch(`${url}/unknown${target}`, { method: 'PUT', headers, body });
  }
  const secret = new Error(`${HUNTING_QUERY} ${TOKEN}`, { cause: { token: TOKEN } });
  const rejecting = wrapFetch(() => Promise.reject(Object.assign(secret, { code: TOKEN })));
  await expect(rejecting(`https://ann:${CANARY}@files.example/x?sv=1&sig=${CANARY}`)).rejects.toBe(
    secret,
  );
  const signal = AbortSignal.abort(secret);
  await expect(fetch(`${url}/api/incidents`, { signal, headers })).rejects.toBe(secret);
}

it.each(['redacted', 'template'] as const)(
  'exports no secret, wherever it was sent, with urlCapture %s',
  async (urlCapture) => {
    const telemetry = await startTelemetry({
      serviceName: 'canary',
      endpoint: receiver.url,
      sdk: { instrumentations: [new UndiciInstrumentation()] },
    });
    await sendSecrets(
      createResilience({
        hosts: { [new URL(url).host]: 'all' },
        observers: [otelObserver({ urlCapture, propagate: 'traceparent' })],
        circuit: false,
        retry: {
          initialDelayMs: 0,
          maxDelayMs: 0,
          throttleInitialDelayMs: 0,
          throttleMaxDelayMs: 0,
        },
      }),
    );
    await telemetry.shutdown();
    trace.disable();
    metrics.disable();
    context.disable();
    propagation.disable();

    const payload = Buffer.concat(receiver.exports.map(({ bytes }) => bytes)).toString('latin1');
    expect(payload).toContain('defender hunting.run');
    expect(payload).toContain('defender.client.errors');
    expect(receiver.all('/v1/traces', 'spans').length).toBeGreaterThan(20);
    expect(payload.indexOf(CANARY)).toBe(-1);
    expect(payload).not.toContain('eyJ0eXAi');
    expect(payload).not.toContain('DeviceProcessEvents');
    expect(payload).not.toContain('userPrincipalName');
  },
);
