import { type ServerResponse, STATUS_CODES } from 'node:http';

/** An answer of the proxy itself instead of the service. */
export interface OwnAnswer {
  readonly status: number;
  /** Like the codes of the API: one word in PascalCase. */
  readonly code: string;
  readonly message: string;
  /** The error type of `Proxy-Status` (RFC 9209, section 2.3). */
  readonly proxyError: string;
  /** Milliseconds until the request may be sent again. */
  readonly retryAfterMs?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The name of the proxy in `Proxy-Status` and `Via`. */
export const PROXY_NAME = 'defender-resilience';

/** A request that the proxy refuses without forwarding it. */
export function refusal(status: number, code: string, message: string): OwnAnswer {
  return {
    status,
    code,
    message,
    proxyError: status < 500 || status === 505 ? 'http_request_denied' : 'proxy_internal_error',
  };
}

/** The body of the proxy's own answer, in the format of the API's errors, which clients already understand. */
export function bodyOf({ code, message }: OwnAnswer): string {
  return `${JSON.stringify({ error: { code, message } })}\n`;
}

/** The headers of the proxy's own answer. */
export function headersOf(answer: OwnAnswer, body: string): Record<string, string> {
  const { proxyError, retryAfterMs, code, headers } = answer;
  return {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'proxy-status': `${PROXY_NAME}; error=${proxyError}`,
    'x-defender-code': code,
    ...(retryAfterMs !== undefined && { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) }),
  };
}

/** Sends the proxy's own answer, unless the response has begun. */
export function sendOwn(response: ServerResponse, answer: OwnAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const body = bodyOf(answer);
  // Sets the reason phrase: Node keeps that of an earlier answer whose headers it refused to write.
  response.writeHead(answer.status, STATUS_CODES[answer.status] ?? '', headersOf(answer, body));
  response.end(body);
}
