export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** .NET's parsers refuse deeper nesting. This also prevents a stack overflow when the JSON is written. */
const MAX_DEPTH = 64;

/** Whether JSON is nested too deeply. Call it only with valid JSON. */
function isTooDeep(json: string): boolean {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const character = json[at];
    if (character === '"') inText = !inText;
    else if (inText) at += character === '\\' ? 1 : 0;
    else if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** @throws SyntaxError for text that is not JSON, or nested more than 64 levels deep */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (isTooDeep(text)) throw new SyntaxError(`JSON is nested more than ${MAX_DEPTH} levels deep`);
  return value;
}
