// Draws the committed dashboards in Chromium with Grafana's own React components, from a real Prometheus that watches
// a real client. Says which panels lack data, and ends with 1 if any does. With --update the screenshot goes to docs/.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { preview } from 'vite';
import { dashboard, dashboardNames } from '../../packages/prom/test/monitoring/dashboard-model.ts';
import { everyday, steady, trouble } from '../../packages/prom/test/monitoring/lab/drive.ts';
import { type Lab, startLab } from '../../packages/prom/test/monitoring/lab/lab.ts';
import { pause } from '../../packages/prom/test/monitoring/lab/processes.ts';
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

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Two bad moments in an ordinary minute and a half. */
async function drive({ client }: Lab): Promise<void> {
  await everyday(client);
  await pause(20_000);
  await trouble(client);
  await pause(15_000);
  await everyday(client);
  await trouble(client);
  await pause(10_000);
}

/** Builds the page beside this process, which would otherwise not answer Prometheus meanwhile. */
async function built(): Promise<void> {
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

function setupFor(board: Dashboard, { prometheus }: Lab): Setup {
  const to = Math.floor(Date.now() / 1_000);
  const anything = { job: '.+', instance: '.+', operation: '.+', code: '.+' };
  return {
    dashboard: board,
    prometheus: prometheus.url,
    from: to - 100,
    to,
    step: 2,
    values: { ...anything, __rate_interval: '6s', __range: '100s' },
  };
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
  await page.getByTestId('board').screenshot({ path: image });
  await page.close();
  return [...lacks, ...errors.map((message) => `the page threw: ${message}`)];
}

async function main(): Promise<void> {
  const prometheus = await find('prometheus');
  if (prometheus === undefined) throw new Error('prometheus is not installed');
  const images = process.argv.includes('--update') ? IMAGES : join(ROOT, 'dist', 'images');
  await using stack = new AsyncDisposableStack();
  const profile = await mkdtemp(join(tmpdir(), 'chromium-'));
  stack.defer(() => rm(profile, { recursive: true, force: true }));
  const lab = stack.use(await startLab({ prometheus }));
  const stop = new AbortController();
  const calls = steady(lab.client, stop.signal);
  stack.defer(() => {
    stop.abort();
    return calls;
  });
  await Promise.all([drive(lab), built()]);
  await mkdir(images, { recursive: true });

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
  for (const name of dashboardNames) {
    // Both describe the same file; the page needs more of it than the other tests do.
    const board = (await dashboard(name)) as unknown as Dashboard;
    const image = join(images, `${name.replace('defender-client', 'dashboard')}.png`);
    const lacks = await draw(
      context,
      server.resolvedUrls?.local[0] ?? '',
      setupFor(board, lab),
      image,
    );
    const count = board.panels.filter(({ type }) => type !== 'row').length;
    say(`${board.title}: ${count - lacks.length} of ${count} panels show data (${image})`);
    for (const lack of lacks) say(`  ${lack}`);
    if (lacks.length > 0) process.exitCode = 1;
  }
}

await main();
