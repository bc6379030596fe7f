// A page that draws dashboards with Grafana's own React components, in Chromium.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type BrowserContext, chromium, type Locator, type Page } from 'playwright-core';
import { preview } from 'vite';
import type { Dashboard, Panel, Setup } from './src/model.ts';

const ROOT = fileURLToPath(new URL('.', import.meta.url));
const WIDTH = 1_600;
/** More than a dashboard's: tables draw no row that is out of sight. */
const HEIGHT = 3_600;
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
];

/** Draws dashboards until it is disposed. */
export class Grafana implements AsyncDisposable {
  readonly #context: BrowserContext;
  readonly #url: string;
  readonly #owned: AsyncDisposableStack;

  private constructor(context: BrowserContext, url: string, owned: AsyncDisposableStack) {
    this.#context = context;
    this.#url = url;
    this.#owned = owned;
  }

  static async open(): Promise<Grafana> {
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
    return new Grafana(context, server.resolvedUrls?.local[0] ?? '', stack.move());
  }

  /**
   * Writes the picture of a dashboard, and gives what its panels lack.
   *
   * @param until - the rows of these titles that the picture ends before; the whole dashboard where it is left out
   */
  async draw(setup: Setup, image: string, until: readonly string[] = []): Promise<string[]> {
    const page = await this.#context.newPage();
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.addInitScript((given) => {
      window.setup = given;
    }, setup);
    await page.goto(this.#url);
    const lacks = await lacksOf(page, setup.dashboard);
    // Graphs are drawn in the next frame.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    const bottom = await bottomOf(page, setup.dashboard, until);
    if (bottom === undefined) await page.getByTestId('board').screenshot({ path: image });
    else await page.screenshot({ path: image, clip: { x: 0, y: 0, width: WIDTH, height: bottom } });
    await page.close();
    return [...lacks, ...errors.map((message) => `the page threw: ${message}`)];
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#owned.disposeAsync();
  }
}

/** Where the first of the rows begins. */
async function bottomOf(
  page: Page,
  { panels }: Dashboard,
  until: readonly string[],
): Promise<number | undefined> {
  const row = panels.find(({ type, title }) => type === 'row' && until.includes(title));
  if (row === undefined) return undefined;
  return (await page.getByText(row.title, { exact: true }).boundingBox())?.y;
}

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
