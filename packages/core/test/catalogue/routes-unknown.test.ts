import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/catalogue/entry.ts';
import { type HostMap, knownHosts } from '../../src/catalogue/hosts.ts';
import { OTHER, operations } from '../../src/catalogue/operations.ts';
import { operationFor } from '../../src/catalogue/routes.ts';

const LOCAL = '127.0.0.1:8080';
const EVERYTHING: HostMap = { [LOCAL]: 'all' };

function nameFor(method: string, host: string, path: string, hosts?: HostMap): string {
  return operationFor({ method, host, path }, hosts).name;
}

describe('an unknown path of a known host', () => {
  it.each([
    ['GET', '/api/incidents/7/secrets'],
    ['GET', '/api/customdetections'],
    ['PUT', '/api/incidents/7'],
    ['GET', '/api/machines/$count'],
    ['GET', '/api/incidents/$count'],
    ['GET', '/api/machines)'],
    ['GET', "/api/find('7')"],
    ['GET', '/api'],
    ['GET', '/'],
    ['GET', ''],
    ['', '/api/incidents'],
    ['GET', '/v1.0/security/incidents/7'],
  ])('%s %s is other, of a family that is not known for certain', (method, path) => {
    const operation = operationFor({ method, host: 'api.security.microsoft.com', path });
    expect(operation).toBe(OTHER);
  });

  it('is other of the family that the host serves alone', () => {
    const inbox = { method: 'GET', host: 'graph.microsoft.com', path: '/v1.0/me/messages' };
    const unknown = { method: 'GET', host: 'api.securitycenter.microsoft.com', path: '/api/x' };
    expect(operationFor(inbox)).toEqual({ ...OTHER, family: 'graph' });
    expect(operationFor(unknown)).toEqual({ ...OTHER, family: 'mde' });
    expect(operationFor(inbox)).toBe(operationFor({ ...inbox, path: '/v1.0/users' }));
  });

  it('is no route of another family', () => {
    expect(nameFor('GET', 'api.securitycenter.microsoft.com', '/api/incidents')).toBe('other');
    expect(nameFor('GET', 'graph.microsoft.com', '/api/incidents')).toBe('other');
    expect(nameFor('GET', 'graph.microsoft.com', '/security/incidents')).toBe('other');
    expect(nameFor('GET', 'graph.microsoft.com', '/v3/security/incidents')).toBe('other');
  });

  it('needs its prefix on a host that serves every family', () => {
    expect(nameFor('GET', LOCAL, '/api/incidents', EVERYTHING)).toBe('incidents.list');
    expect(nameFor('GET', LOCAL, '/v1.0/security/incidents', EVERYTHING)).toBe(
      'graph.incidents.list',
    );
    expect(nameFor('GET', LOCAL, '/incidents', EVERYTHING)).toBe('other');
    expect(nameFor('GET', LOCAL, '/v1.0/incidents', EVERYTHING)).toBe('other');
  });
});

describe('a call to an unknown host', () => {
  it('goes by the host alone, without its port and in small letters', () => {
    const request = { method: 'GET', host: 'Example.COM:8443', path: '/secret?token=1' };
    expect(operationFor(request)).toEqual({ name: 'example.com', quotaGroup: 'other' });
    expect(nameFor('GET', '[2001:db8::1]:8080', '/')).toBe('[2001:db8::1]');
  });

  it('gets the same object each time, whatever the port and path', () => {
    const first = operationFor({ method: 'GET', host: 'stable.example', path: '/a' });
    const second = operationFor({ method: 'POST', host: 'stable.example:81', path: '/b' });
    expect(second).toBe(first);
  });

  it.each([
    '',
    ':80',
    'example.com/secret',
    'user:secret@example.com',
    'a b',
    'x'.repeat(254),
    'ä.example',
  ])('is other where %j is no host name', (host) => {
    expect(operationFor({ method: 'GET', host, path: '/' })).toBe(OTHER);
  });

  it('is remembered for a bounded number of hosts', () => {
    const ask = (host: string): Operation => operationFor({ method: 'GET', host, path: '/' });
    const oldest = ask('oldest.example');
    for (let index = 0; index < 256; index += 1) ask(`n${index}.example`);
    const again = ask('oldest.example');
    expect(again).not.toBe(oldest);
    expect(again).toEqual(oldest);
    expect(ask('n255.example')).toBe(ask('n255.example'));
  });
});

/** Any text, lone surrogates and all. */
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
});

describe('any request', () => {
  const tableNames = new Set(operations.map(({ name }) => name));
  const words = operations
    .flatMap(({ route = '' }) => route.split('/'))
    .filter((word) => word !== '');
  const segment = fc.oneof(
    fc.constantFrom(...words, '100%', 'a%2Fb', 'api', 'v1.0', 'beta', '%', '%ff', "('", '()', ''),
    anyText,
  );
  const path = fc.array(segment, { maxLength: 8 }).map((segments) => `/${segments.join('/')}`);
  const host = fc.oneof(
    fc.constantFrom(LOCAL, ...Object.values(knownHosts).flat()),
    anyText,
    fc.webAuthority(),
  );
  const method = fc.oneof(fc.constantFrom('GET', 'POST', 'PATCH', 'delete'), fc.string());

  it('gets a name of the table, other, or the name of its host', () => {
    fc.assert(
      fc.property(method, host, path, (method, host, path) => {
        const { name } = operationFor({ method, host, path }, EVERYTHING);
        if (tableNames.has(name) || name === 'other') return;
        expect(host.toLowerCase()).toContain(name);
        expect(name.length).toBeLessThanOrEqual(253);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never has a part of its path in the name, unless the host has it too', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{12,20}$/),
        fc.constantFrom(...words),
        (secret, word) => {
          const host = 'api.security.microsoft.com';
          const { name, route } = operationFor({
            method: 'GET',
            host,
            path: `/api/${word}/${secret}/${secret}`,
          });
          expect(`${name} ${route}`).not.toContain(secret);
        },
      ),
    );
  });
});
