import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { assertSpan, childrenOf, spanNamed } from './support/assert-span.ts';
import { startBench } from './support/bench.ts';
import { withAsyncContext } from './support/context.ts';
import { sdkVersions } from './support/sdks.ts';

withAsyncContext();

const LIST = '/api/incidents';
const ISOLATE = '/api/machines/0a3a1a1dfdd3c0f1c2f54f76b9f0f1c3a9bd4f07/isolate';

/** What Node calls a cut connection: undici's own code in Node 22, the system's in Node 24. */
function nodeCodeOf({ cause }: Error & { cause?: { code?: string } }): string {
  return cause?.code ?? 'none';
}

/** A port on which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A TCP server that listens has no other kind.
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

describe.each(sdkVersions)('with SDK $version', (sdk) => {
  it('traces a call that an open circuit refuses without a CLIENT child', async () => {
    await using bench = await startBench({
      sdk,
      resilience: { circuit: { minimumAttempts: 1 }, retry: { maxRetries: 0 } },
    });
    const { simulator, resilience } = bench;
    simulator.script('InternalServerError');
    await (await resilience.fetch(simulator.url + LIST)).text();
    const before = bench.sdk.spans().length;
    await expect(resilience.fetch(simulator.url + LIST)).rejects.toThrow('circuit is open');

    const refused = bench.sdk.spans().slice(before);
    expect(refused).toHaveLength(1);
    assertSpan(refused[0], {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'rejected',
        'defender.attempts': 0,
        'defender.give_up_reason': 'circuit-open',
        'error.type': 'circuit_open',
        'defender.error.code': 'CircuitOpen',
      },
    });
  });

  it('says of an ambiguous end that the request may have been carried out', async () => {
    await using bench = await startBench({ sdk });
    const { simulator, resilience } = bench;
    simulator.script('reset-headers');
    const init = { method: 'POST', body: JSON.stringify({ Comment: 'c', IsolationType: 'Full' }) };
    const rejected = resilience.fetch(simulator.url + ISOLATE, init);
    await expect(rejected).rejects.toThrow('fetch failed');
    const code = await rejected.catch(nodeCodeOf);

    const spans = bench.sdk.spans();
    const failed = {
      'defender.operation': 'machines.isolate',
      'error.type': code,
      'defender.error.code': code,
      'defender.ambiguous': true,
    };
    const call = assertSpan(spanNamed(spans, 'defender machines.isolate'), {
      name: 'defender machines.isolate',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        ...failed,
        'defender.outcome': 'failure',
        'defender.attempts': 1,
        'defender.give_up_reason': 'not-replayable',
      },
    });
    expect(childrenOf(spans, call)).toHaveLength(1);
    assertSpan(childrenOf(spans, call)[0], {
      name: 'POST /api/machines/{id}/isolate',
      kind: 'CLIENT',
      status: 'ERROR',
      parent: call,
      attributes: {
        ...failed,
        'http.request.method': 'POST',
        ...bench.server,
        'url.full': simulator.url + ISOLATE,
        'url.template': '/api/machines/{id}/isolate',
        'defender.attempt': 1,
      },
    });
  });

  it('names a network error by its Node code', async () => {
    await using bench = await startBench({ sdk, resilience: { retry: { maxRetries: 1 } } });
    const url = `${await deadUrl()}/some/where`;
    await expect(bench.resilience.fetch(url)).rejects.toThrow('fetch failed');

    const [first, second, call] = bench.sdk.spans();
    assertSpan(call, {
      name: 'defender 127.0.0.1',
      kind: 'INTERNAL',
      status: 'ERROR',
      attributes: {
        'defender.operation': '127.0.0.1',
        'defender.outcome': 'failure',
        'defender.attempts': 2,
        'defender.give_up_reason': 'retries-exhausted',
        'error.type': 'ECONNREFUSED',
        'defender.error.code': 'ECONNREFUSED',
      },
    });
    for (const attempt of [first, second]) {
      expect(attempt).toMatchObject({ name: 'GET', kind: 2, status: { code: 2 } });
      expect(attempt?.attributes).toMatchObject({
        'error.type': 'ECONNREFUSED',
        'defender.error.code': 'ECONNREFUSED',
        'server.port': Number(new URL(url).port),
      });
      expect(attempt?.attributes).not.toHaveProperty('url.template');
      expect(attempt?.attributes).not.toHaveProperty('http.response.status_code');
    }
  });

  it('marks neither call nor attempt as an error when the caller aborts', async () => {
    await using bench = await startBench({ sdk });
    const { simulator, resilience } = bench;
    simulator.script('hang');
    const controller = new AbortController();
    const reason = new Error('the user left');
    const inFlight = resilience.fetch(simulator.url + LIST, { signal: controller.signal });
    await expect.poll(() => simulator.requests.length).toBe(1);
    controller.abort(reason);
    await expect(inFlight).rejects.toBe(reason);

    const spans = bench.sdk.spans();
    const call = assertSpan(spanNamed(spans, 'defender incidents.list'), {
      name: 'defender incidents.list',
      kind: 'INTERNAL',
      attributes: {
        'defender.operation': 'incidents.list',
        'defender.outcome': 'cancelled',
        'defender.attempts': 1,
        'defender.give_up_reason': 'cancelled',
      },
    });
    assertSpan(spanNamed(spans, `GET ${LIST}`), {
      name: `GET ${LIST}`,
      kind: 'CLIENT',
      parent: call,
      attributes: {
        'http.request.method': 'GET',
        ...bench.server,
        'url.full': simulator.url + LIST,
        'url.template': LIST,
        'defender.operation': 'incidents.list',
        'defender.attempt': 1,
      },
    });
  });
});
