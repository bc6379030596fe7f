import { isIP } from 'node:net';
import { ApiError } from '../call.ts';

// Each function returns the identifier as the service compares it, or throws the service's error for an invalid
// one.

const LENGTHS = { md5: 32, sha1: 40, sha256: 64 } as const;

export function checkHash(hash: string, kinds: readonly (keyof typeof LENGTHS)[]): string {
  const fits = kinds.some((kind) => hash.length === LENGTHS[kind]);
  if (!fits || !/^[\da-f]+$/i.test(hash)) {
    throw new ApiError('InvalidHashValue', { values: { hash } });
  }
  return hash.toLowerCase();
}

const LABEL = '(?!-)[a-z0-9-]{1,63}(?<!-)';
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+[a-z][a-z0-9-]{1,62}$`, 'i');
const MAX_DOMAIN_LENGTH = 253;

export function checkDomain(domain: string): string {
  if (domain.length > MAX_DOMAIN_LENGTH || !DOMAIN.test(domain)) {
    throw new ApiError('InvalidDomainName', { values: { domain } });
  }
  return domain.toLowerCase();
}

export function checkIp(ip: string): string {
  if (isIP(ip) === 0) throw new ApiError('InvalidIpAddress', { values: { ip } });
  return ip;
}

export function checkUrl(url: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new ApiError('InvalidUrl', { values: { url } });
  }
  return url;
}
