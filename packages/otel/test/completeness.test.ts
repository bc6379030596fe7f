import type { CallStart, Failure, HttpResponseInfo } from '@defender-resilience/core';
import { expect, it } from 'vitest';
import type { AttributePlace } from '../src/attributes.ts';
import { attributeTable } from '../src/attributes.ts';
import { otelObserver } from '../src/index.ts';
import { assertDocumented } from './support/assert-span.ts';
import { sdkVersions } from './support/sdks.ts';

const START: CallStart = {
  operation: 'machines.isolate',
  client: 'fetch',
  quotaGroup: 'machines',
  request: {
    method: 'PURGE',
    scheme: 'https',
    host: 'api.security.microsoft.com',
    port: 443,
    url: 'https://api.security.microsoft.com/api/machines/1/isolate',
    template: '/api/machines/{id}/isolate',
  },
};

const FAILURE: Failure = {
  code: 'Http502',
  status: 502,
  message: 'said',
  verdict: 'retryable',
  source: 'gateway',
  trackingId: 'tracking-1',
  ambiguous: true,
};

const RESPONSE: HttpResponseInfo = { requestId: 'request-1', protocolVersion: '2' };

it.each(sdkVersions)('every attribute of the table is written with SDK $version', ({ create }) => {
  const { tracerProvider, spans } = create();
  const observer = otelObserver({ tracerProvider });

  const survived = observer.call?.(START);
  const first = survived?.attempt?.({ attempt: 1, delayMs: 0 });
  first?.end?.({ attempt: 1, durationMs: 5, status: 502, response: RESPONSE, failure: FAILURE });
  survived?.retry?.({ nextAttempt: 2, delayMs: 7, source: 'backoff', failure: FAILURE });
  survived?.throttled?.({ attempt: 2, group: 'machines', delayMs: 3 });
  const second = survived?.attempt?.({ attempt: 2, delayMs: 7, previous: FAILURE });
  second?.end?.({ attempt: 2, durationMs: 5, status: 200 });
  survived?.end?.({ outcome: 'success', attempts: 2, durationMs: 20 });
  observer.call?.(START)?.end?.({
    outcome: 'failure',
    attempts: 4,
    durationMs: 20,
    failure: FAILURE,
    giveUpReason: 'deadline',
  });

  const written: Record<AttributePlace, Set<string>> = {
    call: new Set(),
    attempt: new Set(),
    metric: new Set(),
  };
  for (const { name, attributes } of spans()) {
    const place = name.startsWith('defender') ? 'call' : 'attempt';
    assertDocumented(attributes, place);
    for (const attribute of Object.keys(attributes)) written[place].add(attribute);
  }
  for (const place of ['call', 'attempt'] as const) {
    const documented = attributeTable.filter(({ on }) => on.includes(place));
    expect([...written[place]].toSorted()).toEqual(documented.map(({ name }) => name).toSorted());
  }
});

it('keeps the tracking IDs of the first 10 failed attempts', () => {
  const [sdk] = sdkVersions.map(({ create }) => create());
  if (sdk === undefined) throw new Error('There is no SDK');
  const call = otelObserver({ tracerProvider: sdk.tracerProvider }).call?.(START);
  for (let attempt = 1; attempt <= 12; attempt += 1) {
    const failure = { ...FAILURE, trackingId: `tracking-${attempt}` };
    call?.attempt?.({ attempt, delayMs: 0 })?.end?.({ attempt, durationMs: 1, failure });
  }
  call?.end?.({ outcome: 'success', attempts: 13, durationMs: 20 });
  const ids = sdk.spans().at(-1)?.attributes['defender.tracking_ids'];
  expect(ids).toEqual(Array.from({ length: 10 }, (_, index) => `tracking-${index + 1}`));
});
