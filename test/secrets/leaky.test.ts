// Lets a secret into every place on purpose, and looks whether it is found there: a place that is not searched, or
// that nothing is ever written to, would make the table of secrets pass.
import { createResilience, type Observer } from '@defender-resilience/core';
import { expect, it } from 'vitest';
import { startServer } from '../../packages/core/test/support/real.ts';
import { Canaries } from './canaries.ts';
import { clients } from './clients.ts';
import { observeAll, PLACES } from './observers.ts';

it('finds a secret in every place that it is let into', async () => {
  const canaries = new Canaries();
  const [name, id, warning, output] = ['operation', 'ID', 'warning', 'output'].map((made) =>
    canaries.make(made),
  );
  const all = await observeAll();
  const leaky: Observer = {
    call: () => {
      process.emitWarning(`called with ${warning}`);
      process.stderr.write(`called with ${output}`);
      return undefined;
    },
  };
  const options = {
    observers: [...all.observers, leaky],
    throwHttpErrors: true,
    retry: { maxRetries: 0 },
  };
  const body = { error: { code: 'Forbidden', message: 'said', target: id } };
  await using service = await startServer((_request, response) => {
    response.writeHead(403, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const resilience = createResilience(options);
  const fail = (): never => {
    throw Object.assign(new Error('no'), { response: { status: 403, data: body } });
  };
  for (const call of [resilience.execute(`job.${name}`, fail), resilience.fetch(service.url)]) {
    all.settled(await call.catch((error: unknown) => error), resilience);
  }
  await using proxy = await clients['defender-resilience proxy']?.(options, service.url, '');
  const sent = { method: 'POST', path: '/api/machines', headers: {}, body: '{}' } as const;
  await proxy?.send(sent);
  all.written.add('pages of the proxy', ...((await proxy?.pages?.()) ?? []));
  await all.stop();

  const leaks = all.written.leaks(canaries);
  const places = new Set(leaks.map(({ place }) => place));
  expect(PLACES.filter((place) => !places.has(place))).toEqual([]);
});
