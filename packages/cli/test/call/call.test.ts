import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@defender-resilience/simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../support.ts';

let simulator: Simulator;
const simulated = async (options: SimulatorOptions = {}): Promise<void> => {
  await simulator.close({ ignoreUnconsumed: true });
  simulator = await startSimulator(options);
};
beforeEach(async () => {
  simulator = await startSimulator();
});
afterEach(() => simulator.close({ ignoreUnconsumed: true }));

const call = (...args: readonly string[]) => cli(['call', ...args, '--simulate', simulator.url]);

describe('call', () => {
  it('prints the answer on standard output, and nothing else anywhere', async () => {
    const { code, out, err } = await call('get', '/api/incidents', '--top', '3');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({ value: { length: 3 } });
    expect(simulator.requests[0]?.path).toBe('/api/incidents');
  });

  it('retries, and says so on standard error', async () => {
    await simulated({ script: [{ status: 503, retryAfter: 0 }, 200] });
    const { code, out, err } = await call('GET', '/api/machines');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveProperty('value');
    expect(err).toMatch(/^Http503; attempt 2 in 0\.\d s\nsucceeded at attempt 2\n$/);
  });

  it('keeps quiet if it is asked to', async () => {
    await simulated({ script: [{ status: 503, retryAfter: 0 }, 200] });
    expect((await call('GET', '/api/machines', '--quiet')).err).toBe('');
  });

  it('explains a failure on standard error, and ends with its exit code', async () => {
    await simulated({ script: ['Forbidden'] });
    const { code, out, err } = await call('GET', '/api/incidents');
    expect({ code, out }).toEqual({ code: 11, out: '' });
    expect(err).toContain('Forbidden (403)  incidents.list');
    expect(err).toContain(`Tracking ID  ${simulator.trackingIds[0]}`);
    await simulated({ script: ['InternalServerError'] });
    expect((await call('GET', '/api/incidents', '--retries', '0')).code).toBe(10);
  });

  it('finds a name in the wrong letters in its body', async () => {
    const { code, err } = await call(
      'POST',
      '/api/advancedhunting/run',
      '--body',
      '{"query":"DeviceInfo"}',
    );
    expect(code).toBe(11);
    expect(err).toContain('you sent `query`');
  });

  it('says of an action that it may have been carried out', async () => {
    await simulated({ script: ['reset-headers'] });
    const body = '{"Comment":"c","IsolationType":"Full"}';
    const { value } = JSON.parse(
      (await cli(['call', 'GET', '/api/machines', '--top', '1', '--simulate', await other()])).out,
    ) as {
      value: [{ id: string }];
    };
    const { code, err } = await call(
      'POST',
      `/api/machines/${value[0].id}/isolate`,
      '--body',
      body,
    );
    expect(code).toBe(11);
    expect(err).toContain('not blindly: machines.isolate changes something');
    expect(simulator.count({ operation: 'machines.isolate' })).toBe(1);
  });

  it('follows pages and prints one item per line', async () => {
    await simulated({ incidents: 25 });
    const all = await call('GET', '/api/incidents', '--top', '10', '--all');
    expect(
      all.out
        .trimEnd()
        .split('\n')
        .map((line) => Number((JSON.parse(line) as { incidentId: number }).incidentId)),
    ).toHaveLength(25);
    expect(all.err).toBe('25 items on 3 pages\n');
    const some = await call('GET', '/api/incidents', '--top', '10', '--pages', '2');
    expect(some.err).toBe('20 items on 2 pages; there are more: raise --pages\n');
    const rows = await call(
      'POST',
      '/api/advancedhunting/run',
      '--lines',
      '--body',
      '{"Query":"DeviceInfo | take 2"}',
    );
    expect(rows.out.trimEnd().split('\n')).toHaveLength(2);
  });

  it('does not follow a link to another host, nor prints a page that is none', async () => {
    await simulated({
      script: [{ status: 200, body: { value: [1], '@odata.nextLink': 'https://evil.example/x' } }],
    });
    const { code, out, err } = await call('GET', '/api/incidents', '--all');
    expect({ code, out }).toEqual({ code: 1, out: '1\n' });
    expect(err).toContain('another host: evil.example');
    const single = await call('GET', '/api/incidents/924565', '--lines');
    expect(single.code).toBe(11);
    await simulated({ script: [{ status: 200, body: { id: 1 } }] });
    expect((await call('GET', '/api/incidents', '--lines')).err).toContain('is not a list');
  });

  it('takes its body from a file and from standard input, and sends headers', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'call-'));
    const file = join(folder, 'query.json');
    await writeFile(file, '{"Query":"DeviceInfo | count"}');
    const args = ['POST', '/api/advancedhunting/run', '-H', 'Prefer: wait=5', '--body'];
    await call(...args, `@${file}`);
    await rm(folder, { recursive: true });
    await cli(['call', ...args, '-', '--simulate', simulator.url], {
      stdin: '{"Query":"DeviceInfo | count"}',
    });
    expect(
      simulator.requests.map(({ answered, headers }) => [answered, headers['prefer']]),
    ).toEqual([
      [200, 'wait=5'],
      [200, 'wait=5'],
    ]);
  });

  it('brings a simulator of its own', async () => {
    const { code, out } = await cli(['call', 'GET', '/v1.0/security/incidents', '--simulate']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toHaveProperty('value');
  });

  it('ends at once when it is interrupted', async () => {
    await simulated({ script: ['hang'] });
    const signal = AbortSignal.timeout(200);
    const { code } = await cli(['call', 'GET', '/api/incidents', '--simulate', simulator.url], {
      signal,
    });
    expect(code).toBe(130);
  });

  it('says that an answer broke off', async () => {
    await simulated({ script: [{ action: 'reset-mid-body', times: 'always' }] });
    const { code, err } = await call('GET', '/api/incidents', '--retries', '0');
    expect(code).toBe(10);
    expect(err).toContain('broke off');
  });
});

/** A second simulator with the same machines, for a look that must not use up the script. */
async function other(): Promise<string> {
  const one = await startSimulator();
  afterEach(() => one.close());
  return one.url;
}

describe('a call that cannot be made', () => {
  it.each([
    [['GET', 'https://example.com/api'], 'no token is sent'],
    [['GET', 'http://api.security.microsoft.com/api/incidents'], 'no token is sent'],
    [['FETCH', '/api'], 'It must be one of GET, POST, PATCH, PUT, DELETE.'],
    [['GET', '/api', '--simulate', 'nowhere'], '--simulate must be the address of a simulator'],
    [
      ['GET', 'https://api.security.microsoft.com/api', '--simulate', 'http://127.0.0.1:1'],
      'Pass only the path.',
    ],
    [
      ['GET', '/api', '--header', 'nothing', '--simulate', 'http://127.0.0.1:1'],
      '--header must be a name and a value',
    ],
    [['GET', '/api', '--top', '0'], 'It must be an integer, 1 or more.'],
  ])('%j says why', async (args, expected) => {
    const { code, err } = await cli(['call', ...args]);
    expect(code).toBe(2);
    expect(err.replaceAll(/\s+/g, ' ')).toContain(expected);
  });
});
