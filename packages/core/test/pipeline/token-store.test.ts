import { describe, expect, it, vi } from 'vitest';
import type { CallSpec } from '../../src/pipeline/call.ts';
import { TokenStore } from '../../src/pipeline/token-store.ts';
import { jwt } from '../support/tokens.ts';

type Family = 'mde' | 'xdr';

function callTo(host: string | undefined, family?: Family): CallSpec {
  const operation = { name: 'own', quotaGroup: 'own', ...(family === undefined ? {} : { family }) };
  return {
    operation,
    name: 'own',
    client: 'fetch',
    host,
    request: undefined,
    signal: undefined,
    limits: { attemptTimeoutMs: 1, deadlineMs: 1, maxRetries: 1, idempotent: true },
    resendable: true,
  };
}

const CALL = callTo('api.example', 'mde');
const anna = (iat: number): string => jwt({ tid: 'tenant', oid: 'anna', iat });
const ben = jwt({ tid: 'tenant', oid: 'ben' });

describe('the token in place of another', () => {
  it('is there once it was renewed, and stays in place of every one before it', () => {
    const store = new TokenStore();
    expect([store.empty, store.replacementOf(CALL, 'old')]).toEqual([true, undefined]);
    store.renew(store.entryOf(CALL, 'old'), 'new', 1);
    expect([store.empty, store.replacementOf(CALL, 'old')]).toEqual([false, 'new']);
    expect(store.replacementOf(CALL, 'new')).toBeUndefined();
    const entry = store.entryOf(CALL, 'new');
    expect(entry).toMatchObject({ token: 'new', renewedAt: 1 });
    store.renew(entry, 'newer', 2);
    expect(entry).toMatchObject({ token: 'newer', renewedAt: 2 });
    expect(['old', 'new'].map((token) => store.replacementOf(CALL, token))).toEqual([
      'newer',
      'newer',
    ]);
  });

  it.each<[string, CallSpec, string]>([
    ['another token', CALL, 'other'],
    ['another host', callTo('other.example', 'mde'), 'old'],
    ['another API', callTo('api.example', 'xdr'), 'old'],
    ['no known API', callTo('api.example'), 'old'],
    ['no host', callTo(undefined, 'mde'), 'old'],
  ])('is not there for %s', (_what, call, token) => {
    const store = new TokenStore();
    store.renew(store.entryOf(CALL, 'old'), 'new', 1);
    expect(store.replacementOf(call, token)).toBeUndefined();
  });

  it('goes by the host in any case', () => {
    const store = new TokenStore();
    store.renew(store.entryOf(CALL, 'old'), 'new', 1);
    expect(store.replacementOf(callTo('API.example', 'mde'), 'old')).toBe('new');
  });

  it('is remembered of the latest 2,000', () => {
    const store = new TokenStore();
    store.renew(store.entryOf(CALL, 'old'), 'new', 1);
    for (let index = 0; index < 1_998; index += 1) store.entryOf(CALL, `token-${index}`);
    expect(store.replacementOf(CALL, 'old')).toBe('new');
    store.entryOf(CALL, 'one more');
    expect(store.replacementOf(CALL, 'old')).toBeUndefined();
    expect(store.entryOf(CALL, 'new').token).toBe('new');
  });

  it('is kept for an identity that still comes', () => {
    const store = new TokenStore();
    const entry = store.entryOf(CALL, anna(1));
    for (let index = 0; index < 1_998; index += 1) store.entryOf(CALL, `token-${index}`);
    expect(store.entryOf(CALL, anna(2))).toBe(entry);
    for (let index = 0; index < 1_998; index += 1) store.entryOf(CALL, `later-${index}`);
    expect(store.entryOf(CALL, anna(3))).toBe(entry);
  });

  it('is kept by identity alone where the runtime has no hash function', () => {
    vi.stubGlobal('process', Object.create(process, { getBuiltinModule: { value: undefined } }));
    try {
      const store = new TokenStore();
      store.renew(store.entryOf(CALL, anna(1)), anna(2), 1);
      expect(store.replacementOf(CALL, anna(1))).toBeUndefined();
      expect(store.entryOf(CALL, anna(3)).token).toBe(anna(2));
      expect(store.entryOf(CALL, 'opaque')).toBe(store.entryOf(CALL, 'another'));
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('whose tokens are one', () => {
  it('is said by the identity in them', () => {
    const store = new TokenStore();
    const entry = store.entryOf(CALL, anna(1));
    expect(entry.identity).toEqual({ tenantId: 'tenant', objectId: 'anna' });
    expect(store.entryOf(CALL, anna(2))).toBe(entry);
    expect(store.entryOf(CALL, ben)).not.toBe(entry);
    expect(store.entryOf(callTo('other.example', 'mde'), anna(1))).not.toBe(entry);
  });

  it('is said by themselves where they do not say it', () => {
    const store = new TokenStore();
    const entry = store.entryOf(CALL, 'one');
    expect(entry).toMatchObject({ identity: undefined, token: undefined });
    expect(store.entryOf(CALL, 'one')).toBe(entry);
    expect(store.entryOf(CALL, 'two')).not.toBe(entry);
  });

  it('is said by the token in place of theirs, also where that one says whose it is', () => {
    const store = new TokenStore();
    const entry = store.entryOf(CALL, 'opaque');
    store.renew(entry, anna(1), 1);
    expect(store.entryOf(CALL, anna(1))).toBe(entry);
  });

  it('is said by host and API where a function sends its token itself', () => {
    const store = new TokenStore();
    const entry = store.entryOf(CALL, undefined);
    expect(store.entryOf(CALL, undefined)).toBe(entry);
    expect(store.entryOf(callTo('api.example', 'xdr'), undefined)).not.toBe(entry);
    expect(store.entryOf(CALL, 'one')).not.toBe(entry);
  });
});
