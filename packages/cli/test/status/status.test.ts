import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createResilience } from '@defender-resilience/core';
import { metricsHandler, promObserver } from '@defender-resilience/prom';
import { startSimulator } from '@defender-resilience/simulator';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { cli, start } from '../support.ts';

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A program as a user writes it: a wrapper that makes calls, and a handler that serves what it does. */
async function program() {
  const simulator = await startSimulator({ quotas: 'off' });
  const observer = promObserver({ register: new Registry(), exemplars: false });
  const resilience = createResilience({
    hosts: { '127.0.0.1': 'all' },
    observers: [observer],
    quota: 'documented',
    retry: { maxRetries: 0 },
  });
  const { register, recentErrors } = observer;
  const url = await serve(metricsHandler(register, { resilience, recentErrors }));
  const call = async (path: string): Promise<void> => {
    await (await resilience.fetch(`${simulator.url}${path}`)).text();
  };
  return { simulator, url, call };
}

describe('status', () => {
  it('shows operations, quotas and the last errors with their tracking IDs', async () => {
    const { simulator, url, call } = await program();
    await call('/api/incidents');
    await call('/api/incidents');
    simulator.script('Forbidden');
    await call('/api/machines');
    const { code, out, err } = await cli(['status', url, '--once']);
    await simulator.close();
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(`${url}  0 in flight`);
    expect(out).toMatch(/^incidents\.list +2 +0$/m);
    expect(out).toMatch(/^machines\.list +1 +1$/m);
    expect(out).toMatch(/^incidents +2 of 50 in a minute, 2 of 1500 in an hour$/m);
    expect(out).toContain(`machines.list  403 Forbidden  ${simulator.trackingIds[0]}`);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('redraws in a terminal, with rates, and shows the cursor again at its end', async () => {
    const { simulator, url, call } = await program();
    await call('/api/incidents');
    const running = start(['status', url, '--interval', '0.2'], {
      columns: 80,
      env: { NO_COLOR: '1' },
    });
    await expect.poll(() => running.printed()).toContain('incidents.list');
    await call('/api/incidents');
    await expect.poll(() => running.printed()).toMatch(/incidents\.list +2 +0 +[1-9]\d*\.\d/);
    const { code, out } = await running.stop();
    await simulator.close();
    expect(code).toBe(0);
    expect(out.startsWith('\u001b[?25l\u001b[H\u001b[J')).toBe(true);
    expect(out.endsWith('\u001b[?25h')).toBe(true);
  });

  it('writes changes, one fact per line, without a terminal', async () => {
    const { simulator, url, call } = await program();
    await call('/api/incidents');
    const running = start(['status', url, '--interval', '0.2']);
    await expect
      .poll(() => running.printed())
      .toContain('operation incidents.list calls=1 failed=0');
    simulator.script('NotFound');
    await call('/api/machines');
    await expect
      .poll(() => running.printed())
      .toContain('operation machines.list calls=1 failed=1');
    const { out } = await running.stop();
    await simulator.close();
    const lines = out.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\S+Z \w/);
    expect(lines.filter((line) => line.includes('operation incidents.list'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes(' error '))).toEqual([
      expect.stringContaining(
        `error machines.list NotFound status=404 tracking-id=${simulator.trackingIds[0]} attempt=1 final`,
      ),
    ]);
  });

  it('waits for a program that is away for a while', async () => {
    let isAway = false;
    const snapshot = JSON.stringify({ inFlight: 0 });
    const url = await serve((_, response) => response.writeHead(isAway ? 503 : 200).end(snapshot));
    const running = start(['status', url, '--interval', '0.2', '--json']);
    await running.firstLine;
    isAway = true;
    await expect
      .poll(() => running.complained())
      .toContain('does not serve a snapshot; trying again');
    isAway = false;
    const { code } = await running.stop();
    expect(code).toBe(0);
  });

  it("shows a proxy's snapshot, its circuits and pauses", async () => {
    const document = {
      kind: 'proxy',
      state: 'draining',
      resilience: {
        inFlight: 3,
        budget: { calls: 10, retries: 2, allowed: 32 },
        circuits: [
          {
            circuit: 'api.security.microsoft.com incidents.list',
            state: 'open',
            attempts: 10,
            failures: 9,
            openForMs: 11_200,
          },
          {
            circuit: 'api.security.microsoft.com alerts.list',
            state: 'closed',
            attempts: 10,
            failures: 0,
            openForMs: 0,
          },
        ],
        throttles: [
          { group: 'api.security.microsoft.com machines', pausedForMs: 7_300, waiting: 4 },
        ],
        quotas: [],
      },
      operations: [
        { operation: 'incidents.list', inFlight: 3, calls: 12, failures: 9, attempts: 15 },
      ],
      errors: [],
    };
    const url = await serve((request, response) => {
      response.statusCode = request.url === '/snapshot' ? 200 : 404;
      response.end(JSON.stringify(document));
    });
    const { out } = await cli(['status', url, '--once']);
    expect(out).toContain('draining  3 in flight  retries 2 of 32');
    expect(out).toMatch(/incidents\.list +open for 12 s +9 of 10 failed/);
    expect(out).not.toContain('alerts.list');
    expect(out).toMatch(/machines +paused for 8 s, 4 waiting/);
  });

  it('says how to serve a snapshot where there is none', async () => {
    const url = await serve((_, response) => response.writeHead(404).end());
    const none = await cli(['status', url]);
    expect(none.code).toBe(1);
    expect(none.err.replaceAll(/\s+/g, ' ')).toContain(
      'metricsHandler(register, { resilience, recentErrors })',
    );
    const away = await cli(['status', '127.0.0.1:9', '--once']);
    expect(away.code).toBe(1);
    expect(away.err).toContain('http://127.0.0.1:9 does not respond');
    const wrong = await cli(['status', 'ftp://host']);
    expect(wrong.code).toBe(2);
    expect(wrong.err).toContain('"ftp://host" is not a URL');
  });
});
