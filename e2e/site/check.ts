// Looks at the built site as readers do: ten pages at two widths in light and dark, the search, the explainer.
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Site, serveSite } from './serve.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const PAGES: Readonly<Record<string, string>> = {
  home: '/',
  start: '/start/',
  tokens: '/start/tokens',
  clients: '/guide/clients',
  codes: '/reference/error-codes',
  forbidden: '/errors/Forbidden',
  operations: '/reference/operations',
  runbook: '/runbooks/DefenderAccessLost',
  explain: '/explain',
  api: '/api/@defender-resilience/core/',
};
const WIDTHS: Readonly<Record<string, number>> = { desktop: 1_280, phone: 390 };
/** What people type, and the page that must be among the first three results. */
const SEARCHES: Readonly<Record<string, RegExp>> = {
  'getting started': /^\/start\//,
  forbidden: /Forbidden/,
  'managed identity': /^\/start\/tokens/,
  axios: /^\/guide\//,
  pino: /^\/guide\/logging/,
  troubleshoot: /^\/guide\/troubleshooting/,
  kubernetes: /^\/guide\/kubernetes/,
  'p-retry': /^\/guide\/(?:migration|comparison)/,
};

/**
 * What VitePress's own markup does, by the rule that it breaks and where: the search button's name is "Search", and what
 * is seen in it is "Search" with the keys of its shortcut.
 */
const THEME: Readonly<Record<string, RegExp>> = {
  'label-content-name-mismatch': /class="DocSearch DocSearch-Button"/,
};

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

const faults: string[] = [];

/** What axe finds that keeps somebody from reading the page. */
async function accessibilityFaults(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const violations = (await page.evaluate(
    'axe.run().then(({ violations }) => violations)',
  )) as readonly Violation[];
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => ({ id, places: nodes.filter(({ html }) => !THEME[id]?.test(html)) }))
    .filter(({ places }) => places.length > 0)
    .map(({ id, places }) => `${id} at ${places.length} places: ${places[0]?.html.slice(0, 120)}`);
}

/** The narrowest column of the page's tables, in pixels: in one of a few letters nobody can read. */
async function narrowestColumn(page: Page): Promise<number> {
  const width = await page.evaluate(
    "Math.min(...[...document.querySelectorAll('.vp-doc td')].map((cell) => cell.clientWidth))",
  );
  return Number(width);
}

async function look(browser: Browser, site: Site, screenshots: string | undefined): Promise<void> {
  for (const [device, width] of Object.entries(WIDTHS)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      const page = await context.newPage();
      page.setDefaultTimeout(60_000);
      for (const [name, path] of Object.entries(PAGES)) {
        const response = await page.goto(`${site.url}${path}`, { waitUntil: 'load' });
        const where = `${path}, ${device}, ${colorScheme}`;
        if (name === 'explain') await page.getByTestId('steps').waitFor();
        if (response?.status() !== 200) faults.push(`${where}: status ${response?.status()}`);
        const excess = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        const narrowest = await narrowestColumn(page);
        if (narrowest < 40) faults.push(`${where}: a column of ${narrowest} px`);
        if (Number(excess) > 0) faults.push(`${where}: ${excess} px wider than the window`);
        // Colours differ by scheme, order and names do not differ by width: two of the four combinations are enough.
        if ((device === 'desktop') === (colorScheme === 'light')) {
          for (const fault of await accessibilityFaults(page)) faults.push(`${where}: ${fault}`);
        }
        if (screenshots !== undefined) {
          await page.screenshot({
            path: join(screenshots, `${name}-${device}-${colorScheme}.png`),
          });
        }
      }
      await context.close();
    }
  }
}

/** The addresses of the first results for a text. */
async function search(page: Page, text: string): Promise<string[]> {
  await page.locator('#local-search button').click();
  const input = page.locator('#localsearch-input');
  await input.fill(text);
  const results = page.locator('#localsearch-list a');
  // Until then the list is that of the search before.
  const [word = text] = text.split(' ');
  await page
    .locator('#localsearch-list mark', { hasText: new RegExp(word, 'i') })
    .first()
    .waitFor({ timeout: 20_000 })
    .catch(() => undefined);
  const links = await results.evaluateAll((all: { getAttribute(name: string): string | null }[]) =>
    all.slice(0, 3).map((link) => link.getAttribute('href') ?? ''),
  );
  await page.keyboard.press('Escape');
  return links;
}

async function searches(browser: Browser, site: Site): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${site.url}/`, { waitUntil: 'load' });
  for (const [text, expected] of Object.entries(SEARCHES)) {
    const found = await search(page, text);
    if (!found.some((link) => expected.test(link))) {
      faults.push(`search for "${text}" finds ${found.join(', ') || 'nothing'}`);
    }
  }
  await page.close();
}

/** Runs core's own classify and retry decision in the page. */
async function explainer(browser: Browser, site: Site): Promise<void> {
  const page = await browser.newPage();
  await page.goto(`${site.url}/explain`, { waitUntil: 'load' });
  const expectText = async (id: string, text: string): Promise<void> => {
    const found = page.getByTestId(id).filter({ hasText: text });
    await found.waitFor({ timeout: 20_000 }).catch(() => {
      faults.push(`/explain: ${id} does not show "${text}"`);
    });
  };
  await page
    .getByTestId('text')
    .fill('HTTP 429\nRetry-After: 7\n{"error":{"code":"TooManyRequests"}}');
  await expectText('steps', 'as the service asks');
  await page.getByTestId('operation').selectOption('machines.isolate');
  await page.getByTestId('code').selectOption('Forbidden');
  await expectText('verdict', 'terminal');
  await page.getByTestId('text').fill('upstream answered 502 bad gateway');
  await expectText('steps', 'may have been carried out');
  await page.goto(`${site.url}/explain?code=Forbidden`, { waitUntil: 'load' });
  await expectText('failure', 'Forbidden');
  await page.close();
}

const at = process.argv.indexOf('--screenshots');
const screenshots = at < 0 ? undefined : process.argv[at + 1];
if (screenshots !== undefined) await mkdir(screenshots, { recursive: true });
await using site = await serveSite();
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  await explainer(browser, site);
  await searches(browser, site);
  await look(browser, site, screenshots);
} finally {
  await browser.close();
}
for (const fault of new Set(faults)) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else
  console.log(
    `${Object.keys(PAGES).length} pages at two widths, light and dark, and ${Object.keys(SEARCHES).length} searches`,
  );
