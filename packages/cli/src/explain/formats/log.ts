import { findErrorCode, operations } from '@defender-resilience/core';
import { isRecord, parseJson } from '../../json.ts';
import { absoluteUrl, type Exchange, present } from '../exchange.ts';

/** The status in messages of curl, PowerShell, Python, .NET, Java and this package. */
const STATUSES: readonly RegExp[] = [
  /\bstatus(?:[ _-]?code)?(?: does not indicate success)?["' :=()[\]]{1,5}([45]\d\d)\b/i,
  /\bHTTP(?:\/[\d.]+)?(?: Error| status| response)?[ :=]+([45]\d\d)\b/i,
  /\b([45]\d\d) (?:Client|Server) Error\b/,
  /\b(?:error|failed|failure|returned|responded|response|got)(?: with| with status)?[ :=(]+([45]\d\d)\b/i,
  /\(([45]\d\d)\)/,
  /\b([45]\d\d)[ :,-]+(?=[A-Z][a-z]+)/,
  /" ([45]\d\d) /,
];

/** The codes of Node and undici for a request without a response. */
const NETWORK_CODE =
  /\b(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE|EHOSTUNREACH|ENETUNREACH|EPROTO|UND_ERR_[A-Z_]+|CERT_[A-Z_]+|[A-Z_]*SELF_SIGNED_CERT[A-Z_]*|UNABLE_TO_[A-Z_]+|ERR_TLS_[A-Z_]+)\b/;
const AADSTS = /\bAADSTS\d{4,9}\b/;
const OWN_CODE = /\b(?:CircuitOpen|Throttled|AttemptTimeout|DeadlineExceeded)(?:Error)?\b/;
const REQUEST =
  /\b(GET|POST|PUT|PATCH|DELETE)\s+["']?(https?:\/\/[^\s"'<>]+|\/(?:api|v1\.0|beta)\/[^\s"'<>]*)/i;
const URL_ALONE = /\bhttps:\/\/[^\s"'<>]+/;
const TRACKING =
  /\b(?:tracking[ _-]?id|tracking|request-id|target)["']?[ :=]+["']?([\w|.-]{8,128})/i;
const TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?/;

/** Reads one line of a log, or an error message, in any format; undefined if it does not mention an error. */
export function readLogText(text: string): Exchange | undefined {
  const body = bodyIn(text);
  // Words in the body must not be read as words of the line.
  const line = body === undefined ? text : text.replace(body.raw, ' ');
  const exchange = present<Exchange>({
    status: statusIn(line),
    body: body?.json,
    code: body === undefined ? codeIn(line) : undefined,
    request: requestIn(line),
    operation: operationIn(line),
    trackingId: TRACKING.exec(line)?.[1]?.replace(/[.,]$/, ''),
    time: TIME.exec(line)?.[0],
  });
  const { status, code } = exchange;
  return status === undefined && code === undefined && body === undefined ? undefined : exchange;
}

function statusIn(line: string): number | undefined {
  for (const pattern of STATUSES) {
    const status = pattern.exec(line)?.[1];
    if (status !== undefined) return Number(status);
  }
  return undefined;
}

function codeIn(line: string): string | undefined {
  const special = AADSTS.exec(line) ?? NETWORK_CODE.exec(line) ?? OWN_CODE.exec(line);
  if (special !== null) return special[0];
  // Matches the service's codes only in their exact spelling: many lines contain words like `not found`.
  const words = line.match(/\b[A-Za-z][\w]{6,}\b/g) ?? [];
  return words.find((word) => findErrorCode(word)?.code === word);
}

function requestIn(line: string): Exchange['request'] {
  const [, method, url] = REQUEST.exec(line) ?? [];
  if (method !== undefined && url !== undefined) {
    return { method: method.toUpperCase(), url: absoluteUrl(withoutEnd(url)) };
  }
  const alone = URL_ALONE.exec(line)?.[0];
  return alone === undefined ? undefined : { method: 'GET', url: withoutEnd(alone) };
}

/** Removes punctuation that belongs to the sentence. */
function withoutEnd(url: string): string {
  let end = url.length;
  while (end > 0 && ').,;:'.includes(url.charAt(end - 1))) end -= 1;
  return url.slice(0, end);
}

function operationIn(line: string): string | undefined {
  const words = line.match(/\b[a-z][A-Za-z]+\.[a-z][A-Za-z]+\b/g) ?? [];
  return words.find((word) => operations.some(({ name }) => name === word));
}

interface EmbeddedBody {
  readonly raw: string;
  readonly json: string;
}

/** The error body that a line contains: as JSON, as escaped JSON, or as Python prints it. */
function bodyIn(text: string): EmbeddedBody | undefined {
  const start = text.search(/\{\s*(?:\\?["']|&quot;)/);
  const end = text.lastIndexOf('}');
  if (start < 0 || end < start) return undefined;
  const raw = text.slice(start, end + 1);
  for (const json of [raw, unescaped(raw), raw.replaceAll('&quot;', '"'), fromPython(raw)]) {
    if (json !== undefined && isRecord(parseJson(json))) return { raw, json };
  }
  return undefined;
}

function unescaped(text: string): string | undefined {
  const value = parseJson(`"${text}"`);
  return typeof value === 'string' ? value : undefined;
}

/** `{'error': {'code': 'Forbidden'}}`. */
function fromPython(text: string): string {
  return text
    .replaceAll(/(?<=[{,:[]\s*)'((?:[^'\\]|\\.)*)'/g, (_, inner: string) =>
      JSON.stringify(inner.replaceAll("\\'", "'")),
    )
    .replaceAll(/(?<=:\s*)None\b/g, 'null');
}
