import { type Simulator, type StepAction, startSimulator } from '@defender-resilience/simulator';
import { describe, expect, it } from 'vitest';
import { call, rowsIn } from './support.ts';

/** The code of whatever lies below fetch's own error. */
async function failureCode(answer: Promise<unknown>): Promise<unknown> {
  try {
    await answer;
  } catch (error) {
    const cause = error instanceof Error ? error.cause : undefined;
    return cause instanceof Error && 'code' in cause ? cause.code : error;
  }
  return undefined;
}

function isolate(simulator: Simulator): Promise<Response> {
  return fetch(`${simulator.url}/api/machines/lab-901.contoso.com/isolate`, {
    method: 'POST',
    body: JSON.stringify({ Comment: 'x' }),
  });
}

async function actionsBegun(simulator: Simulator): Promise<number> {
  return rowsIn(await call(simulator, 'GET /api/machineactions')).length;
}

const RESET = /^(ECONNRESET|UND_ERR_SOCKET)$/;

describe('what a client sees of', () => {
  it('reset: no answer, and nothing was carried out', async () => {
    await using simulator = await startSimulator({ script: ['reset'] });
    expect(await failureCode(isolate(simulator))).toMatch(RESET);
    expect(simulator.requests[0]?.answered).toBe('reset');
    expect(await actionsBegun(simulator)).toBe(0);
  });

  it('reset-headers: no answer, though the call was carried out', async () => {
    await using simulator = await startSimulator({ script: ['reset-headers'] });
    expect(await failureCode(isolate(simulator))).toMatch(/^(ECONNRESET|UND_ERR_SOCKET|HPE_\w+)$/);
    expect(simulator.requests[0]?.answered).toBe('reset');
    expect(await actionsBegun(simulator)).toBe(1);
  });

  it('reset-mid-body: headers of an answer whose body never ends', async () => {
    await using simulator = await startSimulator({ script: ['reset-mid-body'] });
    const response = await isolate(simulator);
    expect(response.status).toBe(201);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(100);
    expect(await failureCode(response.text())).toMatch(RESET);
    expect(await actionsBegun(simulator)).toBe(1);
  });

  it('reset-mid-body after an answer without a body: half of an empty collection', async () => {
    const step = { status: 204, action: 'reset-mid-body' } as const;
    await using simulator = await startSimulator({ script: [{ ...step, status: 200, body: '' }] });
    const response = await fetch(`${simulator.url}/api/incidents`);
    expect(await failureCode(response.text())).toMatch(RESET);
  });

  it('truncate: a whole answer whose JSON ends half-way', async () => {
    await using simulator = await startSimulator({ script: ['truncate'] });
    const response = await fetch(`${simulator.url}/api/incidents/10200`);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text).toMatch(/^\{"incidentId":10200,/);
    expect(() => void JSON.parse(text)).toThrow(SyntaxError);
  });

  it('malformed: a whole answer whose JSON is broken', async () => {
    await using simulator = await startSimulator({ script: ['malformed'] });
    const text = await (await fetch(`${simulator.url}/api/incidents/10200`)).text();
    expect(text).toMatch(/,,\}$/);
    expect(() => void JSON.parse(text)).toThrow(SyntaxError);
  });

  it('html: a gateway’s page', async () => {
    await using simulator = await startSimulator({
      script: ['html', { action: 'html', status: 504 }],
    });
    const first = await call(simulator, 'GET /api/incidents');
    expect([first.status, first.headers.get('content-type')]).toEqual([502, 'text/html']);
    expect(first.text).toContain('<h1>502 Bad Gateway</h1>');
    expect((await call(simulator, 'GET /api/incidents')).text).toContain('504 Gateway Timeout');
  });

  it('empty: a status and nothing else', async () => {
    await using simulator = await startSimulator({
      script: ['empty', { action: 'empty', status: 200 }],
    });
    const first = await call(simulator, 'GET /api/incidents');
    expect([first.status, first.text, first.headers.get('content-type')]).toEqual([500, '', null]);
    expect((await call(simulator, 'GET /api/incidents')).status).toBe(200);
  });

  it('hang: nothing, until the client gives up; nothing is carried out', async () => {
    await using simulator = await startSimulator({ script: ['hang'] });
    const controller = new AbortController();
    const pending = fetch(`${simulator.url}/api/machines/lab-901.contoso.com/isolate`, {
      method: 'POST',
      body: '{"Comment":"x"}',
      signal: controller.signal,
    });
    await expect.poll(() => simulator.count({ answered: 'hang' })).toBe(1);
    controller.abort(new Error('enough'));
    await expect(pending).rejects.toThrow('enough');
    expect(await actionsBegun(simulator)).toBe(0);
  });

  it('hang: an ended connection, when the simulator closes', async () => {
    const simulator = await startSimulator({ script: ['hang'] });
    const pending = failureCode(fetch(`${simulator.url}/api/incidents`));
    await expect.poll(() => simulator.count({ answered: 'hang' })).toBe(1);
    await simulator.close();
    expect(await pending).toMatch(RESET);
  });

  it.each<StepAction>(['truncate', 'malformed', 'reset-mid-body'])(
    '%s of an error: the error’s own envelope, spoiled',
    async (action) => {
      await using simulator = await startSimulator({ script: [{ status: 500, action }] });
      const response = await fetch(`${simulator.url}/api/incidents`);
      expect(response.status).toBe(500);
      await expect(response.json()).rejects.toThrow();
    },
  );
});

describe('after a spoiled answer', () => {
  it('the next call is answered as ever', async () => {
    await using simulator = await startSimulator({
      script: ['reset', 'reset-headers', 'truncate'],
    });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await failureCode(fetch(`${simulator.url}/api/incidents/10200`));
    }
    await call(simulator, 'GET /api/incidents/10200');
    expect((await call(simulator, 'GET /api/incidents/10200')).status).toBe(200);
  });
});
