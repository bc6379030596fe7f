import { dashboards } from './dashboards.ts';
import type { DashboardOptions } from './options.ts';

const FOLDER = 'packages/prom/dashboards';

function files(folder: string, options: DashboardOptions): readonly (readonly [string, string])[] {
  return dashboards(options).map((dashboard) => [
    `${folder}/${dashboard.uid}.json`,
    `${JSON.stringify(dashboard, null, 2)}\n`,
  ]);
}

/** The committed dashboards of both sources: path from the repository's root → content. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries([...files(FOLDER, {}), ...files(`${FOLDER}/otlp`, { source: 'otlp' })]);
}
