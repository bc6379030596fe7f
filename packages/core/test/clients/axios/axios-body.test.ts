import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { wrapAxios } from '@defender-resilience/core/axios';
import axios from 'axios';
import { describe, expect, it } from 'vitest';
import { majors, rejection } from '../../support/axios.ts';
import { afterReading, JSON_HEADERS, statuses } from '../../support/clients.ts';
import { quick, startServer } from '../../support/real.ts';

describe.each(majors)('$name, wrapped', ({ library }) => {
  it.each([
    ['a string', () => 'text'],
    ['a buffer', () => Buffer.from('text')],
    ['URLSearchParams', () => new URLSearchParams({ a: 'text' })],
  ])('sends %s again as it was', async (_name, data) => {
    const bodies: string[] = [];
    await using server = await startServer(
      afterReading((response, sent, count) => {
        bodies.push(sent.replaceAll(/boundary=\S+|-{2,}\S+/g, ''));
        response.writeHead(count === 1 ? 500 : 200, JSON_HEADERS).end('{}');
      }),
    );
    const instance = wrapAxios(quick(server.url), library.create());
    await instance.put(`${server.url}/api/incidents/1`, data());
    expect(bodies[0]).toContain('text');
    expect(bodies[1]).toBe(bodies[0]);
  });

  it('does not send a stream again, and gives the first outcome', async () => {
    await using server = await startServer(statuses(500));
    const instance = wrapAxios(quick(server.url), library.create());
    const error = await rejection(
      instance.put(`${server.url}/api/incidents/1`, Readable.from(['a', 'b'])),
    );
    expect([error.response?.status, server.requests.length]).toEqual([500, 1]);
  });

  it('streams a success', async () => {
    await using server = await startServer((_request, response, count) => {
      if (count === 1) return response.writeHead(503).end();
      response.writeHead(200).write('first ');
      return setImmediate(() => response.end('second'));
    });
    const instance = wrapAxios(quick(server.url), library.create());
    const { data } = await instance.get<Readable>(`${server.url}/x`, { responseType: 'stream' });
    await expect(text(data)).resolves.toBe('first second');
  });
});

describe('axios 1, wrapped', () => {
  it('sends a form again as it was', async () => {
    const bodies: string[] = [];
    await using server = await startServer(
      afterReading((response, sent, count) => {
        bodies.push(sent.replaceAll(/boundary-\S+/g, ''));
        response.writeHead(count === 1 ? 500 : 200, JSON_HEADERS).end('{}');
      }),
    );
    await wrapAxios(quick(server.url), axios.create()).putForm(
      `${server.url}/api/incidents/1`,
      form(),
    );
    expect(bodies[0]).toContain('more text');
    expect(bodies[1]).toBe(bodies[0]);
  });
});

function form(): FormData {
  const data = new FormData();
  data.append('field', 'text');
  data.append('file', new Blob(['more text']), 'a.txt');
  return data;
}
