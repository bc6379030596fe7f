import { setTimeout as passed } from 'node:timers/promises';
import { startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { freePort, hasRedis, RedisServer, Worker } from './fleet.ts';
import { counted, watch } from './watch.ts';

// Shortened as a user may shorten it: by the option that the simulator and the wrapper have in common.
const MINUTE_MS = 3_000;
const LIMIT = 100;
const PROCESSES = 8;

const present = await hasRedis();
if (!present && process.env['CI'] === 'true') throw new Error('CI needs redis-server');
if (!present) process.emitWarning('redis-server is not installed: shared quotas are not tested');

describe.runIf(present)('eight processes that share a quota through Redis', () => {
  it('use all of it, also when one is killed and Redis restarted, and are not throttled', async () => {
    await using simulator = await startSimulator({ minuteMs: MINUTE_MS, record: 'counts' });
    await using redis = new RedisServer(await freePort());
    await redis.start();
    const orders = {
      url: `${simulator.url}/api/alerts?$top=1`,
      redisPort: redis.port,
      minuteMs: MINUTE_MS,
      concurrency: 5,
    };
    const workers = await Promise.all(
      Array.from({ length: PROCESSES }, () => Worker.start(orders)),
    );
    for (const worker of workers) worker.go();
    await passed(MINUTE_MS);

    const undisturbed = await watch(simulator, 2, MINUTE_MS);
    workers.pop()?.kill();
    await passed(MINUTE_MS);
    const withoutOne = await watch(simulator, 1, MINUTE_MS);
    await redis.kill();
    await passed(1_500);
    await redis.start();
    await passed(MINUTE_MS);
    const afterRestart = await watch(simulator, 1, MINUTE_MS);
    const reports = await Promise.all(workers.map((worker) => worker.stop()));
    const all = counted(simulator);

    expect(undisturbed.allowed).toBeGreaterThanOrEqual(0.95 * 2 * LIMIT);
    expect(withoutOne.allowed).toBeGreaterThanOrEqual(0.95 * LIMIT);
    expect(afterRestart.allowed).toBeGreaterThanOrEqual(0.95 * LIMIT);
    expect(all.refused).toBeLessThanOrEqual(0.005 * all.allowed);
    for (const { statuses, stores } of reports) {
      // No call was lost for it, and each process was told once.
      expect(Object.keys(statuses)).toEqual(['200']);
      expect(stores).toEqual(['lost', 'back']);
    }
  }, 60_000);
});
