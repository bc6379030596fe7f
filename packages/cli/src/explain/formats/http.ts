import { absoluteUrl, type Exchange, present, type SentRequest } from '../exchange.ts';

const STATUS_LINE = /^HTTP\/[\d.]+ (\d{3})/;
const HAS_STATUS_LINE = /^(?:< )?HTTP\/[\d.]+ \d{3}/m;

/** Whether a text contains an HTTP response with its head, as `curl -i` and `curl -v` print it. */
export function isHttp(text: string): boolean {
  return HAS_STATUS_LINE.test(text);
}

/** Reads the output of `curl -i` or `curl -v`. Uses the last of several responses, such as after a redirect. */
export function readHttp(text: string): Exchange {
  const lines = text.split(/\r?\n/);
  return lines.some((line) => /^< HTTP\//.test(line)) ? readVerbose(lines) : readPlain(lines);
}

function readPlain(lines: readonly string[]): Exchange {
  // Anything before the head is a prompt or a command line.
  let start = lines.findIndex((line) => STATUS_LINE.test(line));
  let end = endOfHead(lines, start);
  while (STATUS_LINE.test(lines[end + 1] ?? '')) {
    start = end + 1;
    end = endOfHead(lines, start);
  }
  return responseOf(lines.slice(start, end), lines.slice(end + 1).join('\n'));
}

function endOfHead(lines: readonly string[], start: number): number {
  const blank = lines.findIndex((line, index) => index > start && line.trim() === '');
  return blank < 0 ? lines.length : blank;
}

/** Reads `curl -v`: `> ` marks the request's head, `< ` the response's, `* ` curl's own messages. */
function readVerbose(lines: readonly string[]): Exchange {
  const last = lines.findLastIndex((line) => /^< HTTP\//.test(line));
  const head = lines.slice(last).filter((line) => line.startsWith('< '));
  const body = lines.slice(last).filter((line) => !/^[<>*{}] |^[<>*{}]$/.test(line));
  const sent = lines.slice(0, last).filter((line) => line.startsWith('> '));
  const response = responseOf(
    head.map((line) => line.slice(2)),
    body.join('\n'),
  );
  const request = requestOf(sent.map((line) => line.slice(2)));
  return request === undefined ? response : { ...response, request };
}

function requestOf(lines: readonly string[]): SentRequest | undefined {
  const first = lines.findLast((line) => /^[A-Z]+ \S+ HTTP\//.test(line));
  const [method, path] = first?.split(' ') ?? [];
  if (method === undefined || path === undefined) return undefined;
  const host = lines.findLast((line) => /^host:/i.test(line))?.slice('host:'.length);
  return { method, url: absoluteUrl(path, host?.trim()) };
}

function responseOf(head: readonly string[], body: string): Exchange {
  const status = Number(STATUS_LINE.exec(head[0] ?? '')?.[1]);
  const headers = headersOf(head.slice(1));
  return present<Exchange>({ status, headers, body: body.trim(), time: headers['date'] });
}

function headersOf(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0)
      headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }
  return headers;
}
