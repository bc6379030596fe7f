import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cli, type Running, start } from '../support.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulate-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: unknown): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

interface Addresses {
  readonly url: string;
  readonly tokenUrl: string;
  readonly control: string;
}

/** Starts a simulator on a free port, gives its addresses to `use`, and ends it as Ctrl+C does. */
async function simulated(args: readonly string[], use: (addresses: Addresses) => Promise<void>) {
  const running: Running = start(['simulate', '--port', '0', '--json', ...args]);
  const first = await running.firstLine;
  if (first !== undefined) await use(JSON.parse(first) as Addresses);
  return running.stop();
}

describe('simulate', () => {
  it('answers as the flags say, and sums up at the end', async () => {
    const args = ['--script', '500, Forbidden', '--quota', 'incidents=3', '--incidents', '5'];
    const statuses: number[] = [];
    const { code, err } = await simulated(args, async ({ url }) => {
      for (let call = 0; call < 4; call += 1) {
        const response = await fetch(`${url}/api/incidents`);
        statuses.push(response.status);
        if (response.ok) expect(await response.json()).toMatchObject({ value: { length: 5 } });
      }
    });
    expect(statuses).toEqual([500, 403, 200, 429]);
    expect(code).toBe(0);
    expect(err).toBe(
      '4 requests\n  incidents.list 500  1\n  incidents.list 403  1\n  incidents.list 200  1\n  incidents.list 429  1\n',
    );
  });

  it('fails at random where a rate is given, and for the calls that are meant', async () => {
    await simulated(['--fault', 'ResourceNotFound', '--for', '/api/machines'], async ({ url }) => {
      expect((await fetch(`${url}/api/machines`)).status).toBe(404);
      expect((await fetch(`${url}/api/incidents`)).status).toBe(200);
    });
  });

  it('issues tokens and asks for them', async () => {
    await simulated(['--require-token'], async ({ url, tokenUrl }) => {
      expect((await fetch(`${url}/api/incidents`)).status).toBe(401);
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: 'app',
        client_secret: 'x',
        scope: 'https://api.security.microsoft.com/.default',
      });
      const answer = await fetch(tokenUrl, { method: 'POST', body });
      const { access_token } = (await answer.json()) as { access_token: string };
      const headers = { authorization: `Bearer ${access_token}` };
      expect((await fetch(`${url}/api/incidents`, { headers })).status).toBe(200);
    });
  });

  it('refuses control by what a web page can send', async () => {
    await simulated([], async ({ control }) => {
      const headers = { origin: 'https://evil.example', 'content-type': 'text/plain' };
      const evil = await fetch(`${control}/outage`, { method: 'POST', body: '{}', headers });
      expect(evil.status).toBe(403);
      expect((await fetch(control)).status).toBe(200);
    });
  });

  it('plays a scenario, in which the flags win', async () => {
    const scenario = await file('scenario.json', {
      script: ['Unauthorized'],
      incidents: 7,
      newestAt: 'now',
      timeline: [{ atMs: 0, outage: { status: 502 } }],
    });
    const { err } = await simulated(
      ['--scenario', scenario, '--script', 'NotFound'],
      async ({ url, control }) => {
        // The script was set up before the outage, and the outage is over all.
        const pending = (await (await fetch(`${control}/script`)).json()) as { pending: object[] };
        expect(pending.pending).toHaveLength(1);
        await expect.poll(async () => (await fetch(`${url}/api/incidents`)).status).toBe(502);
      },
    );
    expect(err).toContain('after 0 s: {"outage":{"status":502}}');
  });

  it('names everything that is wrong with a scenario', async () => {
    const bad = await file('bad.json', {
      newestAt: 'yesterday',
      timeline: [
        { atMs: -1, outage: {} },
        { atMs: 5, blackout: {} },
      ],
    });
    const own = await cli(['simulate', '--scenario', bad]);
    expect(own.code).toBe(2);
    for (const part of [
      'newestAt must be',
      'timeline[0].atMs',
      'timeline[1] must have atMs and one of',
    ]) {
      expect(own.err).toContain(part);
    }
    const worse = await file('worse.json', {
      timeline: [{ atMs: 1, foreignLoad: { group: 'x', share: 2 } }],
    });
    const late = await cli(['simulate', '--port', '0', '--scenario', worse]);
    expect(late.code).toBe(2);
    expect(late.err).toMatch(
      /timeline\[0\]: foreignLoad got [\s\S]*- foreignLoad.group must be a quota group/,
    );
    const unknown = await cli(['simulate', '--scenario', await file('unknown.json', { chaos: 1 })]);
    expect(unknown.err).toContain('chaos is not an option; did you mean faults?');
    const none = await cli(['simulate', '--scenario', await file('none.json', '[500]')]);
    expect(none.err).toContain('must be a JSON object');
  });

  it.each([
    [['--script', 'Nonsense'], 'script[0] must be a status'],
    [['--quota', 'incidents:3'], '--quota is "off", or a group and a number'],
    [['--quota', 'nothing=3'], "quotas['nothing'] is not a quota group"],
    [['--latency', 'slow'], '--latency is milliseconds'],
    [['--fault-rate', '2'], 'It must be a number from 0 to 1.'],
    [['--port', '99999'], 'It must be an integer, from 0 to 65535.'],
  ])('refuses %j', async (args, expected) => {
    const { code, err } = await cli(['simulate', ...args]);
    expect(code).toBe(2);
    expect(err.replaceAll(/\s+/g, ' ')).toContain(expected);
  });

  it('says which port to take when its own is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { code, err } = await cli(['simulate', '--port', String(port)]);
    server.close();
    expect(code).toBe(1);
    expect(err).toContain(`port ${port} of 127.0.0.1 is taken`);
    expect(err).toContain('--port');
  });

  it('prints its addresses for a person', async () => {
    const running = start(['simulate', '--port', '0']);
    expect(await running.firstLine).toMatch(/^API {6}http:\/\/127\.0\.0\.1:\d+$/);
    const { out, err } = await running.stop();
    expect(out).toContain('Control  http://127.0.0.1:');
    expect(err).toContain('Ctrl+C ends it');
  });
});
