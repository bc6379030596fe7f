import { Refusal } from '../answer.ts';

const LABEL = '(?!-)[a-z0-9-]{1,63}(?<!-)';
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+[a-z][a-z0-9-]{1,62}$`, 'i');
const MAX_LENGTH = 253;

/** Refuses what is no domain name; gives it in lower case. */
export function checkDomain(domain: string): string {
  if (domain.length > MAX_LENGTH || !DOMAIN.test(domain)) {
    throw new Refusal('InvalidDomainName', { values: { domain } });
  }
  return domain.toLowerCase();
}
