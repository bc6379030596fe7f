import { createHash } from 'node:crypto';
import type { QuotaStore } from '@defender-resilience/core';
import { redisQuotaStore } from '@defender-resilience/core/redis';
import { describe, expect, it } from 'vitest';

/** One script that a client was asked to run. */
interface Command {
  /** The text of a script, or its hash. */
  readonly script: string;
  readonly by: 'hash' | 'text';
  readonly keys: readonly string[];
  readonly args: readonly string[];
}

type Reply = (command: Command) => unknown;

/** What each kind of client is asked, in the form that they have in common. */
const CLIENTS = {
  ioredis: (commands: Command[], reply: Reply) => {
    const run =
      (by: Command['by']) =>
      async (script: string, count: number, ...rest: string[]): Promise<unknown> => {
        const command = { script, by, keys: rest.slice(0, count), args: rest.slice(count) };
        commands.push(command);
        return reply(command);
      };
    return { evalsha: run('hash'), eval: run('text') };
  },
  'node-redis': (commands: Command[], reply: Reply) => {
    const run =
      (by: Command['by']) =>
      async (script: string, what: { keys: string[]; arguments: string[] }): Promise<unknown> => {
        const command = { script, by, keys: what.keys, args: what.arguments };
        commands.push(command);
        return reply(command);
      };
    return { evalSha: run('hash'), eval: run('text') };
  },
};

const REPLY = [0, '1200', 1_700, '3', 250, 'epoch:x', ['2', 7], [['60000', '40', '900']]];
const REQUEST = {
  group: 'incidents',
  permit: 'p:1',
  process: 'p',
  windows: [
    { windowMs: 60_000, limit: 50 },
    { windowMs: 3_600_000, limit: 1_500 },
  ],
  transitMs: 400,
};
const KEYS = ['calls', 'state', 'processes'].map((name) => `{defender:incidents}:${name}`);
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

