import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { broken, type Read, type Settled, shaOf } from './calls.ts';

/** A client over kept connections that talks HTTP as another program does. */
export interface Dialect {
  readonly headers: Readonly<Record<string, string>>;
  /** Sends the body in chunks, and only after `100 Continue`. */
  readonly expects: boolean;
}

/** `Invoke-RestMethod` of Windows PowerShell: .NET's HttpWebRequest waits for 100 Continue before a body. */
export const POWERSHELL: Dialect = {
  headers: {
    'User-Agent':
      'Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.20348.2227',
    Connection: 'Keep-Alive',
  },
  expects: true,
};

/** Logstash's `http_poller`: Apache's client, which asks for compressed answers. */
export const LOGSTASH: Dialect = {
  headers: { 'User-Agent': 'Manticore 0.9.1', 'Accept-Encoding': 'gzip,deflate' },
  expects: false,
};

/** Reads with a client of that kind. */
export function reader(proxy: string, dialect: Dialect): (call: Read) => Promise<Settled> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return async (call) => {
    try {
      const response = await send(agent, proxy + call.path, call.body, dialect);
      const { statusCode = 0, headers } = response;
      const bytes = await buffer(response);
      const code = headers['x-defender-code'];
      return {
        ...call,
        status: statusCode,
        sha: shaOf(headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes),
        code: typeof code === 'string' ? code : null,
        attempts: Number(headers['x-defender-attempts']),
      };
    } catch {
      return broken(call);
    }
  };
}

function send(
  agent: Agent,
  url: string,
  body: string,
  { headers, expects }: Dialect,
): Promise<IncomingMessage> {
  const method = body === '' ? 'GET' : 'POST';
  const waits = body !== '' && expects;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      ...{ agent, method },
      headers: {
        ...headers,
        ...(body !== '' && { 'Content-Type': 'application/json' }),
        ...(waits && { Expect: '100-continue', 'Transfer-Encoding': 'chunked' }),
      },
    });
    outgoing.on('response', resolve).on('error', reject);
    if (waits) outgoing.on('continue', () => outgoing.end(body)).flushHeaders();
    else outgoing.end(body);
  });
}
