import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { project } from '../../scripts/project.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCS = join(ROOT, 'docs');

/** What is needed of a token of markdown-it. */
interface Token {
  type: string;
  children: Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}

interface Markdown {
  readonly core: {
    readonly ruler: {
      push(name: string, rule: (state: State) => void): void;
    };
  };
}

interface State {
  readonly tokens: readonly Token[];
  readonly env: { readonly path?: string };
}

/** Where a link of a page leads on the site: elsewhere in the site, to the repository, or nowhere. */
function siteLink(page: string, href: string, repository: string): string | undefined {
  if (/^[a-z]+:|^[#/]/i.test(href)) return href;
  const [, path = '', rest = ''] = /^([^?#]*)(.*)$/.exec(href) ?? [];
  const target = join(dirname(page), path);
  const isPage = target.endsWith('.md') && !relative(DOCS, target).startsWith('..');
  // Folders, programs and configuration are read in the repository.
  if (isPage) return `${path.replace(/(^|\/)README\.md$/, '$1index.md')}${rest}`;
  if (repository === '' || !existsSync(target)) return undefined;
  return `${repository}/blob/main/${relative(ROOT, target)}${rest}`;
}

/** Lets links out of the site lead to the repository; without a repository, only their text stays. */
export function linksToRepository(md: Markdown): void {
  md.core.ruler.push('links-to-repository', ({ tokens, env }) => {
    const { path } = env;
    if (path === undefined) return;
    for (const { children } of tokens) if (children !== null) rewrite(children, path);
  });
}

function rewrite(tokens: Token[], page: string): void {
  let isDropped = false;
  for (const token of tokens) {
    if (token.type === 'link_open') {
      const link = siteLink(page, token.attrGet('href') ?? '', project.repository);
      isDropped = link === undefined;
      if (link === undefined) token.type = 'text';
      else token.attrSet('href', link);
    } else if (token.type === 'link_close' && isDropped) {
      isDropped = false;
      token.type = 'text';
    }
  }
}
