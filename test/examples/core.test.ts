import { readFile } from 'node:fs/promises';
import { redactAuthorization } from '@defender-resilience/simulator';
import { expect, it } from 'vitest';
import { runExample, withoutIds } from './run.ts';

it('fetch.ts survives errors that pass and explains the one that does not', async () => {
  const { stdout, stderr } = await runExample('examples/fetch.ts');
  expect(stderr).toBe('');
  expect(stdout).toContain('10250 ');
  expect(stdout).toContain('404 ResourceNotFound, terminal\nWhat to do: Check the ID');
  expect(stdout).toContain('4 requests were sent for 2 calls');
});

it('sdk-function.ts repeats a read and never an isolate', async () => {
  const { stdout, stderr } = await runExample('examples/sdk-function.ts');
  expect(stderr).toBe('');
  expect(stdout).toContain('after two errors that passed');
  expect(stdout).toContain('ECONNRESET, terminal: The request may have been carried out');
  expect(stdout).toContain('isolates received: 1');
});

it('fail-fast.ts stops at the first Forbidden and names the roles', async () => {
  const { stdout, stderr } = await runExample('examples/fail-fast.ts');
  expect(stderr).toBe('');
  expect(withoutIds(stdout)).toBe(`/api/alerts?$top=1: 200
Stopped: machines.list failed: 403 Forbidden (tracking ID ID 1)
The app needs one of: Machine.Read.All,Machine.ReadWrite.All
It has: Alert.Read.All
2 requests were sent
`);
});

it('tokens.ts asks for a token with claims once, and the guide shows how', async () => {
  const { stdout, stderr } = await runExample('examples/tokens.ts');
  expect(stderr).toBe('');
  expect(
    stdout,
  ).toBe(`A new token with {"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}
call 1: 200
call 2: 200
call 3: 200
4 requests for 3 calls:
${[1, 2, 2, 2].map((token) => redactAuthorization(`Bearer token-${token}`)).join('\n')}
`);
  const guide = await readFile('docs/guide/tokens.md', 'utf8');
  const example = await readFile('examples/tokens.ts', 'utf8');
  const region = /\/\/ #region recipe\n([\s\S]*?)\/\/ #endregion/.exec(example)?.[1];
  expect(guide).toContain(`<!-- examples/tokens.ts#recipe -->\n\`\`\`ts\n${region}\`\`\``);
});
