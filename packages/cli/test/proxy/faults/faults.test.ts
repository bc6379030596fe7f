import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { ProxyOptions } from '../../../src/proxy/options.ts';
import { proxyTo, simulator } from '../support.ts';
import { PYTHON } from './clients.ts';
import { rehearse } from './rehearse.ts';

/** `node run.ts` beside this file does the same for ten minutes, with the proxy in a process of its own. */
const missing = PYTHON === undefined && process.env['CI'] === undefined;
const note = missing ? ' (skipped: install python3-requests and curl)' : '';

it.skipIf(missing)(
  `settles every call once, with the right bytes, and doubles no action${note}`,
  async () => {
    const { resilience = {} } = JSON.parse(
      await readFile(new URL('proxy.json', import.meta.url), 'utf8'),
    ) as ProxyOptions;
    const service = await simulator({ record: 'counts' });
    const proxy = await proxyTo(service.url, { resilience });
    const report = await rehearse({
      simulator: service,
      proxy: proxy.url,
      durationMs: 3_000,
      seed: 7,
    });
    expect(report).toMatchObject({ wrong: [], doubled: [], lost: [] });
    expect(Object.keys(report.calls).toSorted()).toEqual([
      ...['action', 'curl', 'fetch', 'logstash', 'powershell', 'requests', 'urllib'],
    ]);
    expect(report.retried).toBeGreaterThan(0);
    expect(report.actions).toBeGreaterThan(0);
    await expect.poll(() => proxy.snapshot().resilience.inFlight).toBe(0);
  },
);
