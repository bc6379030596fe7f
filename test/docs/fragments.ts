import { readFile } from 'node:fs/promises';

/** A block of code of a page that stands in no file. */
export interface Fragment {
  readonly page: string;
  readonly line: number;
  readonly code: string;
}

/** Pages whose own tests run all of their code. */
const TESTED_ELSEWHERE: readonly string[] = [
  'docs/guide/opentelemetry.md',
  'docs/guide/paging-and-hunting.md',
  'packages/otel/README.md',
  'packages/simulator/README.md',
];

/** What the text around a block stands for: the statement that gives a name its value. */
const GIVEN: Readonly<Record<string, string>> = {
  client:
    'const client = { api: (_path: string) => ({ post: async (_part: object) => ({ responses: [] }) }) };',
  collector: "const collector = 'http://127.0.0.1:4318';",
  credential:
    "const credential = { getToken: async () => ({ token: 'token', expiresOnTimestamp: Date.now() + 3_600_000 }) };",
  getIncident: 'const getIncident = async () => fetch(url);',
  headers: "const headers = { authorization: 'Bearer token' };",
  machineId: "const machineId = '1';",
  observer: 'const observer = promObserver({ register, exemplars: false });',
  refreshWith:
    "const refreshWith = (credential: { getToken(scope: string): Promise<{ token: string }> }) => () => credential.getToken('');",
  register: 'const register = new Registry();',
  resilience: "const resilience = createResilience({ hosts: { '127.0.0.1': 'all' } });",
  sdk: `const sdk = {
  getIncident: async (id: number, _options?: object) => fetch(\`\${url}/\${id}\`),
  isolate: async (_id: string, _options?: object) => fetch(url),
  listIncidents: async () => ({ error: undefined as Error | undefined, value: [] }),
};`,
  url: "const url = 'https://api.security.microsoft.com/api/incidents';",
  yourFetch: 'const yourFetch: typeof fetch = (input, init) => fetch(input, init);',
};

/** Where a name that a block uses without an import comes from. */
const IMPORTS: Readonly<Record<string, string>> = {
  AggregatorRegistry: 'prom-client',
  Registry: 'prom-client',
  Client: '@microsoft/microsoft-graph-client',
  DefaultAzureCredential: '@azure/identity',
  createServer: 'node:http',
  fastify: 'fastify',
  classify: '@defender-resilience/core',
  createResilience: '@defender-resilience/core',
  failureOf: '@defender-resilience/core',
  failuresOf: '@defender-resilience/core',
  logObserver: '@defender-resilience/core',
  metricsHandler: '@defender-resilience/prom',
  promObserver: '@defender-resilience/prom',
  otelObserver: '@defender-resilience/otel',
  startSimulator: '@defender-resilience/simulator',
  wrapAxios: '@defender-resilience/core/axios',
};

/** The blocks of TypeScript and JavaScript of a page that name no file and are not run by another test. */
export async function fragmentsOf(page: string): Promise<Fragment[]> {
  if (TESTED_ELSEWHERE.includes(page)) return [];
  const text = await readFile(page, 'utf8');
  const blocks = text.matchAll(/^( *)(?:<!-- (.*) -->\n *)?```(?:ts|js|mjs)\n([\s\S]*?)^ *```$/gm);
  return [...blocks]
    .filter(([, , marker]) => marker === undefined || !/^[\w./-]+\.\w+(?:#[\w-]+)?$/.test(marker))
    .map(({ index, 1: indent = '', 3: code = '' }) => ({
      page,
      line: text.slice(0, index).split('\n').length + 1,
      code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }));
}

/** A whole program around a block: what its page takes for granted comes first. */
export function programOf({ page, line, code }: Fragment): string {
  let body = code;
  const imports: string[] = [];
  // Names that a prelude uses may themselves need one, so this goes on until nothing is missing.
  for (let isComplete = false; !isComplete; ) {
    isComplete = true;
    for (const [name, statement] of Object.entries(GIVEN)) {
      if (!uses(body, name) || declares(body, name)) continue;
      body = `${statement}\n${body}`;
      isComplete = false;
    }
  }
  for (const [name, module] of Object.entries(IMPORTS)) {
    if (uses(body, name) && !declares(body, name))
      imports.push(`import { ${name} } from '${module}';`);
  }
  // Servers and sockets would keep the program going.
  return [`// ${page}:${line}`, ...imports, body, 'export {};', 'process.exit();', ''].join('\n');
}

function uses(code: string, name: string): boolean {
  const withoutStrings = code.replaceAll(/'[^'\n]*'|^\s*\/\/.*$| \/\/ .*$/gm, "''");
  return new RegExp(`(?<![\\w.$])${name}(?![\\w$]|\\??:\\s)`).test(withoutStrings);
}

function declares(code: string, name: string): boolean {
  const declared = new RegExp(
    `(?:const|let|var|function|class|import)\\s+(?:\\* as\\s+)?${name}\\b|import (?:type )?\\{[^}]*\\b${name}\\b[^}]*\\}|(?:const|let) \\{[^}=]*\\b${name}\\b[^}=]*\\}|\\(\\s*${name}\\b[^()]*\\) =>|\\b${name}: \\w+[,)]`,
  );
  return declared.test(code);
}
