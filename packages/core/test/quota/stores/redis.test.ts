import { redisQuotaStore } from '@defender-resilience/core/redis';
import { Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realTime, storeContract } from './contract.ts';
import { hasRedis, RedisServer } from './redis-server.ts';

const present = await hasRedis();

describe.runIf(present)('Redis', () => {
  let server: RedisServer;
  const closed: (() => unknown)[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(async () => {
    for (const close of closed) await close();
    await server[Symbol.asyncDispose]();
  });

  const connected = (): Redis => {
    const client = new Redis(server.port);
    closed.push(() => client.disconnect());
    return client;
  };

  storeContract('Redis through ioredis', () => {
    const client = connected();
    const store = redisQuotaStore(client, { prefix: 'ioredis' });
    return { store, pass: realTime, flush: async () => void (await client.flushall()) };
  });

  storeContract('Redis through iovalkey', () => {
    const client = new Valkey(server.port);
    closed.push(() => client.disconnect());
    const store = redisQuotaStore(client, { prefix: 'iovalkey' });
    return { store, pass: realTime, flush: async () => void (await client.flushall()) };
  });

  storeContract('Redis through node-redis', async () => {
    const client = createClient({ url: `redis://127.0.0.1:${server.port}` });
    await client.connect();
    closed.push(() => client.close());
    const store = redisQuotaStore(client, { prefix: 'node-redis' });
    return { store, pass: realTime, flush: async () => void (await client.flushAll()) };
  });

  const request = {
    group: 'incidents',
    permit: '1',
    process: 'a',
    windows: [{ windowMs: 500, limit: 5 }],
    transitMs: 100,
  };

  it('has one hash tag for all keys of a group, under the prefix, and all expire', async () => {
    const client = connected();
    await client.flushall();
    const store = redisQuotaStore(client, { prefix: 'defender:contoso' });
    await store.take(request);
    await store.report('incidents', {
      pauseMs: 10,
      limits: [{ windowMs: 500, limit: 3 }],
      keepMs: 500,
    });
    const keys = await client.keys('*');
    expect(keys.toSorted()).toEqual([
      '{defender:contoso:incidents}:calls',
      '{defender:contoso:incidents}:processes',
      '{defender:contoso:incidents}:state',
    ]);
    for (const key of keys) expect(await client.pttl(key)).toBeGreaterThan(0);
  });

  it('keeps no more calls than the limit allows, however many are asked for', async () => {
    const client = connected();
    await client.flushall();
    const store = redisQuotaStore(client);
    for (let call = 0; call < 50; call += 1) await store.take({ ...request, permit: String(call) });
    // And the member that shows whether the calls were lost.
    expect(await client.zcard('{defender:incidents}:calls')).toBe(6);
  });

  it('sends the text of a script the first time, then its hash, and its text to a server that forgot it', async () => {
    const client = connected();
    const store = redisQuotaStore(client, { prefix: 'scripts' });
    const counts = async (): Promise<readonly (string | undefined)[]> => {
      const stats = await client.info('commandstats');
      await client.config('RESETSTAT');
      return ['evalsha', 'eval'].map(
        (name) => new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1],
      );
    };
    await counts();
    await store.take(request);
    expect(await counts()).toEqual([undefined, '1']);
    await store.take({ ...request, permit: '2' });
    expect(await counts()).toEqual(['1', undefined]);
    await client.script('FLUSH');
    await store.take({ ...request, permit: '3' });
    expect(await counts()).toEqual(['1', '1']);
  });

  it('rejects with the reason when the server cannot say', async () => {
    const client = connected();
    await client.set('{broken:incidents}:calls', 'a text');
    const store = redisQuotaStore(client, { prefix: 'broken' });
    await expect(store.take(request)).rejects.toThrow('WRONGTYPE');
  });
});
