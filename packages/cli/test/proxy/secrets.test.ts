import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { logObserver } from '@defender-resilience/core';
import { otelObserver } from '@defender-resilience/otel';
import { startTelemetry } from '@defender-resilience/otel/sdk';
import { expect, it, onTestFinished } from 'vitest';
import { startProxyTelemetry } from '../../src/proxy/telemetry.ts';
import { proxyTo, simulator } from './support.ts';

/** What a request must not leave anywhere but at the service. */
const CANARIES = ['canary-token', 'canary-cookie', 'canary-query', 'canary-body'];

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

it('keeps tokens, cookies, queries and bodies out of logs, metrics, snapshots and spans', async () => {
  const exported: Buffer[] = [];
  const collector = createServer((request, response) => {
    void buffer(request).then((body) => {
      exported.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => {
    collector.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    collector.close();
    collector.closeAllConnections();
  });
  const { port } = collector.address() as { port: number };
  const telemetry = await startTelemetry({ endpoint: `http://127.0.0.1:${port}` });
  const logged: unknown[] = [];
  const log = (...values: readonly unknown[]): void => void logged.push(...values);
  const logger = { info: log, warn: log, error: log };
  const service = await simulator({ script: [500, 'Forbidden'] });
  const proxy = await proxyTo(service.url, {
    observers: [otelObserver(), logObserver({ logger })],
  });

  const response = await fetch(`${proxy.url}/api/advancedhunting/run?secret=canary-query`, {
    method: 'POST',
    body: '{"Query":"canary-body"}',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer canary-token',
      cookie: 'a=canary-cookie',
      traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
    },
  });
  expect([response.status, response.headers.get('x-defender-attempts')]).toEqual([403, '2']);
  await telemetry.shutdown();
  const traces = Buffer.concat(exported);
  const metrics = await (await fetch(`${proxy.adminUrl}/metrics`)).text();
  const errors = await (await fetch(`${proxy.adminUrl}/debug/defender/errors`)).text();
  const said = [
    ...[traces.toString('latin1'), metrics, errors],
    ...[JSON.stringify(logged), JSON.stringify(proxy.snapshot()), [...response.headers].join()],
  ];
  for (const canary of CANARIES) expect(said.filter((text) => text.includes(canary))).toEqual([]);
  expect(traces.includes('hunting.run')).toBe(true);
  expect(traces.includes(Buffer.from(TRACE_ID, 'hex'))).toBe(true);
});

it('exports only where the usual variables ask for it', async () => {
  for (const env of [
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
    { OTEL_TRACES_EXPORTER: 'none' },
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' },
  ]) {
    expect((await startProxyTelemetry(env)).observers).toEqual([]);
  }
});
