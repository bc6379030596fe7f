// Draws what the demo prints, as the picture of the README: `node scripts/demo-picture.ts`.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify, stripVTControlCharacters } from 'node:util';

const COMMAND = 'npx -y pnpm@12.21.0 demo';
/** The first and the last line of the demo's output that are drawn. */
const FROM = /^The same calls/;
const UNTIL = /^Every call with the wrapper/;
const THEN_FROM = /^What failureOf/;
const THEN_UNTIL = /^Add --details/;

const CHAR = 8.43;
const LINE = 20;
const PAD = 16;
const COLUMNS = 80;

const COLOURS: Readonly<Record<string, string>> = {
  '31': '#ff7b72',
  '32': '#56d364',
  '33': '#e3b341',
};

/** A piece of a line in one style. */
interface Span {
  readonly column: number;
  readonly text: string;
  readonly colour: string | undefined;
  readonly bold: boolean;
}

/** The lines from one that matches to the one before another. */
function between(lines: readonly string[], from: RegExp, until: RegExp): string[] {
  const plain = lines.map((line) => stripVTControlCharacters(line));
  const start = plain.findIndex((line) => from.test(line));
  const end = plain.findIndex((line, index) => index > start && until.test(line));
  if (start < 0 || end < 0) throw new Error(`The demo prints nothing from ${from} to ${until}`);
  return lines.slice(start, end);
}

function spansOf(line: string): Span[] {
  const spans: Span[] = [];
  let colour: string | undefined;
  let bold = false;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's sequences begin with one
  for (const [part, code] of line.matchAll(/\u001b\[(\d+)m|[^\u001b]+/g)) {
    if (code === undefined) {
      spans.push({ column, text: part, colour, bold });
      column += part.length;
    } else if (code === '1' || code === '22') bold = code === '1';
    else colour = COLOURS[code];
  }
  return spans;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Words stand where a terminal puts them, whatever the width of the reader's font. */
function drawn({ column, text, colour, bold }: Span, y: number): string {
  const style = `${colour === undefined ? '' : ` fill="${colour}"`}${bold ? ' font-weight="700"' : ''}`;
  return Array.from(text.matchAll(/\S+(?: \S+)*/g), ({ index, 0: words }) => {
    const x = PAD + (column + index) * CHAR;
    const length = words.length * CHAR;
    return `<text x="${x.toFixed(1)}" y="${y}" textLength="${length.toFixed(1)}"${style}>${escaped(words)}</text>`;
  }).join('');
}

function picture(lines: readonly string[]): string {
  const width = Math.ceil(COLUMNS * CHAR + 2 * PAD);
  const height = lines.length * LINE + 2 * PAD;
  const texts = lines.flatMap((line, index) =>
    spansOf(line).map((span) => drawn(span, PAD + 14 + index * LINE)),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="What ${COMMAND} prints">
<rect width="100%" height="100%" rx="8" fill="#161b22"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3" xml:space="preserve">
${texts.filter((text) => text !== '').join('\n')}
</g>
</svg>
`;
}

const { stdout } = await promisify(execFile)(
  process.execPath,
  ['--conditions=@defender-resilience/source', 'examples/demo/main.ts'],
  { env: { ...process.env, FORCE_COLOR: '1' } },
);
const lines = stdout.split('\n');
const shown = [
  `\u001b[32m$\u001b[39m ${COMMAND}`,
  '',
  ...between(lines, FROM, UNTIL),
  ...between(lines, THEN_FROM, THEN_UNTIL).slice(0, -1),
];
await writeFile('docs/images/demo.svg', picture(shown));
