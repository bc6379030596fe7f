import { parseJson } from '../json.ts';
import type { Exchange } from './exchange.ts';
import { readCode } from './formats/code.ts';
import { readDocument } from './formats/document.ts';
import { isHar, readHar } from './formats/har.ts';
import { isHttp, readHttp } from './formats/http.ts';
import { readLogText } from './formats/log.ts';

/** Finds the errors in pasted text, and detects its format. */
export function readInput(input: string): readonly Exchange[] {
  const text = input.replace(/^\uFEFF/, '').trim();
  const code = readCode(text);
  if (code !== undefined) return [code];
  if (isHttp(text)) return [readHttp(text)];
  const document = parseJson(text);
  if (isHar(document)) return readHar(document);
  return readWhole(document, text) ?? readLines(text);
}

function readWhole(document: unknown, text: string): readonly Exchange[] | undefined {
  // A list of errors, or a document that was encoded twice.
  if (Array.isArray(document))
    return document.flatMap((one) => readDocument(one, JSON.stringify(one)) ?? []);
  if (typeof document === 'string') return readInput(document);
  const exchange = readDocument(document, text) ?? readMarkup(text);
  return exchange === undefined ? undefined : [exchange];
}

/** The XML of Azure Storage, or a gateway's page. */
function readMarkup(text: string): Exchange | undefined {
  if (!text.startsWith('<')) return undefined;
  const status = /<title>\s*([45]\d\d)\b/i.exec(text)?.[1];
  return status === undefined ? { body: text } : { body: text, status: Number(status) };
}

function readLines(text: string): readonly Exchange[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const found = lines.flatMap((line) => readLine(line.trim()) ?? []);
  if (found.length > 1) return found;
  // An error may be wrapped over several lines, as PowerShell prints it.
  const whole = readLine(lines.join(' '));
  return whole === undefined ? found : [whole];
}

function readLine(line: string): Exchange | undefined {
  const document = readDocument(parseJson(line), line);
  if (document !== undefined) return document;
  const exchange = readLogText(line);
  return exchange?.body === undefined ? exchange : withQuoted(exchange, exchange.body);
}

/** The body in a line may be a whole response, an error body, or not an error at all. */
function withQuoted(exchange: Exchange, body: string): Exchange | undefined {
  const quoted = readDocument(parseJson(body), body);
  if (quoted !== undefined) return { ...exchange, ...quoted };
  const { body: _, ...line } = exchange;
  return line.status === undefined ? undefined : line;
}
