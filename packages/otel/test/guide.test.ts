import { readFile } from 'node:fs/promises';
import { createResilience } from '@defender-resilience/core';
import { otelObserver } from '@defender-resilience/otel';
import { startTelemetry } from '@defender-resilience/otel/sdk';
import { startSimulator } from '@defender-resilience/simulator';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startOtlpReceiver } from './support/otlp.ts';

afterEach(() => {
  trace.disable();
  metrics.disable();
  context.disable();
  propagation.disable();
  vi.unstubAllEnvs();
});

/** The guide shows only code that runs here: its snippets are searched in this file. */
describe('the guide', () => {
  it('sets telemetry up for those who have none', async () => {
    await using receiver = await startOtlpReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
    await using simulator = await startSimulator();
    const url = simulator.url;

    const telemetry = await startTelemetry({ serviceName: 'nightly-export' });
    const { fetch } = createResilience({ observers: [otelObserver()] });

    const response = await fetch(`${url}/api/incidents`);

    await telemetry.shutdown(); // exports what is not exported yet

    expect(response.status).toBe(200);
    expect(receiver.all('/v1/traces', 'spans')).toHaveLength(2);
  });

  it('names the receiver in code', async () => {
    await using receiver = await startOtlpReceiver();
    const collector = receiver.url;

    const telemetry = await startTelemetry({
      serviceName: 'nightly-export',
      endpoint: collector,
      sdk: { instrumentations: [new UndiciInstrumentation()] },
    });

    await expect(telemetry.shutdown()).resolves.toBeUndefined();
  });

  it('needs one line where there is an SDK', async () => {
    await using receiver = await startOtlpReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
    await using simulator = await startSimulator({ script: ['Forbidden'] });
    const url = simulator.url;

    const sdk = new NodeSDK({ serviceName: 'nightly-export' }); // your own set-up
    sdk.start();

    const resilience = createResilience({ observers: [otelObserver()] });
    const tracer = trace.getTracer('nightly-export');

    await tracer.startActiveSpan('nightly export', async (span) => {
      await resilience.fetch(`${url}/api/incidents`);
      span.end();
    });

    await sdk.shutdown();
    expect(receiver.all('/v1/traces', 'spans').map(({ name }) => name)).toEqual([
      'GET',
      'defender 127.0.0.1',
      'nightly export',
    ]);
  });

  it('takes the observer’s options', () => {
    const observer = otelObserver({
      urlCapture: 'template', // no ID of a machine, user or file in a span
      expectedStatuses: [404], // a 404 is not an error for you
    });

    expect(observer.call).toBeTypeOf('function');
  });

  it('names the tenant', async () => {
    const observers = [otelObserver({ constantAttributes: { tenant: 'contoso' } })];

    const { execute } = createResilience({ observers });
    await expect(execute('nightly.export', async () => 'done')).resolves.toBe('done');
  });
});

const PAGES = ['docs/guide/opentelemetry.md', 'packages/otel/README.md'];

it.each(PAGES)('%s shows only code that is run', async (page) => {
  const run = [
    await readFile('packages/otel/test/guide.test.ts', 'utf8'),
    await readFile('examples/opentelemetry.ts', 'utf8'),
  ].map(squeezed);
  const snippets = [...(await readFile(page, 'utf8')).matchAll(/```ts\n([\s\S]*?)```/g)];
  expect(snippets.length).toBeGreaterThan(0);
  for (const [, snippet = ''] of snippets) {
    for (const part of snippet.split(/\n\n+/)) {
      const found = run.some((text) => text.includes(squeezed(part)));
      expect(found, `${page} shows code that no test runs:\n${part}`).toBe(true);
    }
  }
});

function squeezed(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
