import { ApiError, type Call } from '../../../packages/simulator/src/call.ts';
import { runQuery } from '../../../packages/simulator/src/hunting/query.ts';
import { page } from '../../../packages/simulator/src/odata.ts';
import { settingsOf } from '../../../packages/simulator/src/options.ts';
import { Script } from '../../../packages/simulator/src/script.ts';
import type { Target } from './target.ts';

const ROWS = [
  { id: 1, severity: 'High', lastUpdateTime: '2026-01-31T12:00:00Z', status: 'Active' },
  { id: 2, severity: "it's low", lastUpdateTime: '2026-01-01T00:00:00Z', status: null },
];

const TABLES: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>> = {
  DeviceInfo: [{ Timestamp: '2026-01-31T12:00:00Z', Name: 'x' }, { Name: 'no time' }],
  AlertInfo: [{ Timestamp: '2026-01-30T12:00:00Z', Title: 'a|b' }],
};

/** What the simulator reads of a request, for its OData queries. */
function callOf(text: string): Pick<Call, 'query' | 'origin' | 'path'> {
  return { query: new URLSearchParams(text), origin: 'http://127.0.0.1', path: '/api/incidents' };
}

/** Runs it; an error of the service is an answer too. */
function answered(run: () => unknown): void {
  try {
    JSON.stringify(run());
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

/** Options and scripts of the simulator, as JSON says them. */
function parseOptions(text: string): void {
  let options: unknown;
  try {
    options = JSON.parse(text);
  } catch {
    return;
  }
  try {
    const { script } = settingsOf(options as never);
    const queue = new Script();
    queue.append(script);
    queue.take({ operation: 'incidents.list', path: '/api/incidents' });
    queue.unconsumed();
  } catch (error) {
    if (!(error instanceof TypeError) || !error.message.startsWith('startSimulator')) throw error;
  }
}

export const SIMULATOR_TARGETS: readonly Target[] = [
  {
    name: 'hunting queries',
    file: 'hunting',
    seeds: [
      'DeviceInfo | where Timestamp > ago(7d) | take 5',
      "AlertInfo | where Title == 'a|b' // runs 90s\n| count",
      'DeviceEvents | where Timestamp between (datetime(2026-01-01) .. now()) | project (a, (b))',
      'let x = 1; DeviceInfo | where Name has @"c:\\x" | limit 10; ',
    ],
    parse(query) {
      const rowsOf = (table: string) => (Object.hasOwn(TABLES, table) ? TABLES[table] : undefined);
      const context = { rowsOf, now: 1_770_000_000_000 };
      answered(() => runQuery(query, context));
    },
  },
  {
    name: 'OData queries',
    file: 'odata',
    seeds: [
      "$filter=severity eq 'High' and id gt 1 or status in ('Active','x')&$top=1&$count=true",
      '$orderby=lastUpdateTime desc&$skip=1&$filter=lastUpdateTime ge 2026-01-15',
      "$filter=severity eq 'it''s low'",
    ],
    parse(query) {
      const rules = { maxTop: 100, defaultTop: 50 };
      answered(() => page(callOf(query) as Call, ROWS, (row) => row, rules));
    },
  },
  {
    name: 'scripts of the simulator',
    file: 'scripts',
    seeds: [
      '{"script":[500,"429","reset",{"status":503,"retryAfter":{"dateInMs":5},"times":"always"}]}',
      '{"script":[{"code":"Teapot","status":418,"for":"/api/x","headers":{"a":"b"},"latencyMs":3}]}',
      '{"quotas":{"incidents":{"perMinute":3}},"faults":{"rate":0.1},"minuteMs":1000,"seed":3}',
    ],
    parse: parseOptions,
  },
];
