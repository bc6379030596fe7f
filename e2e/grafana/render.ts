// Draws the committed dashboards in Chromium with Grafana's own React components, from a real Prometheus that
// remembers hours of a real client. Says which panels lack data, and ends with 1 if any does. With --update it draws
// every scenario in place of the one that has all troubles, and the screenshots go to docs/images; the scenarios can be
// named: --update server-errors.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { preview } from 'vite';
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
import type { Dashboard, Panel, Setup } from './src/model.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../docs/images/', import.meta.url));
const WIDTH = 1_600;
/** More than a dashboard's: tables draw no row that is out of sight. */
const HEIGHT = 3_600;
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];
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

async function changedAt(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

/** Builds the page, unless it was built since its sources last changed. */
async function built(): Promise<void> {
  const names = (await readdir(join(ROOT, 'src'))).map((name) => join('src', name));
  const sources = [...names, 'index.html', 'build.ts', 'pnpm-lock.yaml'];
  const changed = await Promise.all(sources.map((name) => changedAt(join(ROOT, name))));
  if ((await changedAt(join(ROOT, 'dist', 'index.html'))) > Math.max(...changed)) return;
  await promisify(execFile)(process.execPath, [join(ROOT, 'build.ts')]);
}

/** What a panel lacks, as far as can be seen in the page; undefined where nothing is. */
async function lackOf(view: Locator, { type, targets = [] }: Panel): Promise<string | undefined> {
  const state = await view.getAttribute('data-state');
  if (state !== 'done') return state ?? 'no state';
  const text = (await view.textContent()) ?? '';
  if (type === 'text') return text.includes('tracking ID') ? undefined : 'the text is missing';
  if (Number(await view.getAttribute('data-samples')) === 0) return 'no samples';
  if (/No data|NaN|Infinity|undefined/.test(text)) return `the text ${JSON.stringify(text)}`;
  const wantsExemplars = targets.some(({ exemplar }) => exemplar);
  if (wantsExemplars && Number(await view.getAttribute('data-exemplars')) === 0)
    return 'no exemplars';
  const drawn: Readonly<Record<string, string>> = {
    timeseries: 'canvas',
    table: '[role=row]:nth-child(2)',
    'state-timeline': '[data-testid=state]',
  };
  const selector = drawn[type];
  if (selector !== undefined && (await view.locator(selector).count()) === 0)
    return `no ${selector}`;
  const isText = type === 'stat' || type === 'table';
  return !isText || /\d/.test(text) ? undefined : 'no number';
}

async function lacksOf(page: Page, { panels }: Dashboard): Promise<string[]> {
  const lacks: string[] = [];
  for (const panel of panels.filter(({ type }) => type !== 'row')) {
    const view = page.getByTestId(`panel-${panel.id}`);
    await view.and(page.locator(':not([data-state=loading])')).waitFor({ timeout: 30_000 });
    const lack = await lackOf(view, panel);
    if (lack !== undefined) lacks.push(`${panel.title}: ${lack}`);
  }
  return lacks;
}

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

/** The heading that an image ends before. */
function endOf({ panels }: Dashboard): string {
  const row = panels.find(({ type, title }) => type === 'row' && UNTIL.includes(title));
  return row?.title ?? '';
}

async function draw(
  context: BrowserContext,
  url: string,
  setup: Setup,
  image: string,
): Promise<string[]> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', ({ message }) => errors.push(message));
  await page.addInitScript((given) => {
    window.setup = given;
  }, setup);
  await page.goto(url);
  const lacks = await lacksOf(page, setup.dashboard);
  // Graphs are drawn in the next frame.
  await page.evaluate(
    () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
  );
  const boardView = page.getByTestId('board');
  const end = isUpdate ? page.getByText(endOf(setup.dashboard), { exact: true }) : undefined;
  const bottom = (await end?.boundingBox())?.y;
  if (bottom === undefined) await boardView.screenshot({ path: image });
  else await page.screenshot({ path: image, clip: { x: 0, y: 0, width: WIDTH, height: bottom } });
  await page.close();
  return [...lacks, ...errors.map((message) => `the page threw: ${message}`)];
}

/** Draws a dashboard, and says what it lacks. */
async function drawBoard(
  context: BrowserContext,
  url: string,
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
  const lacks = await draw(context, url, setupFor(board, lab, drawing), image);
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
  await using stack = new AsyncDisposableStack();
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  stack.defer(() => rm(profile, { recursive: true, force: true }));
  await built();
  const server = await preview({
    root: ROOT,
    configFile: false,
    preview: { host: '127.0.0.1', port: 0 },
  });
  stack.defer(() => server.close());
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    headless: true,
    args: FLAGS,
    viewport: { width: WIDTH, height: HEIGHT },
  });
  stack.defer(() => context.close());
  const url = server.resolvedUrls?.local[0] ?? '';
  const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
  const stories = STORIES.filter(({ name }) => named.length === 0 || named.includes(name.slice(1)));
  for (const drawing of isUpdate ? stories : ALL) {
    const { scenario, source } = drawing;
    await using lab = await startPastLab(prometheus, { scenario, source, minutes: MINUTES });
    for (const board of committedOf(source)) await drawBoard(context, url, lab, board, drawing);
  }
}

await main();
