import { readdirSync, readFileSync } from 'node:fs';
import { type Project, project } from '../project.ts';

/** The pages that a package's README leads to, by their titles. */
const DOCS_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  core: {
    'Getting started': 'start/',
    Clients: 'guide/clients',
    Options: 'reference/options',
    'Error codes': 'reference/error-codes',
  },
  otel: { Guide: 'guide/opentelemetry', 'Attributes and metrics': 'reference/opentelemetry' },
  prom: {
    Guide: 'guide/prometheus',
    Metrics: 'reference/metrics',
    'Dashboards and alerts': 'monitoring/',
    Runbooks: 'runbooks/',
  },
  simulator: { 'Getting started': 'start/', 'Test your own code': 'guide/testing' },
};

/** The files, or parts of files, that state what project.json knows. */
export function projectFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    '.github/CODEOWNERS': codeOwners(project),
    '.github/ISSUE_TEMPLATE/config.yml': issueContacts(project),
    'README.md': withBlock('README.md', 'badges', badges(project, packageNames())),
    'packages/core/src/catalogue/site.ts': siteModule(project),
    'packages/prom/monitoring/site.ts': siteModule(project),
    'CODE_OF_CONDUCT.md': withBlock('CODE_OF_CONDUCT.md', 'contact', conductContact(project)),
  };
  for (const folder of readdirSync('packages')) {
    const path = `packages/${folder}/package.json`;
    files[path] = manifest(readFileSync(path, 'utf8'), folder, project);
  }
  for (const [folder, pages] of Object.entries(DOCS_OF)) {
    const path = `packages/${folder}/README.md`;
    files[path] = withBlock(path, 'docs', docsLinks(project, pages));
  }
  return files;
}

function packageNames(): string[] {
  return readdirSync('packages').map((folder) => {
    const text = readFileSync(`packages/${folder}/package.json`, 'utf8');
    return (JSON.parse(text) as { readonly name: string }).name;
  });
}

/** A package.json with its links, right before its licence; without those that nobody knows yet. */
export function manifest(text: string, folder: string, { repository, docs }: Project): string {
  const fields = JSON.parse(text) as Record<string, unknown>;
  for (const name of ['homepage', 'bugs', 'repository']) delete fields[name];
  const links: Record<string, unknown> = {};
  const home = docs === '' ? repository && `${repository}#readme` : docs;
  if (home !== '') links['homepage'] = home;
  if (repository !== '') {
    links['bugs'] = `${repository}/issues`;
    links['repository'] = {
      type: 'git',
      url: `git+${repository}.git`,
      directory: `packages/${folder}`,
    };
  }
  const entries = Object.entries(fields);
  const at = entries.findIndex(([name]) => name === 'license');
  const sorted = [...entries.slice(0, at), ...Object.entries(links), ...entries.slice(at)];
  return `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
}

function siteModule({ docs }: Project): string {
  return `// Generated from project.json by \`pnpm fix\`.

/** The address of the docs' site, without a trailing slash; empty until it is known. */
export const DOCS: string = '${docs}';
`;
}

function codeOwners({ codeOwners: owners }: Project): string {
  const head = '# Generated from project.json by `pnpm fix`.';
  if (owners === '') return `${head}\n# project.json names nobody yet.\n`;
  return `${head}\n* ${owners}\n`;
}

function issueContacts({ repository, docs }: Project): string {
  const contacts: string[] = [];
  const add = (name: string, url: string, about: string): void => {
    contacts.push(`  - name: ${name}\n    url: ${url}\n    about: ${about}`);
  };
  if (repository !== '') {
    add(
      'Report a vulnerability',
      `${repository}/security/advisories/new`,
      'In private, as SECURITY.md describes.',
    );
  }
  if (docs !== '') add('Documentation', docs, 'Guides, runbooks and the reference.');
  const links = contacts.length === 0 ? '' : `contact_links:\n${contacts.join('\n')}\n`;
  return `# Generated from project.json by \`pnpm fix\`.\nblank_issues_enabled: true\n${links}`;
}

function badges({ repository, npmScope }: Project, names: readonly string[]): string {
  const lines: string[] = [];
  if (repository !== '') {
    const workflow = `${repository}/actions/workflows/ci.yml`;
    lines.push(`[![CI](${workflow}/badge.svg)](${workflow})`);
  }
  if (npmScope !== '') {
    for (const name of names) {
      const label = name.split('/')[1] ?? name;
      const image = `https://img.shields.io/npm/v/${name}?label=${label}`;
      lines.push(`[![${label}: newest version](${image})](packages/${label})`);
    }
  }
  return lines.join('\n');
}

/** Whole addresses: on the registry's page a link to a file of the repository leads nowhere. */
function docsLinks({ docs }: Project, pages: Readonly<Record<string, string>>): string {
  const titles = Object.entries(pages).map(([title, page]) =>
    docs === '' ? title : `[${title}](${docs}/${page})`,
  );
  return `In the documentation: ${titles.join(' · ')}.`;
}

function conductContact({ contact }: Project): string {
  if (contact === '') {
    return 'Report violations of this code through the private form that [SECURITY.md](SECURITY.md) names.';
  }
  const link = contact.startsWith('https:') ? contact : `mailto:${contact}`;
  return `Report violations of this code to the maintainers: [${contact}](${link}).`;
}

/** A committed file whose block of this name, between two comments, says `content`. */
function withBlock(path: string, name: string, content: string): string {
  const text = readFileSync(path, 'utf8');
  const [begin, end] = [`<!-- project: ${name} -->`, '<!-- end -->'];
  const start = text.indexOf(begin);
  const stop = text.indexOf(end, start);
  if (start < 0 || stop < 0) throw new Error(`${path} has no block "${begin} … ${end}"`);
  const inside = content === '' ? '\n' : `\n${content}\n`;
  return `${text.slice(0, start)}${begin}${inside}${text.slice(stop)}`;
}
