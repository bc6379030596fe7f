import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createResilience } from '@defender-resilience/core';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { otelObserver } from '../src/index.ts';
import { startTelemetry, type Telemetry, type TelemetryOptions } from '../src/sdk.ts';
import { attributesOf, type OtlpReceiver, startOtlpReceiver } from './support/otlp.ts';

const INCIDENTS = 'https://api.security.microsoft.com/api/incidents?$filter=x';

const sdkModules = {
  '2.x': () => import('sdk-node-v2'),
  '3.x': () => import('@opentelemetry/sdk-node'),
};

afterEach(() => {
  trace.disable();
  metrics.disable();
  context.disable();
  propagation.disable();
  vi.unstubAllEnvs();
  vi.doUnmock('@opentelemetry/sdk-node');
});

/** One call that fails, is retried and succeeds, under the SDK; then the SDK is shut down. */
async function exportOneCall(options: TelemetryOptions): Promise<Telemetry> {
  const telemetry = await startTelemetry(options);
  const statuses = [503, 200];
  const fetch = createResilience({
    observers: [otelObserver()],
    retry: { initialDelayMs: 0, maxDelayMs: 0 },
  }).wrapFetch(async () => new Response('{}', { status: statuses.shift() ?? 500 }));
  await fetch(INCIDENTS);
  await telemetry.shutdown();
  return telemetry;
}

const LOST = { name: 'TelemetryWarning', code: 'TELEMETRY_LOST' };

/** The next warning of this process. */
const nextWarning = (): Promise<unknown> =>
  new Promise((resolve) => process.once('warning', resolve));

/** A URL at which nothing listens. */
async function deadUrl(): Promise<string> {
  const receiver = await startOtlpReceiver();
  await receiver[Symbol.asyncDispose]();
  return receiver.url;
}

const spansOf = (receiver: OtlpReceiver): { name: unknown; kind: unknown }[] =>
  receiver.all('/v1/traces', 'spans').map(({ name, kind }) => ({ name, kind }));

const CALL_SPANS = [
  { name: 'GET /api/incidents', kind: 3 },
  { name: 'GET /api/incidents', kind: 3 },
  { name: 'defender incidents.list', kind: 1 },
];

