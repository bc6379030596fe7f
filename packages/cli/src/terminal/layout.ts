import { stripVTControlCharacters } from 'node:util';

/** How many columns a text occupies. */
export function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/**
 * Wraps text at spaces into lines of at most `columns` characters, each after `indent`. A word that is longer
 * than a line, such as a URL, gets its own line. Line breaks in the text stay.
 */
export function wrap(text: string, columns: number, indent = ''): string {
  return text
    .split('\n')
    .map((paragraph) => wrapParagraph(paragraph, columns - indent.length, indent))
    .join('\n');
}

function wrapParagraph(text: string, width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.map((each) => (each === '' ? '' : `${indent}${each}`)).join('\n');
}

/** Formats names and texts in two columns, with the texts wrapped beside their names. */
export function definitions(
  rows: readonly (readonly [name: string, text: string])[],
  columns: number,
  indent = '',
): string {
  const width = Math.max(...rows.map(([name]) => widthOf(name))) + 2;
  const hanging = `${indent}${' '.repeat(width)}`;
  return rows
    .map(([name, text]) => {
      const wrapped = wrap(text, columns, hanging).trimStart();
      return `${indent}${name}${' '.repeat(width - widthOf(name))}${wrapped}`;
    })
    .join('\n');
}
