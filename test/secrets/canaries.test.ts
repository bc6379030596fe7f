import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Canaries } from './canaries.ts';

const canaries = new Canaries();
for (let count = 0; count < 40; count += 1) canaries.make(`other ${count}`);
const canary = canaries.make('here');

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What may become of a secret on its way. */
const FORMS: readonly (readonly [form: string, text: string])[] = [
  ['as it is', canary],
  ['in capitals', canary.toUpperCase()],
  ['in a URL', encodeURIComponent(`?sig=${canary}&x='y'`)],
  ['in JSON in JSON', JSON.stringify(JSON.stringify({ query: `"${canary}"` }))],
  ['inspected', inspect({ header: `\n'${canary}'` })],
  ['its first twelve characters', canary.slice(0, 12)],
  ['its last twelve characters', canary.slice(-12)],
  [
    'in base64, at any place',
    `${base64(canary)} ${base64(`x${canary}`)} ${base64(`xx${canary}yy`)}`,
  ],
  ['in base64url', Buffer.from(`??${canary}>>`).toString('base64url')],
  ['its end in base64', base64(canary.slice(-12))],
  ['its end in base64, after another character', base64(`x${canary.slice(-12)}`)],
  ['in hexadecimal digits', Buffer.from(canary).toString('hex')],
];

describe('a canary', () => {
  it.each(FORMS)('is found and named: %s', (_form, text) => {
    const found = canaries.find(`something ${text} else`);
    expect(found).not.toEqual([]);
    for (const leak of found) expect(leak.canary).toBe('here');
    expect(found[0]?.around).toContain('something');
  });

  it('is not found where it is not', () => {
    expect(canaries.find(`${base64('a text')} ${canary.slice(4, 12)} and more`)).toEqual([]);
  });
});
