import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const GUIDE = 'docs/guide/clients.md';
const TESTS = 'packages/core/test/clients';

/** Test files of `packages/core/test/clients`, and the tests in them behind the columns of the guide's table; undefined: the cell is empty. */
type Row = readonly (string | undefined)[];

const RECIPE: Row = [
  'recipes',
  'gives a success as the bare one does',
  'rejects with its own error, and finds the tracking ID',
  'ends at once when its caller aborts, in an attempt and in a wait',
  undefined,
  'does not repeat what may have acted, and sends a query that only reads again',
  'sends the new token after a 401',
  'rejects with its own error, and finds the tracking ID',
];

const AXIOS: Row = [
  'axios axios-failure axios-end axios-body',
  'gives a success as the bare one does',
  'rejects with axios’s own error, and tells what it was',
  'ends a wait between attempts when its caller aborts, by signal or by cancel token',
  'streams a success',
  'does not repeat what may have acted',
  'sends the new token after a 401',
  'finds the tracking ID of what it gave up on',
];

const GRAPH: Row = [
  'graph graph-errors',
  'gives a success as it is',
  'keeps what an error of Graph’s tells',
  'ends at once when its caller aborts %s',
  'streams',
  'does not repeat what may have acted',
  'sends the token of refreshToken after a 401, and it alone',
  'finds status and tracking ID where a gateway answers with HTML',
];

const UNDICI: Row = [
  'undici undici-bodies undici-streams',
  'gives a success as it is',
  'rejects with undici’s own error, and tells what it was',
  'ends at once when its caller aborts %s',
  'streams a success, with back-pressure',
  'does not send %s again, and gives the first outcome',
  'sends the token of refreshToken after a 401',
  'gives an error that it gave up on as the answer that it is, and tells what it was',
];

const ROWS: Readonly<Record<string, Row>> = {
  fetch: [
    'fetch fetch-input fetch-token',
    'gives a success untouched: unread, streaming, with its url',
    'gives a failure as the Response that it is: unread and with its url',
    'ends a body that is being read, as with the bare fetch',
    'gives a success untouched: unread, streaming, with its url',
    '(a one-shot stream) is not sent again, never empty: the first outcome is final',
    'sends the new token of refreshToken after a 401',
    'gives a failure as the Response that it is: unread and with its url',
  ],
  'axios 1': AXIOS,
  'axios 0': AXIOS,
  'Graph SDK 3': GRAPH,
  'Graph SDK 2': GRAPH,
  Kiota: [
    'kiota',
    'repeats a 500, which Kiota’s own handler does not',
    'leaves an error to Kiota, with its status and ID',
    'ends a wait when its caller aborts',
    undefined,
    'rejects with the error of the network itself, and tells what it was',
    'sends the token of refreshToken after a 401',
    'leaves an error to Kiota, with its status and ID',
  ],
  'undici 8': UNDICI,
  'undici 7': UNDICI,
  'undici 6': UNDICI,
  ky: RECIPE.with(4, 'ky, by its recipe, streams'),
  got: RECIPE,
  superagent: RECIPE,
  'Azure SDK': RECIPE.with(4, 'azure-core, by its recipe, streams'),
};

describe('the guide to the clients', () => {
  it('claims what a test shows, and nothing else', async () => {
    const rows = tableOf(await readFile(GUIDE, 'utf8'));
    expect(rows.map(([client]) => client)).toEqual(Object.keys(ROWS));
    for (const [client = '', ...cells] of rows) {
      const [files = '', ...titles] = ROWS[client] ?? [];
      const tests = (await Promise.all(files.split(' ').map(readTests))).join('\n');
      expect(cells.map((cell) => cell.includes('✓'))).toEqual(
        titles.map((title) => title !== undefined),
      );
      const missing = titles.filter(
        (title) => title !== undefined && !tests.includes(`'${title}'`),
      );
      expect(missing, `${client}: titles that ${files} does not have`).toEqual([]);
    }
  });

  it('shows the code that its examples run', async () => {
    const guide = await readFile(GUIDE, 'utf8');
    const shown = [...guide.matchAll(/<!-- (\S+)#recipe -->\n```ts\n([\s\S]*?)```/g)];
    expect(shown.length).toBe(7);
    for (const [, file = '', code] of shown) {
      const example = await readFile(file, 'utf8');
      expect(code, file).toBe(/\/\/ #region recipe\n([\s\S]*?)\/\/ #endregion/.exec(example)?.[1]);
    }
  });
});

/** The text of one file of tests, in whichever folder of the clients it is. */
async function readTests(file: string): Promise<string> {
  const files = await readdir(TESTS, { recursive: true });
  const found = files.filter((path) => basename(path) === `${file}.test.ts`);
  return (await Promise.all(found.map((path) => readFile(join(TESTS, path), 'utf8')))).join('\n');
}

/** The cells of the table that follows `<!-- table -->`, without its head. */
function tableOf(guide: string): string[][] {
  const [, table = ''] = guide.split('<!-- table -->\n');
  const [lines = ''] = table.split('\n\n');
  return lines
    .split('\n')
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
