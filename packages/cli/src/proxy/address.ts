import { isIP } from 'node:net';

/** The address of a server. */
export interface Address {
  /** An IP address or a name, without brackets. */
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';
const ADDRESS = /^(?:(?<host>\[[0-9a-f:.%]+\]|[a-z0-9._-]+):)?(?<port>\d{1,5})$/i;

/** Parses `127.0.0.1:8080`, `[::1]:8080`, or `8080` for loopback; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const { host, port } = ADDRESS.exec(text)?.groups ?? {};
  const number = Number(port);
  if (port === undefined || number > 65_535) return undefined;
  return { host: host === undefined ? LOOPBACK : withoutBrackets(host), port: number };
}

/** Formats an address for a URL. */
export function formatAddress({ host, port }: Address): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Whether a host is reachable only from this machine. */
export function isLoopback(host: string): boolean {
  const name = withoutBrackets(host).toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost') || name === '::1') return true;
  return isIP(name) === 4 && name.startsWith('127.');
}

/** Whether a host is an IP address instead of a name. */
export function isAddress(host: string): boolean {
  return isIP(withoutBrackets(host)) !== 0;
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[|\]$/g, '');
}
