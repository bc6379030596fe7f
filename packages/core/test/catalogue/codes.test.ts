import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviceWithPage, catalogue, findErrorCode } from '../../src/catalogue/codes.ts';

/** Microsoft's page of common error codes, in its order: code, status, documented message. */
const DOCUMENTED = [
  ['BadRequest', 400, 'General Bad Request error message.'],
  ['ODataError', 400, 'Invalid OData URI query {reason}.'],
  ['InvalidInput', 400, 'Invalid input {input}.'],
  ['InvalidRequestBody', 400, 'Invalid request body.'],
  ['InvalidHashValue', 400, 'Hash value {hash} is invalid.'],
  ['InvalidDomainName', 400, 'Domain name {domain} is invalid.'],
  ['InvalidIpAddress', 400, 'IP address {ip} is invalid.'],
  ['InvalidUrl', 400, 'URL {url} is invalid.'],
  [
    'MaximumBatchSizeExceeded',
    400,
    'Maximum batch size exceeded. Received: {received}, allowed: {allowed}.',
  ],
  ['MissingRequiredParameter', 400, 'Parameter {parameter} is missing.'],
  ['OsPlatformNotSupported', 400, 'OS Platform {platform} is not supported for this action.'],
  [
    'ClientVersionNotSupported',
    400,
    '{action} is supported on client version {version} and above.',
  ],
  ['Unauthorized', 401, 'Unauthorized'],
  ['Forbidden', 403, 'Forbidden'],
  ['DisabledFeature', 403, 'Tenant feature is not enabled.'],
  ['DisallowedOperation', 403, '{reason}.'],
  ['NotFound', 404, 'General Not Found error message.'],
  ['ResourceNotFound', 404, 'Resource {resource} was not found.'],
  ['InternalServerError', 500, ''],
] as const;

const OBSERVED = [
  ['TooManyRequests', 429],
  ['ActiveRequestAlreadyExists', 400],
  ['AuthenticationFailed', 403],
  ['InvalidAuthenticationToken', 401],
  ['Authentication_MSGraphPermissionMissing', 403],
  ['Authentication_RequestFromNonPremiumTenantOrB2CTenant', 403],
  ['Authorization_RequestDenied', 403],
  ['UnknownError', 500],
  ['serviceNotAvailable', 503],
  ['Directory_ExpiredPageToken', 400],
  ['DirectoryPageTokenNotFoundException', 404],
  ['resyncRequired', 410],
] as const;

describe('catalogue', () => {
  it('holds every documented code, with its status and message, in the order of the page', () => {
    const documented = catalogue.filter((entry) => entry.documented);
    expect(documented.map(({ code, status, template }) => [code, status, template])).toEqual(
      DOCUMENTED,
    );
  });

  it('holds the codes that were only seen, each with its status', () => {
    const observed = catalogue.filter((entry) => !entry.documented);
    expect(observed.map(({ code, status }) => [code, status])).toEqual(OBSERVED);
  });

  it('calls nothing retryable but what passes by itself', () => {
    const retryable = catalogue.filter(({ verdict }) => verdict === 'retryable');
    expect(retryable.map(({ code }) => code)).toEqual([
      'InternalServerError',
      'TooManyRequests',
      'serviceNotAvailable',
    ]);
  });

  it('lets the status judge a code that says nothing', () => {
    const byStatus = catalogue.filter(({ verdict }) => verdict === 'by-status');
    expect(byStatus.map(({ code }) => code)).toEqual(['UnknownError']);
  });

  it('is frozen, so that no caller changes what another sees', () => {
    const unfrozen = (value: unknown): boolean =>
      typeof value === 'object' &&
      value !== null &&
      (!Object.isFrozen(value) || Object.values(value).some(unfrozen));
    expect(unfrozen(catalogue)).toBe(false);
  });
});

describe.each(catalogue.map((entry) => [entry.code, entry] as const))('%s', (_, entry) => {
  it('tells a person in whole sentences what it means and what to do', () => {
    expect(entry.meaning).toMatch(/^[A-Z].{20,}\.$/);
    expect(entry.advice).toMatch(/^[A-Z].{20,}\.$/);
  });

  it('links to Microsoft’s page and to where each fact comes from', () => {
    expect(entry.docs).toMatch(/^https:\/\/learn\.microsoft\.com\/[\w/-]+$/);
    for (const source of [entry.source, ...(entry.otherSources ?? [])]) {
      expect(source).toMatch(/^https:\/\/(learn\.microsoft\.com|github\.com)\/[\w./-]+$/);
    }
  });

  it('gives a kind to none but the variables of its templates', () => {
    const templates = [entry.template, ...(entry.otherTemplates ?? [])].join(' ');
    for (const name of Object.keys(entry.variables ?? {})) expect(templates).toContain(`{${name}}`);
  });

  it('comes from at least one API family', () => {
    expect(entry.families.length).toBeGreaterThan(0);
    expect(new Set(entry.families).size).toBe(entry.families.length);
  });
});

describe('findErrorCode', () => {
  it('finds every code and alias in any letter case', () => {
    const names = catalogue.flatMap((entry) =>
      [entry.code, ...(entry.aliases ?? [])].map((name) => [name, entry] as const),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.infiniteStream(fc.boolean()),
        ([name, entry], upper) => {
          const cased = [...name].map((letter) =>
            upper.next().value ? letter.toUpperCase() : letter.toLowerCase(),
          );
          expect(findErrorCode(cased.join(''))).toBe(entry);
        },
      ),
    );
  });

  it('takes the number that the service sends for the code that is documented', () => {
    expect(findErrorCode('429')?.code).toBe('TooManyRequests');
  });

  it.each(['', 'NoSuchCode', '__proto__', 'constructor', 'toString', ' Forbidden'])(
    'finds nothing for %j',
    (code) => {
      expect(findErrorCode(code)).toBeUndefined();
    },
  );

  it('knows no two codes that differ in letter case alone', () => {
    const names = catalogue.flatMap((entry) => [entry.code, ...(entry.aliases ?? [])]);
    const folded = new Set(names.map((name) => name.toLowerCase()));
    expect(folded.size).toBe(names.length);
  });
});

describe('advice', () => {
  it('ends with the address of the code’s page where the site is known', () => {
    expect(adviceWithPage('Wait.', 'Forbidden', 'https://docs.example')).toBe(
      'Wait. More: https://docs.example/errors/Forbidden',
    );
  });

  it('stays as it is where nobody knows the site', () => {
    expect(adviceWithPage('Wait.', 'Forbidden', '')).toBe('Wait.');
  });
});
