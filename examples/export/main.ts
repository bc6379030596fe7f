// Exports incidents to a file of JSON lines. Each version of an incident is in it exactly once, whatever fails on the way:
//
//   node --conditions=@defender-resilience/source examples/export/main.ts --output incidents.jsonl
//
// Run it again to continue, or to add what has changed since. Without a tenant in the environment (DEFENDER_BASE_URL, see
// ../support/tenant.ts) it exports from a simulated one.
import { parseArgs } from 'node:util';
import { createResilience } from '@defender-resilience/core';
import { oneOf, time, wholeNumber } from '../support/cli.ts';
import { count, JobProgress } from '../support/progress.ts';
import { ResumableOutput } from '../support/resumable-output.ts';
import { runJob } from '../support/run-job.ts';
import { simulatedTenant } from '../support/simulated.ts';
import { DEFENDER_XDR, type Tenant, tenantFrom } from '../support/tenant.ts';
import { fetchWhole } from '../support/whole-body.ts';
import { IncidentExport, stateText } from './export.ts';
import { iso, MAX_TOP } from './incidents.ts';
import { type ExportState, firstState, parseState } from './state.ts';

const DAY_MS = 86_400_000;
/** How long the service keeps incidents by default. */
const RETENTION_MS = 180 * DAY_MS;
const HOUR_S = 3_600;

const USAGE = `Options
  --output FILE      write incidents to FILE and progress to FILE.state.json
                     (default: incidents.jsonl)
  --since TIME       first run: export incidents updated since TIME
                     (default: 180 days ago)
  --page-size N      incidents per page, 1 to 100 (default: 100)
  --max-wait S       give up if the service asks for a longer wait, in seconds
                     (default: 3600)
  --first-wait MS    wait about this long before the first retry, in
                     milliseconds (default: 1000)
  --quota off        do not pace calls; wait only after a 429
  --every N          without a terminal: print a line every N pages (default: 10)
  --help             show this text`;

interface Options {
  readonly output: string;
  readonly since: number | undefined;
  readonly top: number;
  readonly maxWaitMs: number;
  readonly firstWaitMs: number;
  readonly keepQuota: boolean;
  readonly every: number;
}

function optionsFrom(args: readonly string[]): Options | undefined {
  const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', default: false },
      output: text('incidents.jsonl'),
      since: { type: 'string' },
      'page-size': text(String(MAX_TOP)),
      'max-wait': text(String(HOUR_S)),
      'first-wait': text('1000'),
      quota: text('documented'),
      every: text('10'),
    },
  });
  if (values.help) return undefined;
  const number = (name: keyof typeof values, min: number, max: number) =>
    wholeNumber(`--${name}`, String(values[name]), { min, max });
  return {
    output: values.output,
    since: values.since === undefined ? undefined : time('--since', values.since),
    top: number('page-size', 1, MAX_TOP),
    maxWaitMs: 1_000 * number('max-wait', 0, 24 * HOUR_S),
    firstWaitMs: number('first-wait', 0, 60_000),
    keepQuota: oneOf('--quota', values.quota, ['documented', 'off']) === 'documented',
    every: number('every', 1, 1_000_000),
  };
}

/** A GET that retries service errors, throttling, broken responses and expired tokens. */
async function resilientGet(
  { baseUrl, getToken, minuteMs }: Tenant,
  { firstWaitMs, maxWaitMs, keepQuota }: Options,
  { progress, signal }: { readonly progress: JobProgress; readonly signal: AbortSignal },
): Promise<(url: string) => Promise<unknown>> {
  let token = await getToken();
  const { wrapFetch } = createResilience({
    throwHttpErrors: true,
    hosts: { [new URL(baseUrl).host]: 'all' },
    // An export may outlast its token.
    refreshToken: async () => {
      token = await getToken();
      return token;
    },
    // Nobody waits for a nightly job, so it may retry longer.
    retry: { maxRetries: 8, initialDelayMs: firstWaitMs, maxRetryAfterMs: maxWaitMs },
    deadlineMs: maxWaitMs + 600_000,
    quota: keepQuota && { minuteMs: minuteMs ?? 60_000 },
    // With one call at a time, retries cannot pile up.
    budget: { minPerMinute: 1_000 },
    observers: [progress.observer],
    onObserverError: (error) => progress.line(String(error)),
  });
  const fetch = wrapFetch(fetchWhole);
  return async (url) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(url, { headers, signal })).json();
  };
}

/** @throws Error if the output file belongs to another tenant or start time */
function checkFits(known: ExportState, source: string, { output, since }: Options): void {
  const begins = known.cursor.since;
  if (known.source === source && (since ?? begins) === begins) return;
  const content = `incidents of ${known.source} since ${iso(begins)}`;
  throw new Error(`${output} already has ${content}. Choose another --output.`);
}

async function exportFrom(tenant: Tenant, source: string, signal: AbortSignal, options: Options) {
  const progress = new JobProgress({ every: options.every });
  const initial = firstState(source, options.since ?? Date.now() - RETENTION_MS);
  const output = await ResumableOutput.open(options.output, { initial, parse: parseState });
  const before = output.state;
  try {
    checkFits(before, source, options);
    if (before.pages > 0) progress.line(`Continuing: ${stateText(before, Date.now())}`);
    const getJson = await resilientGet(tenant, options, { progress, signal });
    const { baseUrl } = tenant;
    await new IncidentExport({
      baseUrl,
      top: options.top,
      getJson,
      output,
      progress,
      now: Date.now,
    }).run();
  } finally {
    await output.close();
    const cost = progress.end();
    const incidents = count(output.state.incidents - before.incidents, 'incident');
    console.log(`${incidents} in ${count(output.state.pages - before.pages, 'page')}`);
    console.log(`${cost}\n${count(output.state.incidents, 'line')} in ${options.output}`);
  }
}

await runJob(async (signal) => {
  const options = optionsFrom(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
    return true;
  }
  const tenant = tenantFrom(process.env, DEFENDER_XDR);
  if (tenant !== undefined) {
    await exportFrom(tenant, new URL(tenant.baseUrl).host, signal, options);
    return true;
  }
  const simulated = await simulatedTenant(DEFENDER_XDR, { incidents: 1_500 });
  console.log('DEFENDER_BASE_URL is not set: exporting from a simulated tenant.');
  try {
    await exportFrom(simulated, 'the simulator', signal, options);
  } finally {
    await simulated.close();
  }
  return true;
});
