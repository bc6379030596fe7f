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
  // Other credentials may be short enough to be found by trying.
  if (scheme.toLowerCase() !== 'bearer') return `${scheme} ${REDACTED}`;
  const digest = createHash('sha256').update(credentials).digest('hex');
  return `${scheme} [sha256:${digest.slice(0, 8)}]`;
}

const REDACT: Readonly<Record<string, (value: string) => string>> = {
  authorization: redactAuthorization,
  'proxy-authorization': redactAuthorization,
  cookie: () => REDACTED,
};

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

/** The form that a token request sends, without its secret. */
export function redactTokenForm(form: string): string {
  return form.replace(/\b(client_secret|client_assertion|password)=[^&]*/g, `$1=${REDACTED}`);
}
