/** Text that somebody still has to fill in, or an address that leads to the author's machine or to nobody. */
const PLACEHOLDER =
  /https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*example\.(?:com|net|org)|[\w.-]+\.(?:example|invalid|test))(?![\w.-])(?::\w+)?|\b(?:TODO|FIXME|CHANGEME|INSERT [A-Z ]+)\b|"workspace:[^"]*"/g;

interface Meant {
  readonly folder: string;
  readonly text: RegExp;
  readonly why: string;
}

/** What looks like a placeholder and is none. */
const MEANT: readonly Meant[] = [
  { folder: 'core', text: /^http:\/\/localhost$/, why: 'resolves relative URLs; never called' },
  { folder: 'core', text: /^https:\/\/example\.com$/, why: 'in a comment of cockatiel' },
  {
    folder: 'otel',
    text: /^http:\/\/localhost:4318$/,
    why: "the OTLP receiver's standard address",
  },
  { folder: 'simulator', text: /127\.0\.0\.1/, why: 'the simulator listens there' },
  { folder: 'simulator', text: /example\.(com|net|org)$/, why: 'hosts in invented alerts' },
];

/** The placeholders in a file of a package, each once. */
export function placeholdersIn(text: string, folder: string): string[] {
  const found = new Set<string>();
  for (const [match] of text.matchAll(PLACEHOLDER)) {
    const isMeant = MEANT.some((meant) => meant.folder === folder && meant.text.test(match));
    if (!isMeant) found.add(match);
  }
  return [...found];
}
