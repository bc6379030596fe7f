/** Data that can be written as YAML. An undefined field is left out. */
export type Yaml =
  | string
  | number
  | readonly Yaml[]
  | { readonly [name: string]: Yaml | undefined };

/** Words, names of series, addresses and durations such as `30m`. */
const PLAIN = /^(?:[A-Za-z][\w.:/-]*|\d+[smhdw])$/;
/** Text that can be written between single quotes, on one line. */
const QUOTABLE = /^[ -~]*$/;
/** Plain words that YAML does not read as text. */
const WORDS = new Set(['true', 'false', 'yes', 'no', 'on', 'off', 'null', 'y', 'n']);

/** Writes data as YAML: text of several lines in block form, other text plain or quoted. */
export function toYaml(data: Yaml): string {
  return `${block(data, '').join('\n')}\n`;
}

function block(data: Yaml, indent: string): string[] {
  if (isList(data)) {
    return data.flatMap((item) => {
      const [first = '', ...rest] = isScalar(item)
        ? [`${indent}  ${scalar(item)}`]
        : block(item, `${indent}  `);
      return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
    });
  }
  if (isScalar(data)) return [`${indent}${scalar(data)}`];
  return Object.entries(data).flatMap(([name, value]) =>
    value === undefined ? [] : field(name, value, indent),
  );
}

function field(name: string, value: Yaml, indent: string): string[] {
  const key = `${indent}${scalar(name)}:`;
  if (typeof value === 'string' && value.includes('\n')) {
    return [`${key} |-`, ...value.split('\n').map((line) => `${indent}  ${line}`.trimEnd())];
  }
  if (isScalar(value)) return [`${key} ${scalar(value)}`];
  if (isList(value) && value.every(isScalar)) {
    return [`${key} [${value.map(scalar).join(', ')}]`];
  }
  return [key, ...block(value, `${indent}  `)];
}

function scalar(value: string | number): string {
  if (typeof value === 'number') return String(value);
  if (PLAIN.test(value) && !value.endsWith(':') && !WORDS.has(value.toLowerCase())) return value;
  // YAML reads any other text like JSON.
  return QUOTABLE.test(value) ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}

function isScalar(value: Yaml): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function isList(value: Yaml): value is readonly Yaml[] {
  return Array.isArray(value);
}
