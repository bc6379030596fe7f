import type { Client } from './client.ts';
import { pause } from './processes.ts';

const HUNT: RequestInit = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ Query: 'DeviceInfo | take 1' }),
};

const PATHS: readonly (readonly [path: string, init?: RequestInit])[] = [
  ['/api/incidents'],
  ['/api/machines'],
  ['/api/alerts'],
  ['/api/advancedhunting/run', HUNT],
];

const times = async (count: number, act: (index: number) => Promise<void>): Promise<void> => {
  for (let index = 0; index < count; index += 1) await act(index);
};

/** Ordinary calls until the signal says stop: about ten a second. */
export async function steady(client: Client, signal: AbortSignal): Promise<void> {
  for (let index = 0; !signal.aborted; index += 1) {
    const [path, init] = PATHS[index % PATHS.length] ?? ['/api/incidents'];
    await client.call(path, init);
    await pause(60);
  }
}

/** What happens on any day: an error here and there, one that passes, one refused call. */
export async function everyday(client: Client): Promise<void> {
  client.simulator.script(
    { code: 'InternalServerError', for: 'incidents.list' },
    { code: 'Forbidden', for: 'machines.list' },
    { code: 'InvalidInput', for: 'alerts.list' },
  );
  await times(3, async () => {
    await client.call('/api/incidents');
    await client.call('/api/machines');
    await client.call('/api/alerts');
  });
}

/** Refusals of both kinds, more than their floor. */
async function refusals(client: Client): Promise<void> {
  client.simulator.script(
    { code: 'Forbidden', for: 'machines.list', times: 12 },
    { code: 'DisabledFeature', for: 'alerts.list', times: 12 },
    { code: 'DisallowedOperation', for: 'incidents.list', times: 3 },
  );
  await times(14, async () => {
    await Promise.all([
      client.call('/api/machines'),
      client.call('/api/alerts'),
      client.call('/api/incidents'),
    ]);
    await pause(100);
  });
}

/** Errors that pass, and one that does not. */
async function flaky(client: Client): Promise<void> {
  await times(6, async (index) => {
    client.simulator.script({
      code: 'InternalServerError',
      for: 'incidents.list',
      times: index < 5 ? 2 : 4,
    });
    await times(3, () => client.call('/api/incidents'));
    await pause(200);
  });
}

/** A quota that is used up for a moment, while several calls want it. */
async function throttled(client: Client): Promise<void> {
  await times(3, async () => {
    client.simulator.script({ code: 'TooManyRequests', for: 'alerts.list', retryAfter: 1 });
    await client.call('/api/alerts');
    client.simulator.script({ code: 'TooManyRequests', for: 'alerts.list', retryAfter: 1 });
    await Promise.all([1, 2, 3, 4].map(() => client.call('/api/alerts')));
  });
}

/** An operation that is down until its circuit opens, two probes fail, and a third one closes it. */
async function outage(client: Client): Promise<void> {
  client.simulator.script({ status: 503, for: 'indicators.list', times: 12 });
  await times(36, async () => {
    await client.call('/api/indicators');
    await pause(200);
  });
}

/** All of it, for about ten seconds. */
export async function trouble(client: Client): Promise<void> {
  await refusals(client);
  await Promise.all([flaky(client), throttled(client), outage(client)]);
}
