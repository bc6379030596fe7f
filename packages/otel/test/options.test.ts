import { createResilience } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { type OtelObserverOptions, otelObserver } from '../src/index.ts';
import { type FinishedSpan, newestSdk, type TestSdk } from './support/sdks.ts';

const MACHINE =
  'https://api.security.microsoft.com/api/machines/0a3a1a1dfdd3c0f1c2f54f76b9f0f1c3a9bd4f07';

async function sent(
  options: OtelObserverOptions,
  url: string,
  init?: RequestInit,
  status = 200,
): Promise<{ sdk: TestSdk; attempt: FinishedSpan | undefined; call: FinishedSpan | undefined }> {
  const sdk = newestSdk.create();
  const { tracerProvider, meterProvider } = sdk;
  const observers = [otelObserver({ tracerProvider, meterProvider, ...options })];
  const fetch = createResilience({ observers }).wrapFetch(
    async () => new Response('{}', { status }),
  );
  await fetch(url, init);
  const [attempt, call] = sdk.spans();
  return { sdk, attempt, call };
}

describe('otelObserver', () => {
  it('names every option that is not valid at once', () => {
    const options: object = {
      tracerProvider: {},
      meterProvider: 'global',
      propagate: 'baggage',
      suppressTransportSpans: 1,
      urlCapture: 'full',
      expectedStatuses: [404, 1000],
      maxOperations: 0,
    };
    expect(() => otelObserver(options)).toThrow(
      new TypeError(
        'otelObserver got invalid options:\n' +
          '- tracerProvider must be a TracerProvider, got an object\n' +
          '- meterProvider must be a MeterProvider, got "global"\n' +
          "- propagate must be 'none' or 'traceparent', got \"baggage\"\n" +
          '- suppressTransportSpans must be true or false, got 1\n' +
          "- urlCapture must be 'redacted' or 'template', got \"full\"\n" +
          '- expectedStatuses[1] must be an integer ≥ 100 and ≤ 599, got 1000\n' +
          '- maxOperations must be an integer ≥ 1, got 0',
      ),
    );
  });

  it.each([
    { 'error.type': 'x' },
    { '': 'x' },
    { tenant: 'x'.repeat(129) },
    { tenant: Number.NaN },
    { tenant: ['contoso'] },
    Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, index])),
    ['contoso'],
    'contoso',
  ])('refuses the constantAttributes %j', (constantAttributes: unknown) => {
    const options: object = { constantAttributes };
    expect(() => otelObserver(options)).toThrow(
      /^otelObserver got invalid options:\n- constantAttributes/,
    );
  });

  it.each([
    ['urlCaptur', 'urlCapture'],
    ['tracer', 'tracerProvider'],
    ['expectedStatus', 'expectedStatuses'],
  ])('refuses %s, and says the right name', (wrong, right) => {
    const options: object = { [wrong]: 'template' };
    expect(() => otelObserver(options)).toThrow(
      new TypeError(
        `otelObserver got invalid options:\n- ${wrong} is not an option; did you mean ${right}?`,
      ),
    );
  });

  it('refuses options that are not an object', () => {
    const options: object = ['template'];
    expect(() => otelObserver(options)).toThrow('otelObserver takes an object of options');
  });

  it('treats undefined as the default', () => {
    const options: object = { propagate: undefined, maxOperations: undefined };
    expect(() => otelObserver(options)).not.toThrow();
  });
});

describe('the URL', () => {
  it('keeps the path and harmless query values', async () => {
    const query = '?$top=5&$filter=userPrincipalName%20eq%20%27ann%27&api-version=1';
    const { attempt } = await sent({}, MACHINE + query);
    expect(attempt?.attributes['url.full']).toBe(
      `${MACHINE}?$top=5&$filter=REDACTED&api-version=1`,
    );
  });

  it('is the route with urlCapture template', async () => {
    const { attempt } = await sent({ urlCapture: 'template' }, `${MACHINE}?$filter=x`);
    expect(attempt?.attributes['url.full']).toBe(
      'https://api.security.microsoft.com/api/machines/{id}',
    );
  });

  it('is redacted with urlCapture template where the route is not known', async () => {
    const { attempt } = await sent(
      { urlCapture: 'template' },
      'http://files.example:8080/a/secret?sig=1',
    );
    expect(attempt?.attributes['url.full']).toBe('http://files.example:8080/REDACTED');
    expect(attempt?.name).toBe('GET');
  });

  it('names an IPv6 server without brackets', async () => {
    const { attempt } = await sent({}, 'http://[::1]:8080/x');
    expect(attempt?.attributes).toMatchObject({ 'server.address': '::1', 'server.port': 8080 });
  });
});

describe('the method', () => {
  it('reads _OTHER, and the span HTTP, where the conventions do not know it', async () => {
    const { attempt } = await sent({}, MACHINE, { method: 'PURGE' });
    expect(attempt?.name).toMatch(/^HTTP/);
    expect(attempt?.attributes).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'PURGE',
    });
  });
});

describe('expectedStatuses', () => {
  it('keeps a status from being an error on spans and metrics', async () => {
    const { sdk, attempt, call } = await sent({ expectedStatuses: [404] }, MACHINE, undefined, 404);
    for (const span of [attempt, call]) {
      expect(span?.status.code).toBe(0);
      expect(span?.attributes).not.toHaveProperty('error.type');
      expect(span?.attributes).toMatchObject({ 'defender.error.code': 'Http404' });
    }
    expect(call?.attributes['defender.outcome']).toBe('failure');
    const names = (await sdk.metrics()).map((metric) => metric.descriptor.name);
    expect(names).not.toContain('defender.client.errors');
  });

  it('does not change other statuses', async () => {
    const { attempt, call } = await sent({ expectedStatuses: [404] }, MACHINE, undefined, 403);
    expect([attempt?.status.code, call?.status.code]).toEqual([2, 2]);
  });
});
