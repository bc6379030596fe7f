// Draws the committed dashboards in Chromium with Grafana's own React components, from a real Prometheus that
// remembers hours of a real client. Says which panels lack data, and ends with 1 if any does. With --update it draws
// every scenario in place of the one that has all troubles, and the screenshots go to docs/images; the scenarios can be
// named: --update server-errors.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  ANYTHING,
  type Committed,
  committedOf,
  dashboard,
} from '../../packages/prom/test/monitoring/dashboard-model.ts';
import {
  type PastLab,
  startPastLab,
} from '../../packages/prom/test/monitoring/lab/history/past.ts';
import * as scenarios from '../../packages/prom/test/monitoring/lab/history/scenarios.ts';
import { find } from '../../packages/prom/test/monitoring/tools.ts';
import { Grafana } from './browser.ts';
import type { Dashboard, Setup } from './src/model.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const isUpdate = process.argv.includes('--update');
const MINUTES = isUpdate ? 360 : 120;

/** What is drawn: a scenario, and what of it the images in docs/ show. */
interface Drawing {
  readonly scenario: scenarios.Scenario;
  readonly name: string;
  readonly source: 'prom' | 'otlp';
  /** Whether every panel must have data. */
  readonly isComplete?: true;
  readonly chosen?: Readonly<Record<string, string>>;
}

const ALL: readonly Drawing[] = [
  { scenario: scenarios.trouble, name: '', source: 'prom', isComplete: true },
];

const STORIES: readonly Drawing[] = [
  {
    scenario: scenarios.permissionLost,
    name: '',
    source: 'prom',
    chosen: { tenant: 'fabrikam', operation: 'incidents.list' },
  },
  { scenario: scenarios.quiet, name: '-quiet', source: 'prom' },
  {
    scenario: scenarios.serverErrors,
    name: '-server-errors',
    source: 'prom',
    chosen: { tenant: 'contoso', operation: 'alerts.list' },
  },
  {
    scenario: scenarios.throttled,
    name: '-throttled',
    source: 'prom',
    chosen: { tenant: 'contoso', operation: 'alerts.list' },
  },
  { scenario: scenarios.trouble, name: '-otlp', source: 'otlp' },
];

/** The rows that the images in docs/ end before, so that they stay small. */
const UNTIL = ['Latency', 'Attempts'];

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

function setupFor(board: Dashboard, { url, to }: PastLab, drawing: Drawing): Setup {
  const chosen = board.title.includes('operation') ? (drawing.chosen ?? {}) : {};
  return {
    dashboard: board,
    prometheus: url,
    from: to - MINUTES * 60,
    to,
    step: 60,
    // The program is scraped once a minute.
    values: { ...ANYTHING, ...chosen, __rate_interval: '4m', __range: `${MINUTES}m` },
    chosen,
  };
}

/** Draws a dashboard, and says what it lacks. */
async function drawBoard(
  grafana: Grafana,
  lab: PastLab,
  { name, source }: Committed,
  drawing: Drawing,
): Promise<void> {
  // Both describe the same file; the page needs more of it than the other tests do.
  const board = (await dashboard(name)) as unknown as Dashboard;
  const kind = name.endsWith('overview') ? 'overview' : 'operation';
  const folder = isUpdate ? IMAGES : join(ROOT, 'dist', 'images');
  await mkdir(folder, { recursive: true });
  const image = join(folder, `dashboard-${kind}${drawing.name}.png`);
  const lacks = await grafana.draw(setupFor(board, lab, drawing), image, isUpdate ? UNTIL : []);
  const count = board.panels.filter(({ type }) => type !== 'row').length;
  say(
    `${board.title} (${source}): ${count - lacks.length} of ${count} panels show data (${image})`,
  );
  const faults = drawing.isComplete ? lacks : lacks.filter((lack) => lack.includes('threw'));
  for (const fault of faults) say(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const prometheus = await find('prometheus');
  if (prometheus === undefined) throw new Error('prometheus is not installed');
  await using grafana = await Grafana.open();
  const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  const stories = STORIES.filter(({ name }) => named.length === 0 || named.includes(name.slice(1)));
  for (const drawing of isUpdate ? stories : ALL) {
    const { scenario, source } = drawing;
    await using lab = await startPastLab(prometheus, { scenario, source, minutes: MINUTES });
    for (const board of committedOf(source)) await drawBoard(grafana, lab, board, drawing);
  }
}

await main();
