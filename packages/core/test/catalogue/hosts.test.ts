import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { familyOfHost, hostName, knownHosts } from '../../src/catalogue/hosts.ts';

describe('the family of a host', () => {
  it.each([
    ['xdr', 'api.security.microsoft.com'],
    ['xdr', 'api-us.security.microsoft.com'],
    ['xdr', 'api-eu.security.microsoft.com'],
    ['xdr', 'api-uk.security.microsoft.com'],
    ['xdr', 'us.api.security.microsoft.com'],
    ['xdr', 'eu.api.security.microsoft.com'],
    ['xdr', 'uk.api.security.microsoft.com'],
    ['xdr', 'au.api.security.microsoft.com'],
    ['xdr', 'swa.api.security.microsoft.com'],
    ['xdr', 'ina.api.security.microsoft.com'],
    ['xdr', 'aea.api.security.microsoft.com'],
    ['xdr', 'api-gcc.security.microsoft.us'],
    ['xdr', 'api-gov.security.microsoft.us'],
    ['mde', 'api.securitycenter.microsoft.com'],
    ['mde', 'api-us.securitycenter.microsoft.com'],
    ['mde', 'api-eu.securitycenter.microsoft.com'],
    ['mde', 'api-uk.securitycenter.microsoft.com'],
    ['mde', 'api-au.securitycenter.microsoft.com'],
    ['mde', 'api.securitycenter.windows.com'],
    ['mde', 'api-us.securitycenter.windows.com'],
    ['mde', 'api-gcc.securitycenter.microsoft.us'],
    ['mde', 'api-gov.securitycenter.microsoft.us'],
    ['graph', 'graph.microsoft.com'],
    ['graph', 'canary.graph.microsoft.com'],
    ['graph', 'graph.microsoft.us'],
    ['graph', 'dod-graph.microsoft.us'],
    ['graph', 'graph.microsoft.de'],
    ['graph', 'microsoftgraph.chinacloudapi.cn'],
  ])('is %s for %s', (family, host) => {
    expect(familyOfHost(host)).toBe(family);
  });

  it('is unknown for hosts that only look like an API of Defender', () => {
    const lookAlikes = [
      'login.microsoftonline.com',
      'security.microsoft.com',
      'userrequests-us.securitycenter.windows.com',
      'graph.microsoft.com.example.com',
      'example.com',
      '',
    ];
    expect(lookAlikes.map((host) => familyOfHost(host))).toEqual(lookAlikes.map(() => undefined));
  });

  it('is unknown for the names that every object has', () => {
    expect(['constructor', 'toString', '__proto__'].map((name) => familyOfHost(name, {}))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('does not depend on letter case, the port or the dot of a full name', () => {
    expect(familyOfHost('API.Security.Microsoft.COM')).toBe('xdr');
    expect(familyOfHost('api.security.microsoft.com:8443')).toBe('xdr');
    expect(familyOfHost('Graph.Microsoft.com.:443')).toBe('graph');
  });

  it('is what the caller says of a host with its port', () => {
    const hosts = { '127.0.0.1:8080': 'all', '[::1]:8080': 'mde' } as const;
    expect(familyOfHost('127.0.0.1:8080', hosts)).toBe('all');
    expect(familyOfHost('LocalHost:8080', { 'localhost:8080': 'xdr' })).toBe('xdr');
    expect(familyOfHost('[::1]:8080', hosts)).toBe('mde');
    expect(familyOfHost('127.0.0.1:8081', hosts)).toBeUndefined();
    expect(familyOfHost('[::1]', hosts)).toBeUndefined();
  });

  it('is what the caller says of a host on every port, where no port is given', () => {
    const hosts = { localhost: 'graph', 'localhost:8080': 'all', '[::1]': 'xdr' } as const;
    expect(familyOfHost('localhost:3000', hosts)).toBe('graph');
    expect(familyOfHost('LocalHost', hosts)).toBe('graph');
    expect(familyOfHost('localhost:8080', hosts)).toBe('all');
    expect(familyOfHost('[::1]:8443', hosts)).toBe('xdr');
  });

  it('is what the caller says even of a host of Microsoft', () => {
    expect(familyOfHost('graph.microsoft.com', { 'graph.microsoft.com': 'all' })).toBe('all');
    expect(familyOfHost('graph.microsoft.com:443', { 'graph.microsoft.com': 'all' })).toBe('all');
  });

  it('is told of each known host once', () => {
    const all = Object.values(knownHosts).flat();
    expect(new Set(all).size).toBe(all.length);
  });

  it('can be asked of any text', () => {
    const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
    fc.assert(
      fc.property(fc.string({ unit }), (host) => {
        expect(familyOfHost(host, { 'a:1': 'all' })).toBeUndefined();
        expect(host.startsWith(hostName(host))).toBe(true);
      }),
    );
  });
});
