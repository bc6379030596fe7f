import { classify } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';

const CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}';
const encoded = (text: string): string => Buffer.from(text).toString('base64');
const GRAPH = `Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", client_id="00000003-0000-0000-c000-000000000000", error="insufficient_claims", claims="${encoded(CLAIMS)}"`;

const LONG = JSON.stringify({ access_token: { xms_cc: { values: ['x'.repeat(2_000)] } } });

const body = { error: { code: 'InvalidAuthenticationToken', message: 'Continuous access' } };

function classified(challenge: string, status = 401): ReturnType<typeof classify> {
  return classify({ status, headers: { 'WWW-Authenticate': challenge }, body });
}

describe('a claims challenge', () => {
  it('is decoded, and the advice says what it is', () => {
    const failure = classified(GRAPH);
    expect(failure).toMatchObject({
      code: 'InvalidAuthenticationToken',
      verdict: 'terminal',
      values: { claims: CLAIMS },
    });
    expect(failure?.advice).toContain('continuous access evaluation');
    expect(failure?.refreshUseless).toBeUndefined();
  });

  it.each([
    ['in base64', encoded('{"a":"ÿ?>~~~"}'), '{"a":"ÿ?>~~~"}'],
    [
      'in base64url',
      encoded('{"a":"ÿ?>~~~"}').replaceAll('+', '-').replaceAll('/', '_'),
      '{"a":"ÿ?>~~~"}',
    ],
    ['when it is long', encoded(LONG), LONG],
    ['without padding', encoded('{"a":1}').replaceAll('=', ''), '{"a":1}'],
  ])('is read %s', (_how, claims, expected) => {
    expect(classified(`Bearer claims="${claims}"`)?.values).toMatchObject({ claims: expected });
  });

  it('is read without quotes', () => {
    const challenge = `Bearer error=insufficient_claims, claims=${encoded(CLAIMS)}`;
    expect(classified(challenge)?.values).toMatchObject({ claims: CLAIMS });
  });

  it('is read beside other challenges', () => {
    const failure = classified(`Basic realm="x", ${GRAPH}`);
    expect(failure?.values).toMatchObject({ claims: CLAIMS });
  });

  it.each([
    ['of another error', `Bearer error="invalid_token", claims="${encoded(CLAIMS)}"`],
    ['without claims', 'Bearer error="insufficient_claims"'],
    ['that is no base64', 'Bearer error="insufficient_claims", claims="***"'],
    [
      'that is no UTF-8',
      `Bearer claims="${Buffer.from('{"a":"ÿ"}', 'latin1').toString('base64')}"`,
    ],
    ['that is no JSON', `Bearer claims="${encoded('claims')}"`],
    ['that is no object', `Bearer claims="${encoded('[1]')}"`],
    ['that is endless', `Bearer claims="${encoded(JSON.stringify({ a: 'x'.repeat(9_000) }))}"`],
  ])('%s is none', (_what, challenge) => {
    expect(classified(challenge)?.values?.['claims']).toBeUndefined();
    expect(classified(challenge)?.advice).not.toContain('continuous access evaluation');
  });

  it('makes a new token worth asking for, whatever else the 401 says', () => {
    const error = { code: 'Unauthorized', message: 'Account mode is inactive' };
    const headers = { 'WWW-Authenticate': GRAPH };
    const failure = classify({ status: 401, headers, body: { error } });
    expect(failure?.values).toMatchObject({ claims: CLAIMS });
    expect(failure).not.toHaveProperty('refreshUseless');
  });

  it('of another status is none', () => {
    expect(classified(GRAPH, 403)?.values?.['claims']).toBeUndefined();
  });
});
