import { readBody, textField } from '../body.ts';
import { type Answer, ApiError, type Call, ok, type Route, requireFeature } from '../call.ts';
import { executionMsOf, type HuntingResult, runQuery } from '../hunting/query.ts';

/** The service's limits for one query, in its minutes: 200 s for Defender for Endpoint's, else 3 minutes. */
const MDE_LIMIT_MINUTES = 200 / 60;
const LIMIT_MINUTES = 3;

interface Run extends HuntingResult {
  readonly executionMs: number;
}

/** Waits for the time in the query's comment, and counts it against the quota. */
async function spendTime(call: Call, query: string, limitMinutes: number): Promise<number> {
  const wantedMs = executionMsOf(query);
  const limitMs = limitMinutes * call.minuteMs;
  const executionMs = Math.min(wantedMs, limitMs);
  if (executionMs > 0) {
    await call.sleep(executionMs);
    call.spend(executionMs);
  }
  if (wantedMs <= limitMs) return executionMs;
  throw new ApiError('BadRequest', { message: 'Query exceeded the timeout period.' });
}

async function run(call: Call, limitMinutes: number): Promise<Run> {
  requireFeature(call, 'advancedHunting');
  // The live service's answer, instead of the documented MissingRequiredParameter.
  const query = textField(readBody(call, { missingMessage: 'Missing query.' }), 'Query') ?? '';
  const result = runQuery(query, { rowsOf: call.huntingRows, now: call.clock.epoch() });
  return { ...result, executionMs: await spendTime(call, query, limitMinutes) };
}

function stats({ rows, executionMs }: Run): object {
  const seconds = executionMs / 1000;
  return {
    ExecutionTime: seconds,
    resource_usage: {
      cache: { memory: { hits: 0, misses: 0, total: 0 }, disk: { hits: 0, misses: 0, total: 0 } },
      cpu: { user: seconds, kernel: 0, 'total cpu': seconds },
      memory: { peak_per_node: 16_777_312 },
    },
    dataset_statistics: [{ table_row_count: rows.length, table_size: JSON.stringify(rows).length }],
  };
}

function defenderRun(limitMinutes: number) {
  return async (call: Call): Promise<Answer> => {
    const result = await run(call, limitMinutes);
    return ok({
      Stats: stats(result),
      Schema: result.columns.map(({ name, type }) => ({ Name: name, Type: type })),
      Results: result.rows,
    });
  };
}

async function graphRun(call: Call): Promise<Answer> {
  const { columns, rows } = await run(call, LIMIT_MINUTES);
  return ok({
    '@odata.context': `${call.origin}/v1.0/$metadata#microsoft.graph.security.huntingQueryResults`,
    schema: columns,
    results: rows,
  });
}

export const huntingRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/advancedhunting/run', handle: defenderRun(LIMIT_MINUTES) },
  { method: 'POST', path: '/api/advancedqueries/run', handle: defenderRun(MDE_LIMIT_MINUTES) },
  { method: 'POST', path: '/v1.0/security/runHuntingQuery', handle: graphRun },
  { method: 'POST', path: '/beta/security/runHuntingQuery', handle: graphRun },
];
