import { setTimeout as passed } from 'node:timers/promises';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { expect, it } from 'vitest';

it('a fixed window lets nearly twice its limit through across its edge, which is why none is used here', async () => {
  const limiter = new RateLimiterMemory({ points: 100, duration: 1 });
  const granted: number[] = [];
  const take = async (): Promise<void> => {
    await limiter.consume('group');
    granted.push(performance.now());
  };
  await take();
  await passed(800);
  for (let call = 0; call < 99; call += 1) await take();
  await passed(250);
  for (let call = 0; call < 100; call += 1) await take();
  const last = granted.at(-1) ?? 0;
  const inOneWindow = granted.filter((at) => at > last - 1_000);
  expect(inOneWindow).toHaveLength(199);
});
