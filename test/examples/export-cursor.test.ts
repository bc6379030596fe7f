import { failureOf } from '@defender-resilience/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IncidentExport } from '../../examples/export/export.ts';
import { type ExportState, firstState } from '../../examples/export/state.ts';
import { IncidentList, type ListedIncident, type ListOptions } from './support/incident-list.ts';
import { MemoryOutput } from './support/memory-output.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 5, 30);
const SINCE = NOW - 20 * DAY_MS;

type Output = MemoryOutput<ListedIncident, ExportState>;

const KILLED = new Error('killed');

function listed(incidentId: number, at: number): ListedIncident {
  return { incidentId, lastUpdateTime: new Date(at).toISOString(), visibleAt: 0 };
}

const newOutput = (): Output => new MemoryOutput(firstState('test', SINCE));

async function run(list: IncidentList, output: Output, top: number, before = noChange) {
  const progress = { step: () => undefined, line: () => undefined };
  const getJson = (url: string): Promise<unknown> => {
    before(list.requests);
    return Promise.resolve().then(() => list.answer(url));
  };
  const options = { baseUrl: 'http://list.test', top, output, progress, getJson };
  await new IncidentExport({ ...options, now: () => list.now }).run();
}

const noChange = (_request: number): void => undefined;

const key = ({ incidentId, lastUpdateTime }: ListedIncident): string =>
  `${lastUpdateTime} ${incidentId}`;

/** Every incident as it is now is written, and nothing was written twice. */
function expectComplete({ rows }: Output, { incidents }: IncidentList): void {
  const written = rows.map(key);
  expect(new Set(written).size).toBe(written.length);
  expect(incidents.map(key).filter((now) => !written.includes(now))).toEqual([]);
}

const byTime = (left: ListedIncident, right: ListedIncident): number =>
  left.lastUpdateTime < right.lastUpdateTime ? -1 : 1;

const ORDERS = {
  oldest: (incidents) => incidents.toSorted(byTime),
  newest: (incidents) => incidents.toSorted(byTime).toReversed(),
  id: (incidents) => incidents,
  // Another one at each request.
  none: (incidents, request) => {
    const rank = ({ incidentId }: ListedIncident): number => (incidentId * 7_919 * request) % 101;
    return incidents.toSorted((left, right) => rank(left) - rank(right));
  },
} as const satisfies Record<string, ListOptions['order']>;

/** Half of them are spread over three weeks, half are within an hour of now: as in a real tenant. */
const time = fc.oneof(
  fc.integer({ min: SINCE, max: NOW }),
  fc.integer({ min: NOW - 3_600_000, max: NOW }),
);
const crowded = fc.constantFrom(SINCE, NOW - DAY_MS, NOW - DAY_MS + 1, NOW);

/** Without any order, the pages of a moment that has more than one cannot be told apart. */
const anyTimes = fc.oneof(
  fc.record({
    at: fc.array(fc.oneof(time, crowded), { maxLength: 80 }),
    order: fc.constantFrom(ORDERS.oldest, ORDERS.newest, ORDERS.id),
  }),
  fc.record({
    at: fc.uniqueArray(time, { maxLength: 80 }),
    order: fc.constant(ORDERS.none),
  }),
);

const anyList = fc
  .record({ times: anyTimes, links: fc.boolean(), top: fc.integer({ min: 1, max: 12 }) })
  .map(({ times: { at, order }, links, top }) => ({
    list: new IncidentList(
      at.map((one, index) => listed(index, one)),
      NOW,
      { order, links },
    ),
    top,
  }));

interface Change {
  /** Before which request it happens. */
  readonly request: number;
  readonly incident: number;
  /** How much later the list shows it. */
  readonly lateMs: number;
}

const changes = (late: readonly number[]): fc.Arbitrary<readonly Change[]> =>
  fc.array(
    fc.record({
      request: fc.integer({ min: 0, max: 60 }),
      incident: fc.nat(200),
      lateMs: fc.constantFrom(...late),
    }),
    { maxLength: 30 },
  );

function applying(list: IncidentList, changing: readonly Change[]): (request: number) => void {
  return (request) => {
    for (const change of changing) {
      if (change.request === request) list.change(change.incident, change.lateMs);
    }
  };
}

