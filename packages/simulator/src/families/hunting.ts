import { type Answer, type Call, ok, Refusal, type Route, requireFeature } from '../answer.ts';
import { readBody, textField } from '../body.ts';
import { runningMsOf, runQuery } from '../hunting/run-query.ts';
import type { Table } from '../hunting/table.ts';
import { tableOf } from '../hunting/tables.ts';

/** How long the service lets a query run, in its minutes: 200 s for MDE's own, else 3 minutes. */
const MDE_LIMIT_MINUTES = 200 / 60;
const LIMIT_MINUTES = 3;

interface Result {
  readonly table: Table;
  readonly runningMs: number;
}

/** Lets the query take the time that its comment asks for, and counts it against the quota. */
async function spendTime(call: Call, query: string, limitMinutes: number): Promise<number> {
  const wantedMs = runningMsOf(query);
  const limitMs = limitMinutes * call.minuteMs;
  const runningMs = Math.min(wantedMs, limitMs);
  if (runningMs > 0) {
    await call.sleep(runningMs);
    call.spend(runningMs);
  }
  if (wantedMs <= limitMs) return runningMs;
  throw new Refusal('BadRequest', { message: 'Query exceeded the timeout period.' });
}

async function run(call: Call, limitMinutes: number): Promise<Result> {
  requireFeature(call, 'advancedHunting');
  // What the live service answers, instead of the documented MissingRequiredParameter.
  const query = textField(readBody(call, { missingMessage: 'Missing query.' }), 'Query') ?? '';
  const table = runQuery(query, {
    table: (name) => tableOf(call.world, name),
    now: call.clock.epoch(),
  });
  return { table, runningMs: await spendTime(call, query, limitMinutes) };
}

function stats({ table, runningMs }: Result): object {
  const seconds = runningMs / 1000;
  return {
    ExecutionTime: seconds,
    resource_usage: {
      cache: { memory: { hits: 0, misses: 0, total: 0 }, disk: { hits: 0, misses: 0, total: 0 } },
      cpu: { user: seconds, kernel: 0, 'total cpu': seconds },
      memory: { peak_per_node: 16_777_312 },
    },
    dataset_statistics: [
      {
        table_row_count: table.rows.length,
        table_size: JSON.stringify(table.rows).length,
      },
    ],
  };
}

function defenderRun(limitMinutes: number) {
  return async (call: Call): Promise<Answer> => {
    const result = await run(call, limitMinutes);
    return ok({
      Stats: stats(result),
      Schema: result.table.columns.map(({ name, type }) => ({ Name: name, Type: type })),
      Results: result.table.rows,
    });
  };
}

async function graphRun(call: Call): Promise<Answer> {
  const { table } = await run(call, LIMIT_MINUTES);
  return ok({
    '@odata.context': `${call.origin}/v1.0/$metadata#microsoft.graph.security.huntingQueryResults`,
    schema: table.columns.map(({ name, type }) => ({ name, type })),
    results: table.rows,
  });
}

export const huntingRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/advancedhunting/run', handle: defenderRun(LIMIT_MINUTES) },
  { method: 'POST', path: '/api/advancedqueries/run', handle: defenderRun(MDE_LIMIT_MINUTES) },
  { method: 'POST', path: '/v1.0/security/runHuntingQuery', handle: graphRun },
  { method: 'POST', path: '/beta/security/runHuntingQuery', handle: graphRun },
];
