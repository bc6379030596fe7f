// Runs hunting queries over a range of time within the hunting quotas, and writes JSON lines:
//
//   node --conditions=@defender-resilience/source examples/hunting/main.ts --output hunt.jsonl
//
// Run it again to continue. Without a tenant in the environment (DEFENDER_BASE_URL, see ../support/tenant.ts) it hunts in
// a simulated one. The queries are in queries.ts.
import { parseArgs } from 'node:util';
import { createResilience } from '@defender-resilience/core';
import { oneOf, time, wholeNumber } from '../support/cli.ts';
import { count, JobProgress } from '../support/progress.ts';
import { ResumableOutput } from '../support/resumable-output.ts';
import { runJob } from '../support/run-job.ts';
import { simulatedTenant } from '../support/simulated.ts';
import { type Tenant, tenantFrom } from '../support/tenant.ts';
import { fetchWhole } from '../support/whole-body.ts';
import { hunt } from './hunt.ts';
import { iso, QUERIES } from './queries.ts';
import { ROUTES, rowsIn } from './routes.ts';
import { type HuntState, parseState } from './state.ts';

const WEEK_MS = 7 * 86_400_000;

const USAGE = `Options
  --route R          graph, or xdr for the older API (default: graph)
  --from TIME        start of the range; the service keeps 30 days
                     (default: 7 days ago)
  --to TIME          end of the range (default: now)
  --output FILE      write rows to FILE and progress to FILE.state.json
                     (default: hunt.jsonl)
  --max-rows N       the service cuts results at N rows (default: 100000)
  --max-wait S       give up if the service asks for a longer wait, in seconds
                     (default: 900)
  --first-wait MS    wait about this long before the first retry, in
                     milliseconds (default: 1000)
  --quota off        do not pace calls; wait only after a 429
  --every N          without a terminal: print a line every N slices (default: 1)
  --help             show this text`;

function optionsFrom(args: string[]) {
  const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
  const { values } = parseArgs({
    args,
    options: {
      help: { type: 'boolean', default: false },
      route: text('graph'),
      from: { type: 'string' },
      to: { type: 'string' },
      output: text('hunt.jsonl'),
      'max-rows': text('100000'),
      'max-wait': text('900'),
      'first-wait': text('1000'),
      quota: text('documented'),
      every: text('1'),
    },
  });
  const number = (name: 'max-rows' | 'max-wait' | 'first-wait' | 'every', min: number) =>
    wholeNumber(`--${name}`, values[name], { min, max: 1_000_000 });
  const given = (name: 'from' | 'to') =>
    values[name] === undefined ? undefined : time(`--${name}`, values[name]);
  return {
    help: values.help,
    route: ROUTES[oneOf('--route', values.route, ['graph', 'xdr'])],
    from: given('from'),
    to: given('to'),
    output: values.output,
    maxRows: number('max-rows', 1),
    maxWaitMs: 1_000 * number('max-wait', 0),
    firstWaitMs: number('first-wait', 0),
    keepQuota: oneOf('--quota', values.quota, ['documented', 'off']) === 'documented',
    every: number('every', 1),
  };
}

type Options = ReturnType<typeof optionsFrom>;

/** Runs a query. Retries errors that pass, and waits for the quota and for the tenant's CPU limit. */
async function resilientRun(
  { baseUrl, getToken, minuteMs }: Tenant,
  { route, maxWaitMs, firstWaitMs, keepQuota }: Options,
  { progress, signal }: { readonly progress: JobProgress; readonly signal: AbortSignal },
): Promise<(query: string) => Promise<readonly object[]>> {
  let token = await getToken();
  const { wrapFetch } = createResilience({
    throwHttpErrors: true,
    hosts: { [new URL(baseUrl).host]: 'all' },
    refreshToken: async () => {
      token = await getToken();
      return token;
    },
    // A tenant that has used up its CPU limit is blocked for up to a quarter of an hour, and the job waits for that. A
    // longer wait fails at once, and the message says when to continue.
    retry: { maxRetries: 8, initialDelayMs: firstWaitMs, maxRetryAfterMs: maxWaitMs },
    operations: { [route.operation]: { deadlineMs: maxWaitMs + 1_200_000 } },
    // The tenant has 45 calls a minute. The job paces its calls so that none is refused.
    quota: keepQuota && { minuteMs: minuteMs ?? 60_000 },
    // With one call at a time, retries cannot pile up.
    budget: { minPerMinute: 1_000 },
    observers: [progress.observer],
    onObserverError: (error) => progress.line(String(error)),
  });
  const fetch = wrapFetch(fetchWhole);
  return async (query) => {
    const response = await fetch(`${baseUrl}${route.path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ Query: query }),
      signal,
    });
    return rowsIn(await response.json(), route);
  };
}

/** @throws Error if the output file belongs to another tenant or range */
function checkFits(known: HuntState, source: string, { output, from, to }: Options): void {
  const { range } = known;
  const isSameTime = (from ?? range.from) === range.from && (to ?? range.to) === range.to;
  if (known.source === source && isSameTime) return;
  const hunt = `a hunt in ${known.source} from ${iso(range.from)} to ${iso(range.to)}`;
  throw new Error(`${output} already has ${hunt}. Choose another --output.`);
}

async function huntIn(tenant: Tenant, source: string, signal: AbortSignal, options: Options) {
  const { maxRows, every, to = Date.now(), from = to - WEEK_MS } = options;
  if (from >= to) throw new Error('--from must be before --to.');
  const progress = new JobProgress({ every });
  const initial = { source, range: { from, to }, queries: {} };
  const output = await ResumableOutput.open(options.output, { initial, parse: parseState });
  try {
    checkFits(output.state, source, options);
    const { range } = output.state;
    progress.line(`Hunting from ${iso(range.from)} to ${iso(range.to)}`);
    const run = await resilientRun(tenant, options, { progress, signal });
    return await hunt({ queries: QUERIES, maxRows, output, progress, run });
  } finally {
    await output.close();
    console.log(progress.end());
    const rows = Object.values(output.state.queries).reduce((sum, query) => sum + query.rows, 0);
    console.log(`${count(rows, 'line')} in ${options.output}`);
  }
}

await runJob(async (signal) => {
  const options = optionsFrom(process.argv.slice(2));
  if (options.help) {
    console.log(USAGE);
    return true;
  }
  const tenant = tenantFrom(process.env, options.route.api);
  if (tenant !== undefined) return huntIn(tenant, new URL(tenant.baseUrl).host, signal, options);
  const simulated = await simulatedTenant(options.route.api);
  console.log('DEFENDER_BASE_URL is not set: hunting in a simulated tenant.');
  try {
    return await huntIn(simulated, 'the simulator', signal, options);
  } finally {
    await simulated.close();
  }
});
