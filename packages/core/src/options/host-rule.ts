import { mapOf, oneOf, type Rule, where } from '../validation/check-options.ts';

const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** Accepts a map of hosts to API families. A key that cannot equal any `URL.host` is a fault. */
export const hosts: Rule = mapOf(
  oneOf('xdr', 'mde', 'graph', 'all'),
  "an object of hosts and 'xdr', 'mde', 'graph' or 'all'",
  hostFault,
);

/** Accepts a host as `URL.host` has it. */
export const host: Rule = where(
  'a host such as localhost:8080',
  (value) => typeof value === 'string' && isHost(value),
);

function hostFault(key: string): string | undefined {
  if (isHost(key)) return undefined;
  if (key.includes('*')) return 'must be a host: name each one, wildcards are not supported';
  const hint = hostIn(key);
  return `must be ${host.accepts}${hint === undefined ? '' : `; did you mean '${hint}'?`}`;
}

/** Whether a request can have this host: its URL leaves out the default port, and shortens addresses. */
function isHost(text: string): boolean {
  return (
    HOST.test(text) &&
    hostIn(`http://${text}`) === text.toLowerCase() &&
    hostIn(text) === text.toLowerCase()
  );
}

/** The host in a URL, or in a host with a path. */
function hostIn(text: string): string | undefined {
  const url = text.includes('://') ? text : `https://${text}`;
  if (!URL.canParse(url)) return undefined;
  const { host: found } = new URL(url);
  return HOST.test(found) ? found : undefined;
}
