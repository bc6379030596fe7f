import { readdirSync, readFileSync } from 'node:fs';

interface Item {
  readonly text: string;
  readonly link?: string;
  readonly items?: readonly Item[];
}

const docs = new URL('../', import.meta.url);

/** A page under the title of its first heading. */
function page(path: string, title?: string): Item {
  const text = readFileSync(new URL(`${path}.md`, docs), 'utf8');
  const [, heading = path] = /^# (.+)$/m.exec(text) ?? [];
  return {
    text: title ?? heading.replaceAll('`', ''),
    link: `/${path.replace(/README$|index$/, '')}`,
  };
}

function pagesIn(folder: string): Item[] {
  return readdirSync(new URL(folder, docs))
    .filter((file) => file.endsWith('.md') && file !== 'README.md' && file !== 'index.md')
    .map((file) => page(`${folder}/${file.replace(/\.md$/, '')}`));
}

const byText = (a: Item, b: Item): number => a.text.localeCompare(b.text);

/** The pages that TypeDoc writes, by package and entry. They exist once `typedoc` has run. */
function apiPages(): Item[] {
  const folder = new URL('api/', docs);
  let found: string[];
  try {
    found = readdirSync(folder, { recursive: true }).map(String);
  } catch {
    return [];
  }
  const modules = found.filter((path) => path.endsWith('README.md') && path !== 'README.md');
  const items = modules.map((path) => {
    const inside = path.replace(/\/README\.md$/, '');
    return { text: inside.replace('@defender-resilience/', ''), link: `/api/${inside}/` };
  });
  return items.toSorted(byText);
}

const reference: Item = {
  text: 'Reference',
  items: [
    page('reference/options'),
    page('reference/error-codes'),
    page('reference/operations'),
    page('reference/permissions'),
    page('reference/metrics'),
    page('reference/opentelemetry'),
    { text: 'API', link: '/api/' },
  ],
};

const observe: Item = {
  text: 'Observe',
  items: [
    page('guide/prometheus'),
    page('guide/opentelemetry'),
    page('guide/alerts'),
    page('guide/dashboards'),
    page('monitoring/README', 'Start a monitoring stack'),
    page('guide/otlp'),
    page('guide/logging'),
    page('runbooks/README', 'Runbooks'),
  ],
};

const background: Item = {
  text: 'Background',
  items: [page('performance'), page('reliability'), page('decisions/README', 'Decisions')],
};

const guides: readonly Item[] = [
  {
    text: 'Start',
    items: [page('start/index'), page('start/tokens'), page('start/metrics'), page('start/alert')],
  },
  {
    text: 'Your client',
    items: [page('guide/clients', 'All clients'), page('guide/fetch'), page('guide/tokens')],
  },
  {
    text: 'Guides',
    items: [
      page('guide/quotas'),
      page('guide/batch-jobs'),
      page('guide/paging-and-hunting'),
      page('guide/tenants'),
      page('guide/testing'),
      page('guide/serverless'),
      page('guide/kubernetes'),
      page('guide/shutdown'),
      page('guide/command-line'),
      page('guide/proxy', 'Proxy for any language'),
    ],
  },
  {
    text: 'Help',
    items: [
      page('explain'),
      page('guide/troubleshooting'),
      page('guide/migration'),
      page('guide/comparison'),
    ],
  },
  observe,
  reference,
  background,
];

/**
 * The sidebar of each part of the site. Those that list many pages have one of their own, so that the page that is
 * open stands in sight.
 */
export const sidebar: Readonly<Record<string, readonly Item[]>> = {
  '/': guides,
  '/reference/': [reference, { text: 'Error codes', items: pagesIn('errors') }],
  '/errors/': [{ text: 'Error codes', items: pagesIn('errors') }, reference],
  '/runbooks/': [{ text: 'Runbooks', items: pagesIn('runbooks') }, observe],
  '/decisions/': [{ text: 'Decisions', items: pagesIn('decisions') }, background],
  '/api/': [{ text: 'API', items: apiPages() }, reference],
};
