import { catalogue, createResilience, failureOf } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { otelObserver } from '../src/index.ts';
import { assertSpan, childrenOf, spanNamed } from './support/assert-span.ts';
import { startBench } from './support/bench.ts';
import { withAsyncContext } from './support/context.ts';
import { sdkVersions } from './support/sdks.ts';

withAsyncContext();

const LIST = '/api/incidents';

describe.each(sdkVersions)('with SDK $version', (sdk) => {
  it('traces a success as one call with one CLIENT attempt', async () => {
    await using bench = await startBench({ sdk });
    const url = `${bench.simulator.url}${LIST}?$top=5`;
    await (await bench.resilience.fetch(url)).text();

    const spans = bench.sdk.spans();
    expect(spans).toHaveLength(2);
    const call = assertSpan(spanNamed(spans, 'defender incidents.list'), {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      attributes: {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'success',
        'defender.attempts': 1,
      },
    });
    assertSpan(spanNamed(spans, `GET ${LIST}`), {
      name: `GET ${LIST}`,
      kind: 'CLIENT',
      parent: call,
      attributes: {
        'http.request.method': 'GET',
        ...bench.server,
        'url.full': url,
        'url.template': LIST,
        'http.response.status_code': 200,
        'defender.operation': 'incidents.list',
        'defender.attempt': 1,
      },
    });
  });

  it("shows the service's ID of a request that succeeded", async () => {
    const { tracerProvider, spans } = sdk.create();
    const { wrapFetch } = createResilience({ observers: [otelObserver({ tracerProvider })] });
    const headers = { 'x-ms-request-id': 'a1d1c2a0-0000-4000-8000-000000000002' };
    const fetch = wrapFetch(async () => new Response('{}', { headers }));
    await fetch('https://api.security.microsoft.com/api/incidents');
    expect(spanNamed(spans(), `GET ${LIST}`).attributes).toMatchObject({
      'azure.service.request.id': 'a1d1c2a0-0000-4000-8000-000000000002',
    });
  });

  it('traces every attempt of a call that succeeds in the end, and keeps its tracking IDs', async () => {
    await using bench = await startBench({ sdk });
    const { simulator, resilience } = bench;
    simulator.script('InternalServerError', { status: 429, retryAfter: 0 });
    await (await resilience.fetch(simulator.url + LIST)).text();

    const [first = '', second = ''] = simulator.trackingIds;
    const spans = bench.sdk.spans();
    const call = assertSpan(spanNamed(spans, 'defender incidents.list'), {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      attributes: {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'success',
        'defender.attempts': 3,
        'defender.tracking_ids': [first, second],
      },
    });
    const common = {
      'http.request.method': 'GET',
      ...bench.server,
      'url.full': simulator.url + LIST,
      'url.template': LIST,
      'defender.operation': 'incidents.list',
    };
    const attempts = childrenOf(spans, call);
    assertSpan(attempts[0], {
      name: `GET ${LIST}`,
      kind: 'CLIENT',
      status: 'ERROR',
      parent: call,
      attributes: {
        ...common,
        'defender.attempt': 1,
        'http.response.status_code': 500,
        'error.type': 'InternalServerError',
        'defender.error.code': 'InternalServerError',
        'defender.tracking_id': first,
      },
    });
    assertSpan(attempts[1], {
      name: `GET ${LIST}`,
      kind: 'CLIENT',
      status: 'ERROR',
      parent: call,
      attributes: {
        ...common,
        'defender.attempt': 2,
        'http.request.resend_count': 1,
        'defender.retry.delay_ms': 0,
        'defender.retry.reason': 'InternalServerError',
        'defender.retry.source': 'backoff',
        'http.response.status_code': 429,
        'error.type': 'TooManyRequests',
        'defender.error.code': 'TooManyRequests',
        'defender.tracking_id': second,
      },
    });
    assertSpan(attempts[2], {
      name: `GET ${LIST}`,
      kind: 'CLIENT',
      parent: call,
      attributes: {
        ...common,
        'defender.attempt': 3,
        'http.request.resend_count': 2,
        'defender.retry.delay_ms': 0,
        'defender.retry.reason': 'TooManyRequests',
        'defender.retry.source': 'retry-after',
        'http.response.status_code': 200,
      },
    });
    expect(attempts).toHaveLength(3);
  });

  it('marks a call that ran out of retries with its last failure', async () => {
    await using bench = await startBench({ sdk, resilience: { retry: { maxRetries: 2 } } });
    const { simulator, resilience } = bench;
    simulator.script({ status: 503, times: 3 });
    await (await resilience.fetch(simulator.url + LIST)).text();

    const spans = bench.sdk.spans();
    const call = assertSpan(spanNamed(spans, 'defender incidents.list'), {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'failure',
        'defender.attempts': 3,
        'defender.give_up_reason': 'retries-exhausted',
        'error.type': '503',
        'defender.error.code': 'Http503',
        // No envelope of the service and no Retry-After: it may have been carried out.
        'defender.ambiguous': true,
      },
    });
    expect(childrenOf(spans, call).map((span) => span.attributes['error.type'])).toEqual([
      '503',
      '503',
      '503',
    ]);
  });

  it.each(
    catalogue.filter((entry) => entry.verdict === 'terminal' && entry.families.includes('xdr')),
  )('marks call and attempt with the terminal code $code', async ({ code, status }) => {
    await using bench = await startBench({ sdk });
    const { simulator, resilience } = bench;
    simulator.script(code);
    const response = await resilience.fetch(simulator.url + LIST);
    await response.text();

    expect(failureOf(response)?.code).toBe(code);
    const spans = bench.sdk.spans();
    const failed = {
      'defender.operation': 'incidents.list',
      'error.type': code,
      'defender.error.code': code,
      'defender.tracking_id': simulator.trackingIds[0] ?? '',
    };
    const call = assertSpan(spanNamed(spans, 'defender incidents.list'), {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        ...failed,
        'defender.outcome': 'failure',
        'defender.attempts': 1,
        'defender.give_up_reason': 'terminal',
      },
    });
    assertSpan(spanNamed(spans, `GET ${LIST}`), {
      name: `GET ${LIST}`,
      kind: 'CLIENT',
      status: 'ERROR',
      parent: call,
      attributes: {
        ...failed,
        'http.request.method': 'GET',
        ...bench.server,
        'url.full': simulator.url + LIST,
        'url.template': LIST,
        'http.response.status_code': status,
        'defender.attempt': 1,
      },
    });
  });
});
