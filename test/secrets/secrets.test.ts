import type { CallEnd, Observer } from '@defender-resilience/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quickOptions } from '../../packages/core/test/support/real.ts';
import { Canaries } from './canaries.ts';
import { clients, has } from './clients.ts';
import { type Ending, endings } from './endings.ts';
import { type AllObservers, observeAll } from './observers.ts';
import { OTHER_SECRETS, requestOf, SENT_SECRETS, type SecretOf, tokenOf } from './request.ts';
import { type ServedCall, type Service, startService } from './service.ts';

const canaries = new Canaries();
const calls = new Map<string, ServedCall>();
let service: Service;
let all: AllObservers;

beforeAll(async () => {
  service = await startService(calls);
  all = await observeAll();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Makes the calls of one ending; resolves with why the last of them ended. */
async function run(client: string, name: string, ending: Ending): Promise<string> {
  const call = String(calls.size);
  const made = new Map<string, string>();
  const secret: SecretOf = (place) => {
    const canary = made.get(place) ?? canaries.make(`${place}, ${client}, ${name}`);
    made.set(place, canary);
    return canary;
  };
  const arrived = Promise.withResolvers<void>();
  calls.set(call, { answer: ending.answer, arrived: arrived.resolve, secret });
  const ends: CallEnd[] = [];
  const { origin } = new URL(service.url);
  const options = quickOptions(service.url, {
    ...ending.options,
    throwHttpErrors: true,
    refreshToken: () =>
      (ending.refresh?.(secret) ?? tokenOf(call, '', secret('new token'))) as string,
    observers: [...all.observers, failingObserver(secret), endsObserver(ends)],
  });
  const withPassword = (user: string): string =>
    origin.replace('//', `//${user}:${secret(`password of ${user}`)}@`);
  const url = ending.password ? withPassword('user') : origin;
  await using ready = await clients[client]?.(options, url, withPassword('proxy'));
  if (ready === undefined) throw new Error(`no client ${client}`);
  const { resilience } = ready;
  const controller = new AbortController();
  const request = { ...requestOf(call, secret, ending.acts === true), signal: controller.signal };
  void arrived.promise.then(() => ending.meanwhile?.({ controller, resilience, secret }));
  for (let count = 0; count < (ending.calls ?? 1); count += 1) {
    const end: unknown = await ready.send(request).catch((error: unknown) => error);
    all.settled(end, resilience);
  }
  all.written.add('pages of the proxy', ...((await ready.pages?.()) ?? []));
  const last = ends.at(-1);
  return last?.outcome === 'success' ? 'success' : (last?.giveUpReason ?? 'not sent');
}

function failingObserver(secret: SecretOf): Observer {
  const fail = (): never => {
    const error = new Error(secret('error of an observer'), { cause: secret('cause of that') });
    throw Object.assign(error, { name: `Error of ${secret('name of that')}`, code: error.message });
  };
  return {
    call: () => ({ attempt: () => ({ end: fail }), end: fail }),
    circuit: fail,
    quota: fail,
  };
}

function endsObserver(ends: CallEnd[]): Observer {
  return { call: () => ({ end: (end) => void ends.push(end) }) };
}

describe.each(Object.keys(clients))('with %s', (client) => {
  it('shows no secret, however a call ends', async () => {
    const own = Object.entries(endings).filter(([, ending]) => has(client, ending));
    const reasons = own.map(async ([name, ending]) => {
      return [name, await run(client, name, ending)] as const;
    });
    const different = (await Promise.all(reasons)).filter(
      ([name, reason]) => !endings[name]?.ends.some((one) => one === reason),
    );
    expect(all.written.leaks(canaries)).toEqual([]);
    expect(different).toEqual([]);
  });
});

it('exports and serves no secret', async () => {
  await all.stop();
  expect(all.written.leaks(canaries)).toEqual([]);
  expect(all.written.empty).toEqual(['standard output']);
});

it('was sent every secret, or was given it otherwise', () => {
  const kinds = (names: readonly string[]): string[] =>
    [...new Set(names.map((name) => name.slice(0, name.indexOf(','))))].toSorted();
  const sent = canaries.find(service.received.join('\n')).map(({ canary }) => canary);
  expect(kinds(sent)).toEqual(SENT_SECRETS.toSorted());
  expect(kinds(canaries.names)).toEqual([...SENT_SECRETS, ...OTHER_SECRETS].toSorted());
});