describe('the export’s way through the list', () => {
  it('misses nothing and repeats nothing, in whatever order the list is, while it changes', async () => {
    await fc.assert(
      fc.asyncProperty(anyList, changes([0, 0, 5, 200_000]), async ({ list, top }, changing) => {
        const output = newOutput();
        await run(list, output, top, applying(list, changing));
        // What the list showed late comes with the next run.
        list.now += 299_000;
        await run(list, output, top);
        expectComplete(output, list);
      }),
      { numRuns: 300 },
    );
  });

  it('goes on where it was killed, as if it had not been', async () => {
    const anyKills = fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(anyList, changes([0]), anyKills, async ({ list, top }, changing, kills) => {
        const output = newOutput();
        let killAt = 0;
        output.onCommit = (commits) => {
          if (commits >= killAt) throw KILLED;
        };
        for (const commits of [...kills, Number.POSITIVE_INFINITY]) {
          killAt += commits;
          await run(list, output, top, applying(list, changing)).catch((error: unknown) => {
            if (error !== KILLED) throw error;
          });
        }
        expectComplete(output, list);
      }),
      { numRuns: 300 },
    );
  });

  it.each([true, false])(
    'follows the pages of a moment that has more than one (links: %s)',
    async (links) => {
      const moment = NOW - 3 * DAY_MS;
      const incidents = Array.from({ length: 35 }, (_, index) => listed(index, moment));
      const list = new IncidentList([...incidents, listed(99, NOW)], NOW, {
        order: ORDERS.id,
        links,
      });
      const output = newOutput();
      // One leaves the moment while its pages are read: all behind it move up.
      await run(list, output, 10, (request) => {
        if (output.rows.length === 20 && request > 0) list.change(3, 0);
      });
      expectComplete(output, list);
    },
  );

  it.each([
    [400, 'Directory_ExpiredPageToken'],
    [404, 'DirectoryPageTokenNotFoundException'],
    [410, 'resyncRequired'],
    [400, 'BadRequest'],
  ])(
    'reads the list again from its first page when a link has expired: %i %s',
    async (status, code) => {
      const moment = NOW - 3 * DAY_MS;
      const incidents = Array.from({ length: 35 }, (_, index) => listed(index, moment));
      const expired = { links: [2, 5], status, code };
      const list = new IncidentList(incidents, NOW, { order: ORDERS.id, links: true, expired });
      const output = newOutput();
      await run(list, output, 10);
      expect(list.links).toBeGreaterThan(5);
      expectComplete(output, list);
    },
  );

  it('asks for less where the service fails at much, so that it never stalls', async () => {
    const incidents = Array.from({ length: 40 }, (_, index) =>
      listed(index, NOW - (index + 2) * 3_600_000),
    );
    const list = new IncidentList(incidents, NOW, { order: ORDERS.id, links: true, maxRows: 4 });
    const output = newOutput();
    await run(list, output, 100);
    expectComplete(output, list);
  });

  it('is not led astray by a time that is to come', async () => {
    const rows = [listed(1, NOW + 3_650 * DAY_MS), listed(2, NOW - DAY_MS), listed(3, NOW - 1_000)];
    const list = new IncidentList(rows, NOW, { order: ORDERS.id, links: true });
    const output = newOutput();
    // Each change comes when the window of its time may have been passed.
    await run(list, output, 1, (request) => {
      list.now += 60_000;
      if (request % 5 === 4 && request < 100) list.change(request, 0);
    });
    await run(list, output, 1);
    expectComplete(output, list);
  });

  it('gives up where the service fails at little as well', async () => {
    const list = new IncidentList([listed(1, NOW - DAY_MS)], NOW, {
      order: ORDERS.id,
      links: true,
      maxRows: 0,
    });
    const error: unknown = await run(list, newOutput(), 100).catch((thrown: unknown) => thrown);
    expect(failureOf(error)?.status).toBe(500);
    expect(list.requests).toBeLessThan(20);
  });

  // Two requests for each page that is full would be a poor use of 50 a minute.
  it.each([
    ['a steady flow', 5_000, 300_000, 110],
    ['a burst in the last hour', 3_000, 1_000, 60],
    ['a single moment with more than a page', 150, 0, 70],
  ])('needs few requests for %s', async (_title, count, everyMs, atMost) => {
    const incidents = Array.from({ length: count }, (_, index) =>
      listed(index, NOW - index * everyMs),
    );
    const list = new IncidentList(incidents, NOW, { order: ORDERS.newest, links: true });
    const output = newOutput();
    await run(list, output, 100);
    expectComplete(output, list);
    expect(list.requests).toBeLessThan(atMost);
  });
});
