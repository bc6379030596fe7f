// Writes every generated file, or with --check says which of them are stale.
import { check, updateCommitted } from './committed.ts';
import { alertFiles } from './generate/alerts.ts';
import { dashboardFiles } from './generate/dashboards.ts';
import { errorPages } from './generate/error-pages.ts';
import { errorReference } from './generate/error-reference.ts';
import { metricReference } from './generate/metric-reference.ts';
import { operationReference } from './generate/operation-reference.ts';
import { optionReference } from './generate/option-reference.ts';
import { otelReference } from './generate/otel-reference.ts';
import { permissionReference } from './generate/permission-reference.ts';
import { projectFiles } from './generate/project-files.ts';
import { pagesWithSnippets } from './generate/snippets.ts';

const generated: Readonly<Record<string, string>> = {
  'docs/reference/error-codes.md': errorReference(),
  ...errorPages(),
  'docs/reference/operations.md': operationReference(),
  'docs/reference/permissions.md': permissionReference(),
  'docs/reference/options.md': optionReference(),
  'docs/reference/metrics.md': metricReference(),
  'docs/reference/opentelemetry.md': otelReference(),
  ...dashboardFiles(),
  ...alertFiles(),
  ...projectFiles(),
};
const files = { ...generated, ...pagesWithSnippets(generated) };

const stale = await updateCommitted(Object.entries(files));
const count = Object.keys(files).length;
if (check && stale.length > 0) {
  console.error(
    `Generated files are stale:\n${stale.map((path) => `  ${path}`).join('\n')}\n` +
      'Run "npx -y pnpm@12.21.0 fix" and commit what it writes.',
  );
  process.exit(1);
}
console.log(
  check
    ? `${count} generated files are up to date.`
    : `${stale.length} of ${count} generated files written.`,
);
