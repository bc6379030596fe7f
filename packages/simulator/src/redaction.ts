import { createHash } from 'node:crypto';

const REDACTED = '[redacted]';

/**
 * An `Authorization` header as the request log shows it: the scheme, and for a bearer token the first
 * eight digits of its SHA-256 hash. With it, a test can tell which token was sent.
 *
 * @example
 * expect(simulator.requests[0]?.headers['authorization']).toBe(redactAuthorization(`Bearer ${token}`));
 */
export function redactAuthorization(header: string): string {
  const [, scheme, credentials = ''] = /^([\w-]{1,20}) +(\S.*)$/s.exec(header) ?? [];
  if (scheme === undefined) return REDACTED;
  // Other credentials may be short enough to guess from the hash.
  if (scheme.toLowerCase() !== 'bearer') return `${scheme} ${REDACTED}`;
  const digest = createHash('sha256').update(credentials).digest('hex');
  return `${scheme} [sha256:${digest.slice(0, 8)}]`;
}

const REDACT: Readonly<Record<string, (value: string) => string>> = {
  authorization: redactAuthorization,
  'proxy-authorization': redactAuthorization,
  cookie: () => REDACTED,
  // Keys of gateways and of Azure's services.
  'x-api-key': () => REDACTED,
  'api-key': () => REDACTED,
  'x-functions-key': () => REDACTED,
  'ocp-apim-subscription-key': () => REDACTED,
};

/** Query parameters in which some callers send credentials. */
const SECRET_PARAMETER =
  /^(?:access_token|token|sig|signature|code|key|api[-_]?key|subscription-key|client_secret|password)$/i;

/** The parameters of a query without credentials. */
export function redactQuery(
  query: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [
      name,
      SECRET_PARAMETER.test(name) ? REDACTED : value,
    ]),
  );
}

/** Request headers, by lower-case name, without credentials. */
export function redactHeaders(
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Object.hasOwn(REDACT, name) ? (REDACT[name]?.(value) ?? REDACTED) : value,
    ]),
  );
}

const SECRETS = [
  'client_secret',
  'client_assertion',
  'password',
  'refresh_token',
  'code',
  'code_verifier',
  'assertion',
  'device_code',
].join('|');
const IN_FORM = new RegExp(`\\b(${SECRETS})=[^&]*`, 'gi');
const IN_JSON = new RegExp(`"(${SECRETS})"\\s*:\\s*"(?:[^"\\\\]|\\\\.)*"?`, 'gi');

/** The body of a token request, without its secrets. Also redacts JSON, which the endpoint refuses. */
export function redactTokenForm(form: string): string {
  return form.replace(IN_FORM, `$1=${REDACTED}`).replace(IN_JSON, `"$1":"${REDACTED}"`);
}
