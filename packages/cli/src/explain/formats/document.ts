import { isRecord, statusField, textField } from '../../json.ts';
import { absoluteUrl, type Exchange, present } from '../exchange.ts';
import { readLogText } from './log.ts';

/** Reads any JSON document except a HAR file: an error body, a response that a program printed, or a log entry. */
export function readDocument(document: unknown, text: string): Exchange | undefined {
  if (!isRecord(document)) return undefined;
  if (isErrorBody(document)) return present<Exchange>({ body: text, status: statusOf(document) });
  return readPrinted(document) ?? readLogEntry(document);
}

/** Whether a document is an error body: `{ error: … }` of Defender, Graph and Entra, or a gateway's. */
function isErrorBody(document: Readonly<Record<string, unknown>>): boolean {
  if (isLogEntry(document)) return false;
  const { error } = document;
  if (isRecord(error)) return !isRecord(document['response']) && !('stack' in error);
  if (isRecord(document['odata.error'])) return true;
  if (typeof error === 'string') return true;
  const names = Object.keys(document).map((name) => name.toLowerCase());
  if (names.includes('message'))
    return names.includes('code') || names.includes('statuscode') || 'Message' in document;
  return 'title' in document && 'status' in document;
}

const LOG_FIELDS = ['level', 'severity', 'msg', 'time', 'timestamp', '@timestamp', 'operation'];

function isLogEntry(document: Readonly<Record<string, unknown>>): boolean {
  return LOG_FIELDS.some((name) => name in document);
}

function statusOf(document: unknown): number | undefined {
  return statusField(document, 'status', 'statusCode', 'status_code', 'httpStatus');
}

/** Reads a response as programs print it, with its status beside its headers and body. */
function readPrinted(document: Readonly<Record<string, unknown>>): Exchange | undefined {
  const response = isRecord(document['response']) ? document['response'] : document;
  const status = statusOf(response);
  const body = response['body'] ?? response['data'] ?? response['content'] ?? response['text'];
  if (status === undefined || body === undefined) return undefined;
  return present<Exchange>({
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: headersOf(response['headers']),
    request: requestOf(document),
    time: timeOf(document),
  });
}

function headersOf(headers: unknown): Readonly<Record<string, string>> {
  if (!isRecord(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const),
  );
}

function requestOf(document: Readonly<Record<string, unknown>>): Exchange['request'] {
  const request = isRecord(document['request']) ? document['request'] : document['config'];
  const source = isRecord(request) ? request : document;
  const url = textField(source, 'url', 'uri', 'path', 'url.path', 'http.target');
  if (url === undefined) return undefined;
  const method = textField(source, 'method', 'http.method', 'http.request.method') ?? 'GET';
  const body = textField(source, 'body', 'data');
  return present({ method: method.toUpperCase(), url: absoluteUrl(url), body });
}

/** Reads one entry of a structured log: this package's own, or one with similar fields. */
function readLogEntry(document: Readonly<Record<string, unknown>>): Exchange | undefined {
  const message = textField(document, 'msg', 'message', 'err', 'error', 'log') ?? '';
  const nested = [document['err'], document['error'], document['failure']].find(isRecord);
  const stated = readLogText(message) ?? {};
  const from = (...names: readonly string[]): string | undefined =>
    textField(document, ...names) ?? textField(nested, ...names);
  const exchange = present<Exchange>({
    ...stated,
    status:
      statusOf(document) ??
      statusOf(nested) ??
      statusField(document, 'http.status_code', 'http.response.status_code') ??
      stated.status,
    code: from('code', 'defender.error.code', 'error.type') ?? stated.code,
    operation: from('operation', 'defender.operation') ?? stated.operation,
    trackingId: from('trackingId', 'tracking_id', 'defender.tracking_id') ?? stated.trackingId,
    request: requestOf(document) ?? stated.request,
    time: timeOf(document) ?? stated.time,
  });
  return exchange.status === undefined && exchange.code === undefined && exchange.body === undefined
    ? undefined
    : exchange;
}

function timeOf(document: Readonly<Record<string, unknown>>): string | undefined {
  const text = textField(document, 'time', 'timestamp', '@timestamp', 'ts', 'datetime');
  if (text !== undefined) return text;
  // pino writes milliseconds since 1970.
  const { time } = document;
  return typeof time === 'number' && time > 1e11 ? new Date(time).toISOString() : undefined;
}
