// The main job, from start to end: `npx -y pnpm@12.21.0 demo`.
import { runSimulated } from './simulated.ts';
import { runTenant, tenantFrom } from './tenant.ts';

try {
  const tenant = tenantFrom(process.env);
  const asExpected = tenant === undefined ? await runSimulated() : await runTenant(tenant);
  console.log(
    asExpected
      ? 'All went as it should.'
      : 'Something did not go as it should; see the lines marked ✗.',
  );
  process.exitCode = asExpected ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
