import { describe, expect, it } from 'vitest';
import { seededRandom } from '../src/random.ts';
import { Tokens } from '../src/tokens.ts';

const RESOURCE = 'https://api.security.microsoft.com';

describe('tokens', () => {
  it('are forgotten, the oldest first, beyond 10,000', () => {
    const tokens = new Tokens(seededRandom(1));
    const issued = Array.from({ length: 10_001 }, (_, index) =>
      tokens.issue({ tenant: 't', app: String(index), resource: RESOURCE, expiresAt: 1 }, 0),
    );
    expect(tokens.faultOf(`Bearer ${issued[0]}`, 'xdr', 0)).toBe('unknown');
    expect(tokens.faultOf(`Bearer ${issued[1]}`, 'xdr', 0)).toBeUndefined();
    expect(tokens.clientOf(`bearer ${issued[10_000]}`)).toMatchObject({ app: '10000' });
  });

  it('of any API are good where no API is asked for', () => {
    const tokens = new Tokens(seededRandom(1));
    const token = tokens.issue({ tenant: 't', app: 'a', resource: RESOURCE, expiresAt: 9 }, 0);
    expect(tokens.faultOf(`Bearer ${token}`, undefined, 0)).toBeUndefined();
    expect(tokens.faultOf(`Bearer ${token}`, 'graph', 0)).toBe('audience');
    expect(tokens.claimsOf(undefined)).toEqual({});
  });
});
