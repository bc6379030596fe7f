import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';

describe('a link to the next page that has expired', () => {
  it.each<[number, string, string]>([
    [400, 'Directory_ExpiredPageToken', 'The specified page token value has expired.'],
    [404, 'DirectoryPageTokenNotFoundException', ''],
    [410, 'resyncRequired', 'Resync required.'],
    [400, 'BadRequest', 'Invalid Skip Token'],
    [400, 'BadRequest', 'The skiptoken is not valid.'],
    [400, 'BadRequest', 'Badly formed token: skip token is invalid'],
    [400, 'invalidRequest', 'Invalid page token'],
    [410, 'syncStateNotFound', 'The sync state is invalid'],
    [400, 'ErrorInvalidUrlQuery', 'The delta token has expired'],
    [410, 'resyncChangesApplyDifferences', ''],
    [410, 'syncStateNotFound', ''],
    [400, 'SyncStateInvalid', ''],
    [400, 'InvalidSkipToken', ''],
    [404, 'ErrorInvalidPageToken', ''],
    [400, 'BadRequest', 'The continuation token is invalid or has expired'],
    [400, 'BadRequest', 'The paging token is invalid.'],
    [400, 'BadRequest', 'The DeltaLink is older than 30 days'],
    [400, 'BadRequest', 'The nextLink has expired'],
    [
      400,
      'BadRequest',
      "Badly formed token. To start a new delta enumeration, set 'token' to empty",
    ],
  ])('%i %s %j: advises to start again', (status, code, message) => {
    const failure = classify({ status, body: { error: { code, message } } });
    expect(failure).toMatchObject({ code, status, verdict: 'terminal' });
    expect(failure?.advice).toContain('start the list again');
    expect(failure?.advice).toContain('will not work again');
  });

  it('may be what any 410 is about', () => {
    expect(classify({ status: 410 })?.advice).toContain('start the list again');
  });

  it.each(['The access token has expired', 'Badly formed token.', 'The skip value is invalid'])(
    'is not meant by %j',
    (message) => {
      const error = { code: 'BadRequest', message };
      expect(classify({ status: 400, body: { error } })?.advice).not.toContain('start the list');
    },
  );
});
