const REDACTED = '[redacted]';

/** What must not be shown even to who pasted it, because explanations are pasted on into tickets. */
const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // A JSON Web Token, whole or cut off.
  [/\beyJ[\w-]{8,}(?:\.[\w-]*){0,2}/g, REDACTED],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  // The signature of a link to a storage account.
  [
    /\b(sig|signature|client_secret|client_assertion|refresh_token|access_token|password)(["']?\s*[=:]\s*["']?)[^\s"'&]+/gi,
    `$1$2${REDACTED}`,
  ],
];

/** A text without tokens, signatures and secrets. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce(
    (clean, [pattern, replacement]) => clean.replaceAll(pattern, replacement),
    text,
  );
}
