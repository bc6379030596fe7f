const REDACTED = '[redacted]';

/** Secrets that explanations must not repeat, because people paste them into tickets. */
const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A JSON Web Token, whole or truncated.
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  // The signature of a link to a storage account.
  [
    /\b(sig|signature|client_secret|client_assertion|refresh_token|access_token|password)(["']?\s*[=:]\s*["']?)[^\s"'&]+/gi,
    `$1$2${REDACTED}`,
  ],
];

/** Removes tokens, signatures and secrets from a text. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce(
    (clean, [pattern, replacement]) => clean.replaceAll(pattern, replacement),
    text,
  );
}
