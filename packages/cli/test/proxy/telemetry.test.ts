import { otelObserver } from '@defender-resilience/otel';
import { expect, it } from 'vitest';
import { startTestTelemetry } from '../../../otel/test/support/telemetry.ts';
import { startProxyTelemetry } from '../../src/proxy/telemetry.ts';
import { proxyTo, simulator } from './support.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

it('exports spans that belong to the trace of the client', async () => {
  const telemetry = await startTestTelemetry();
  const service = await simulator({ script: [500, 'Forbidden'] });
  const proxy = await proxyTo(service.url, { observers: [otelObserver()] });
  const response = await fetch(`${proxy.url}/api/advancedhunting/run`, {
    method: 'POST',
    body: '{"Query":"DeviceInfo"}',
    headers: {
      'content-type': 'application/json',
      authorization: 'Bearer token',
      traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`,
    },
  });
  expect([response.status, response.headers.get('x-defender-attempts')]).toEqual([403, '2']);
  await telemetry.stop();
  const traces = Buffer.concat(telemetry.exports.map(({ bytes }) => bytes));
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
