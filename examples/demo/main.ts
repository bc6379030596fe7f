// The main job, from start to end: `npx -y pnpm@12.21.0 demo`.
//
//   --watch    goes on with traffic afterwards, so that Prometheus and Grafana have something to show
//   --port N   where /metrics listens; a free port where it is not given
import { parseArgs } from 'node:util';
import { tenantFrom } from '../support/tenant.ts';
import { serveMetrics } from './metrics.ts';
import { runSimulated } from './simulated.ts';
import { runTenant } from './tenant.ts';
import { keepCalling } from './watch.ts';

/** Runs it, and says whether all went as it should. */
async function run(port: number, watch: boolean): Promise<boolean> {
  const metrics = await serveMetrics(port);
  try {
    console.log(`Metrics of all calls: ${metrics.url}`);
    const tenant = tenantFrom(process.env);
    const asExpected =
      tenant === undefined ? await runSimulated(metrics) : await runTenant(tenant, metrics);
    console.log(
      asExpected
        ? 'All went as it should.'
        : 'Something did not go as it should; see the lines marked ✗.',
    );
    if (watch) await keepCalling(metrics);
    return asExpected;
  } finally {
    await metrics.close();
  }
}

try {
  const { values } = parseArgs({
    options: { watch: { type: 'boolean', default: false }, port: { type: 'string', default: '0' } },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a port from 0 to 65535, got ${values.port}`);
  }
  process.exitCode = (await run(port, values.watch)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