describe.each(Object.entries(CLIENTS))('a store of %s', (_, connect) => {
  function setup(
    reply: Reply = () => REPLY,
    options?: Parameters<typeof redisQuotaStore>[1],
  ): { store: QuotaStore; commands: Command[] } {
    const commands: Command[] = [];
    return { store: redisQuotaStore(connect(commands, reply), options), commands };
  }

  it('asks for a place with all that the script reads, and reads its answer', async () => {
    const { store, commands } = setup();
    expect(await store.take(REQUEST)).toEqual({
      granted: false,
      waitMs: 1_200,
      takenAt: 1_700,
      used: [2, 7],
      processes: 3,
      pausedForMs: 250,
      limits: [{ windowMs: 60_000, limit: 40, ageMs: 900 }],
      epoch: 'epoch:x',
    });
    const [permit, process, transitMs, epoch, ...windows] = commands[0]?.args ?? [];
    expect([permit, process, transitMs]).toEqual(['p:1', 'p', '400']);
    expect(epoch).toMatch(UUID);
    expect(windows).toEqual(['60000', '50', '3600000', '1500']);
    expect(commands[0]?.keys).toEqual(KEYS);
  });

  it.each([
    [1, true],
    ['1', true],
    ['0', false],
    [2, false],
  ])('reads %j as granted: %j', async (first, granted) => {
    const { store } = setup(() => [first, ...REPLY.slice(1)]);
    expect((await store.take(REQUEST)).granted).toBe(granted);
  });

  it('reads a limit of which a part is missing as none', async () => {
    const { store } = setup(() => [...REPLY.slice(0, 7), [[]]]);
    expect((await store.take(REQUEST)).limits).toEqual([{ windowMs: 0, limit: 0, ageMs: 0 }]);
  });

  it('says when a call arrived, and nothing of one that was not sent', async () => {
    const { store, commands } = setup();
    await store.settle('incidents', 'p:1', 1_234);
    await store.settle('incidents', 'p:2', undefined);
    await store.settle('incidents', 'p:3', 0);
    expect(commands.map(({ args }) => args)).toEqual([
      ['p:1', '1234'],
      ['p:2', ''],
      ['p:3', '0'],
    ]);
    expect(commands[0]?.keys).toEqual(KEYS);
  });

  it('reports a pause, limits and calls, in whole milliseconds on the safe side', async () => {
    const { store, commands } = setup();
    await store.report('incidents', {
      pauseMs: 100.2,
      limits: [{ windowMs: 60_000, limit: 40 }],
      calls: [
        { permit: 'p:1', ageMs: 7.9 },
        { permit: 'p:2', ageMs: -7.1 },
      ],
      keepMs: 3_600_000,
    });
    await store.report('incidents', { keepMs: 60_000 });
    const [whole, least] = commands.map(({ args: [keepMs, epoch, ...rest] }) => {
      expect(epoch).toMatch(UUID);
      return [keepMs, ...rest];
    });
    expect(whole).toEqual(['3600000', '101', '1', '60000', '40', 'p:1', '7', 'p:2', '-8']);
    expect(least).toEqual(['60000', '0', '0']);
    expect(commands[0]?.keys).toEqual(KEYS);
  });

  it('gives each question an epoch of its own, in case the server has lost its own', async () => {
    const { store, commands } = setup();
    await store.take(REQUEST);
    await store.take(REQUEST);
    const [first, second] = commands.map(({ args }) => args[3]);
    expect(first).not.toBe(second);
  });

  it('keeps its keys under the prefix, in one hash tag for each group', async () => {
    const { store, commands } = setup(undefined, { prefix: 'contoso:app' });
    await store.settle('alerts', 'p:1', 0);
    expect(commands[0]?.keys).toEqual([
      '{contoso:app:alerts}:calls',
      '{contoso:app:alerts}:state',
      '{contoso:app:alerts}:processes',
    ]);
  });

  it('sends the text of each script once, then its hash', async () => {
    const { store, commands } = setup();
    for (let round = 0; round < 2; round += 1) {
      await store.take(REQUEST);
      await store.settle('incidents', 'p:1', 0);
      await store.report('incidents', { keepMs: 1 });
    }
    const texts = commands.slice(0, 3).map(({ script }) => script);
    expect(commands.map(({ by }) => by)).toEqual(['text', 'text', 'text', 'hash', 'hash', 'hash']);
    expect(commands.slice(3).map(({ script }) => script)).toEqual(
      texts.map((text) => createHash('sha1').update(text).digest('hex')),
    );
  });

  it('sends the text again to a server that has lost the script', async () => {
    const lost = new Error('NOSCRIPT No matching script. Please use EVAL.');
    let losses = 1;
    const { store, commands } = setup(({ by }) => {
      if (by === 'text') return REPLY;
      losses -= 1;
      return losses < 0 ? REPLY : Promise.reject(lost);
    });
    for (let call = 0; call < 3; call += 1) await store.take(REQUEST);
    expect(commands.map(({ by }) => by)).toEqual(['text', 'hash', 'text', 'hash']);
  });

  it.each([new Error('READONLY You can not write'), new Error('about NOSCRIPT'), 'NOSCRIPT'])(
    'rejects with any other error, and asks no second time: %s',
    async (error) => {
      const { store, commands } = setup(({ by }) => {
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- what a client may do
        return by === 'hash' ? Promise.reject(error) : REPLY;
      });
      await store.take(REQUEST);
      await expect(store.take(REQUEST)).rejects.toBe(error);
      expect(commands).toHaveLength(2);
    },
  );

  it('sends the text again after it failed', async () => {
    const error = new Error('LOADING Redis is loading the dataset in memory');
    const answers = [Promise.reject(error), REPLY];
    const { store, commands } = setup(() => answers.shift());
    await expect(store.take(REQUEST)).rejects.toBe(error);
    await store.take(REQUEST);
    expect(commands.map(({ by }) => by)).toEqual(['text', 'text']);
  });

  it.each([
    ['a text', 'OK'],
    ['nothing', null],
    ['a use that is no list', [...REPLY.slice(0, 6), 7, []]],
    ['limits that are no list', [...REPLY.slice(0, 7), null]],
    ['a limit that is no list', [...REPLY.slice(0, 7), ['60000']]],
  ])('rejects an answer that is %s', async (_what, reply) => {
    const { store } = setup(() => reply);
    const message = 'Redis did not return a list';
    await expect(store.take(REQUEST)).rejects.toThrow(new TypeError(message));
  });
});

it('a store of Redis refuses options that it does not know', () => {
  const client = CLIENTS.ioredis([], () => REPLY);
  const make = (options: unknown) => (): unknown =>
    Reflect.apply(redisQuotaStore, undefined, [client, options]);
  expect(make({ prefix: 7 })).toThrow('redisQuotaStore');
  expect(make({ prefix: 7 })).toThrow('prefix');
  expect(make({ prefix: 7 })).toThrow('a string');
  expect(make({ prefixes: 'x' })).toThrow('prefixes');
});

describe('a client that is none of the known ones', () => {
  it.each([undefined, null, {}, 'redis://localhost', () => undefined])(
    'is refused: %j',
    (client) => {
      const make = (): unknown => Reflect.apply(redisQuotaStore, undefined, [client]);
      expect(make).toThrow(
        'redisQuotaStore takes a client of ioredis, iovalkey or node-redis first',
      );
    },
  );
});
