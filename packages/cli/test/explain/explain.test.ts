import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cli } from '../support.ts';
import { rows, TRACKING } from './inputs.ts';

describe('explain', () => {
  it('has more than forty different inputs', () => {
    expect(
      new Set(rows.map(({ input, args = [] }) => `${input}${args.join()}`)).size,
    ).toBeGreaterThan(40);
  });

  it.each(rows)('explains $what', async ({ input, args = [], exit, says, shows = [] }) => {
    const json = await cli(['explain', '--json', ...args], { stdin: input });
    const [first, ...others] = JSON.parse(json.out) as readonly object[];
    expect({ code: json.code, err: json.err }).toEqual({ code: exit, err: '' });
    if (says !== undefined) expect(first).toMatchObject(says);

    const text = await cli(['explain', ...args], { stdin: input });
    expect(text.code).toBe(exit);
    // What a person reads is wrapped: its line breaks are no part of it.
    const shown = text.out.replaceAll(/\s+/g, ' ');
    for (const part of shows) expect(shown).toContain(part.replaceAll(/\s+/g, ' '));
    for (const line of text.out.split('\n')) {
      if (!line.includes('https://')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
    for (const one of [json.out, text.out]) expect(one).not.toMatch(/eyJ|secret-token/);
    if (others.length > 0) expect(text.out).toContain('-'.repeat(40));
  });

  it('takes its input as an argument and from a file', async () => {
    const body = `{"error":{"code":"NotFound","message":"x","target":"${TRACKING}"}}`;
    const folder = await mkdtemp(join(tmpdir(), 'explain-'));
    const file = join(folder, 'body.json');
    await writeFile(file, body);
    const results = await Promise.all(
      [[body], [file], ['--file', file]].map((args) => cli(['explain', ...args])),
    );
    await rm(folder, { recursive: true });
    for (const { code, out } of results) {
      expect(code).toBe(11);
      expect(out).toContain(TRACKING);
    }
  });

  it('says what to do when there is nothing to explain, or a file is missing', async () => {
    const nothing = await cli(['explain']);
    expect(nothing.code).toBe(2);
    expect(nothing.err).toContain('error: there is nothing to explain');
    expect(nothing.err).toContain('defender-resilience explain');
    const missing = await cli(['explain', '--file', '/no/such/file']);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain('/no/such/file cannot be read (ENOENT)');
  });

  it('refuses a status and a request that cannot be', async () => {
    const status = await cli(['explain', '--status', '42', 'x']);
    expect(status.code).toBe(2);
    expect(status.err).toContain('between 100 and 599');
    const request = await cli(['explain', '--request', '/api/machines', 'Forbidden']);
    expect(request.code).toBe(2);
    expect(request.err).toContain('--request must be a method and a path or URL');
  });

  it('puts nothing into the text for support but codes, operations, IDs and times', async () => {
    const input = `> POST /api/advancedhunting/run?x=secret HTTP/1.1\n> Host: api.security.microsoft.com\n> Authorization: Bearer secret\n< HTTP/1.1 400 Bad Request\n< Date: Sat, 28 Nov 2026 08:00:00 GMT\n< \n{"error":{"code":"BadRequest","message":"secret","target":"${TRACKING}"}}`;
    const { out } = await cli(['explain', '--json'], { stdin: input });
    const [{ support }] = JSON.parse(out) as [{ support: string }];
    expect(support).toBe(
      `Error: 400 BadRequest\nTracking ID: ${TRACKING}\nTime: 2026-11-28T08:00:00.000Z\nOperation: POST /api/advancedhunting/run (hunting.run)`,
    );
  });
});
