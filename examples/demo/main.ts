// Wraps a program's calls against a simulated Defender API: `npx -y pnpm@12.21.0 demo`.
import { parseArgs } from 'node:util';
import { tenantFrom } from '../support/tenant.ts';
import { serveMetrics } from './metrics.ts';
import { runSimulated } from './simulated.ts';
import { runTenant } from './tenant.ts';
import { keepCalling } from './watch.ts';

const HELP = `Usage: npx -y pnpm@12.21.0 demo [options]

Runs the same calls with the wrapper and with the bare client against a
simulated Defender API that fails on demand.

  --details  also show each code's advice and tracking ID, and the metrics
  --watch    keep calling afterwards, so that Prometheus has something to scrape
  --port N   serve /metrics on port N (default: a free port)
  --help     show this text

With DEFENDER_BASE_URL and DEFENDER_TOKEN (or AZURE_TENANT_ID, AZURE_CLIENT_ID
and AZURE_CLIENT_SECRET) set, it makes read-only calls to that tenant instead.`;

interface Options {
  readonly port: number;
  readonly watch: boolean;
  readonly details: boolean;
}

/** Runs the demo; true when everything had the expected outcome. */
async function run({ port, watch, details }: Options): Promise<boolean> {
  const metrics = await serveMetrics(port);
  try {
    console.log(`Metrics of all calls: ${metrics.url}`);
    const tenant = tenantFrom(process.env);
    const asExpected =
      tenant === undefined
        ? await runSimulated(metrics, details)
        : await runTenant(tenant, metrics);
    console.log(
      asExpected ? 'Everything went as expected.' : 'Something went wrong: see the lines marked ✗.',
    );
    if (watch) await keepCalling(metrics);
    return asExpected;
  } finally {
    await metrics.close();
  }
}

try {
  const { values } = parseArgs({
    options: {
      details: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      watch: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port must be a number from 0 to 65535, got ${values.port}`);
  }
  if (values.help) console.log(HELP);
  else process.exitCode = (await run({ ...values, port })) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
