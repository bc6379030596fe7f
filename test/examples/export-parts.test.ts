import { describe, expect, it } from 'vitest';
import { beyond, halved, narrower, startingAt, windowOf } from '../../examples/export/cursor.ts';
import { IncidentExport } from '../../examples/export/export.ts';
import { listUrl, readPage } from '../../examples/export/incidents.ts';
import { firstState } from '../../examples/export/state.ts';
import { MemoryOutput } from './support/memory-output.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 5, 30);
const FUTURE = Date.UTC(2099, 0, 1);

const row = (at: number, incidentId = 1) => ({
  incidentId,
  lastUpdateTime: new Date(at).toISOString(),
});

describe('a time that is to come', () => {
  it('does not make the present the past', () => {
    const cursor = { ...startingAt(NOW - HOUR_MS), newest: FUTURE };
    expect(windowOf(cursor, NOW)).toEqual({ from: NOW - HOUR_MS });
    expect(narrower({ from: NOW - HOUR_MS }, [row(FUTURE)], NOW)).toEqual({
      from: NOW - HOUR_MS,
      to: NOW - HOUR_MS / 2,
    });
    expect(narrower({ from: NOW }, [row(FUTURE)], NOW)).toBeUndefined();
    const size = { rows: 1, top: 100, now: NOW };
    expect(beyond(cursor, { from: NOW }, size).from).toBe(NOW - 300_000);
  });
});

describe('the cursor', () => {
  it('never looks back beyond the beginning', () => {
    const size = { rows: 0, top: 100, now: NOW };
    expect(beyond(startingAt(NOW - 5), { from: NOW - 5 }, size).from).toBe(NOW - 5);
  });

  it('halves no window whose end may not be in the past yet by the service’s clock', () => {
    expect(halved({ from: NOW - HOUR_MS }, NOW)).toBeUndefined();
    expect(halved({ from: NOW - 3 * HOUR_MS }, NOW)?.to).toBe(NOW - 2 * HOUR_MS);
  });
});

describe('an answer of the list', () => {
  const window = { from: NOW - HOUR_MS, to: NOW };
  const url = listUrl('https://list.test', window, 2);

  it('is asked for with an encoded filter', () => {
    expect(url).toBe(
      'https://list.test/api/incidents?$top=2&$filter=lastUpdateTime%20ge%202026-06-29T23%3A00%3A00.000Z%20and%20lastUpdateTime%20lt%202026-06-30T00%3A00%3A00.000Z',
    );
  });

  it('leads on by its link', () => {
    const value = [row(NOW - 2)];
    const link = 'https://list.test/api/incidents?$skiptoken=a';
    expect(readPage({ value, '@odata.nextLink': link }, url, window)).toEqual({
      rows: value,
      next: link,
    });
  });

  it('leads on by $skip where it is full and has no link', () => {
    const value = [row(NOW - 2), row(NOW - 1, 2)];
    const { next = '' } = readPage({ value }, url, window);
    expect(new URL(next).searchParams.get('$skip')).toBe('2');
    expect(new URL(readPage({ value }, next, window).next ?? '').searchParams.get('$skip')).toBe(
      '4',
    );
    expect(readPage({ value: [row(NOW - 2)] }, url, window).next).toBeUndefined();
  });

  it.each([
    [{ value: [row(NOW)] }, 'Incident 1 is outside the requested time.'],
    [{ value: [row(NOW - 2 * HOUR_MS, 7)] }, 'Incident 7 is outside the requested time'],
    [{ value: [], '@odata.nextLink': 'https://other.test/x' }, 'on another host, other.test'],
    [{ value: [{ incidentId: 1 }] }, 'not a list of incidents'],
    [{ value: [{ ...row(NOW - 2), incidentId: '1' }] }, 'not a list of incidents'],
    [{ error: {} }, 'not a list of incidents'],
    [null, 'not a list of incidents'],
  ])('is refused where it is %j', (answer, message) => {
    expect(() => readPage(answer, url, window)).toThrow(message);
  });

  it('is followed where it is empty and has a link all the same', async () => {
    const { output, asked } = await exported((url) => {
      const isFirst = !url.includes('$skiptoken');
      const link = isFirst ? { '@odata.nextLink': `${url}&$skiptoken=a` } : {};
      return { value: isFirst ? [] : [row(NOW - 1)], ...link };
    });
    expect(output.rows).toEqual([row(NOW - 1)]);
    expect(asked).toBe(4);
  });

  it('ends the export where its links do not end', async () => {
    const endless = (url: string): unknown => ({ value: [], '@odata.nextLink': `${url}&a` });
    await expect(exported(endless)).rejects.toThrow('keeps linking to further pages');
  });
});

async function exported(answer: (url: string) => unknown) {
  const state = firstState('test', NOW - HOUR_MS);
  const output = new MemoryOutput<object, typeof state>(state);
  let asked = 0;
  await new IncidentExport({
    baseUrl: 'https://list.test',
    top: 100,
    output,
    progress: { step: () => undefined, line: () => undefined },
    now: () => NOW,
    getJson: (url) => {
      asked += 1;
      return Promise.resolve(answer(url));
    },
  }).run();
  return { output, asked };
}