describe.each(Object.entries(sdkModules))('startTelemetry with SDK %s', (version, load) => {
  const mocked = (): void => {
    vi.doMock('@opentelemetry/sdk-node', load);
  };

  it('exports traces and metrics by OTLP over HTTP, and flushes them at shutdown', async () => {
    mocked();
    await using receiver = await startOtlpReceiver();
    await exportOneCall({ serviceName: 'nightly-export', endpoint: receiver.url });

    expect(new Set(receiver.exports.map(({ contentType }) => contentType))).toEqual(
      new Set(['application/x-protobuf']),
    );
    expect(spansOf(receiver)).toEqual(CALL_SPANS);
    const [failed, , { spanId } = {}] = receiver.all('/v1/traces', 'spans');
    expect(failed).toMatchObject({ status: { code: 2 }, parentSpanId: spanId });
    expect(attributesOf(failed)).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 503,
      'url.full': 'https://api.security.microsoft.com/api/incidents?$filter=REDACTED',
      'error.type': '503',
    });
    const exported = receiver.all('/v1/metrics', 'metrics').map(({ name, unit }) => [name, unit]);
    expect(exported).toEqual([
      ['defender.client.operation.duration', 's'],
      ['defender.client.retries', '{retry}'],
      ['defender.client.operations', '{operation}'],
      ['defender.client.operations.in_flight', '{operation}'],
      ['defender.client.attempts', '{attempt}'],
      ['defender.client.last_success.timestamp', 's'],
      ['defender.client.start_time', 's'],
      ['defender.client.circuit.state', '{state}'],
      ['defender.client.circuit.transitions', '{transition}'],
    ]);
  });

  it('names the service, and not its command line', async () => {
    mocked();
    await using receiver = await startOtlpReceiver();
    await exportOneCall({ serviceName: 'nightly-export', endpoint: receiver.url });

    const [{ resource: exported } = {}] = receiver.all('/v1/traces', 'resourceSpans');
    const resource = attributesOf(exported);
    expect(resource).toMatchObject({ 'service.name': 'nightly-export' });
    const { 'telemetry.sdk.version': sdkVersion } = resource;
    expect(String(sdkVersion)[0]).toBe(version[0]);
    expect(Object.keys(resource).filter((name) => name.startsWith('process.'))).toEqual([]);
  });

  it('uses the OTEL variables', async () => {
    mocked();
    await using receiver = await startOtlpReceiver();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', receiver.url);
    vi.stubEnv('OTEL_EXPORTER_OTLP_PROTOCOL', 'http/json');
    vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'api-key=collector');
    vi.stubEnv('OTEL_SERVICE_NAME', 'from-the-environment');
    vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=test');
    vi.stubEnv('OTEL_METRICS_EXPORTER', 'none');
    await exportOneCall({});

    expect(receiver.exports.map(({ path, contentType }) => [path, contentType])).toEqual([
      ['/v1/traces', 'application/json'],
    ]);
    expect(receiver.exports[0]?.headers['api-key']).toBe('collector');
    const [{ resource } = {}] = receiver.all('/v1/traces', 'resourceSpans');
    expect(attributesOf(resource)).toMatchObject({
      'service.name': 'from-the-environment',
      'deployment.environment.name': 'test',
    });
    expect(spansOf(receiver)).toEqual(CALL_SPANS);
  });

  it('restores the environment', async () => {
    mocked();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://somewhere.else:4318');
    const before = { ...process.env };
    await using receiver = await startOtlpReceiver();
    await using telemetry = await startTelemetry({ endpoint: new URL(receiver.url) });
    expect(process.env).toEqual(before);
    expect(telemetry).toBeDefined();
  });

  it('does nothing when the SDK is disabled', async () => {
    mocked();
    vi.stubEnv('OTEL_SDK_DISABLED', 'true');
    await using receiver = await startOtlpReceiver();
    await exportOneCall({ endpoint: receiver.url });
    expect(receiver.exports).toEqual([]);
  });

  it('affects neither calls nor shutdown when the receiver refuses exports', async () => {
    mocked();
    const warning = nextWarning();
    await using receiver = await startOtlpReceiver(400);
    const telemetry = await exportOneCall({ endpoint: receiver.url });
    expect(receiver.exports.length).toBeGreaterThan(0);
    await expect(telemetry.shutdown()).resolves.toBeUndefined();
    expect(await warning).toMatchObject(LOST);
  });

  it('does not wait longer than it may for the last export', async () => {
    mocked();
    const warning = nextWarning();
    await using receiver = await startOtlpReceiver('hang');
    await exportOneCall({ endpoint: receiver.url, shutdownTimeoutMs: 50 });
    expect(receiver.exports.length).toBeGreaterThan(0);
    expect(await warning).toMatchObject({
      ...LOST,
      message:
        'The last export failed (it took longer than 50 ms). Spans, metrics and log records that had ' +
        'not been exported are lost. Is the OTLP receiver running?',
    });
  });

  it('says what was lost when the receiver is down, within 5 s by default', async () => {
    mocked();
    const warning = nextWarning();
    const startedAt = performance.now();
    await exportOneCall({ endpoint: await deadUrl() });
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(await warning).toMatchObject({
      ...LOST,
      message:
        'The last export failed (ECONNREFUSED). Spans, metrics and log records that had not been ' +
        'exported are lost. Is the OTLP receiver running?',
    });
  });

  it('says so for metrics alone, which the SDK reports to its diagnostics only', async () => {
    mocked();
    vi.stubEnv('OTEL_TRACES_EXPORTER', 'none');
    const warning = nextWarning();
    await exportOneCall({ endpoint: await deadUrl(), shutdownTimeoutMs: 2_000 });
    expect(await warning).toMatchObject(LOST);
  });

  it('identifies the process, so that two do not write the same series', async () => {
    mocked();
    await using receiver = await startOtlpReceiver();
    await exportOneCall({ endpoint: receiver.url });
    const [{ resource } = {}] = receiver.all('/v1/metrics', 'resourceMetrics');
    const { 'service.instance.id': id } = attributesOf(resource);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });
});

it('refuses invalid options of startTelemetry, and names them all', async () => {
  const options: object = {
    name: 'nightly-export',
    endpoint: 'not a url',
    shutdownTimeoutMs: 0,
    sdk: 'none',
  };
  await expect(startTelemetry(options)).rejects.toThrow(
    new TypeError(
      'startTelemetry got invalid options:\n' +
        '- name is not an option; did you mean serviceName?\n' +
        '- endpoint must be the URL of an OTLP receiver, with http: or https:, got "not a url"\n' +
        '- shutdownTimeoutMs must be an integer ≥ 1, got 0\n' +
        '- sdk must be an object of NodeSDK options, got "none"',
    ),
  );
});

describe('without @opentelemetry/sdk-node', () => {
  it('says what to install', async () => {
    const sdk = fileURLToPath(new URL('../src/sdk.ts', import.meta.url));
    const hide = `import { registerHooks } from 'node:module';
      registerHooks({ resolve: (specifier, context, next) =>
        next(specifier.replace('@opentelemetry/sdk-node', '@opentelemetry/not-there'), context) });`;
    const program = `import { startTelemetry } from ${JSON.stringify(sdk)};
      const error = await startTelemetry({}).catch((error) => error);
      console.log(JSON.stringify([error.message, error.cause.code]));`;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--conditions=@defender-resilience/source',
      `--import=data:text/javascript,${encodeURIComponent(hide)}`,
      '--input-type=module',
      `--eval=${program}`,
    ]);
    expect(JSON.parse(stdout)).toEqual([
      'startTelemetry needs @opentelemetry/sdk-node, which is not installed: ' +
        'npm install @opentelemetry/sdk-node. A program with its own SDK needs only otelObserver.',
      'ERR_MODULE_NOT_FOUND',
    ]);
  });
});
