import type { IncomingMessage } from 'node:http';
import { envelope, startServer, type TestServer } from './real.ts';

/** An unsigned token with these claims. */
export function jwt(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part(claims)}.c2lnbmF0dXJl`;
}

export const authorizationOf = ({ headers }: IncomingMessage): string | undefined =>
  headers.authorization;

/** A server that answers 401 unless the request has one of the tokens. */
export async function tokenServer(
  isValid: (token: string | undefined, request: IncomingMessage) => boolean,
  headers: Readonly<Record<string, string>> = {},
): Promise<TestServer> {
  return startServer((request, response) => {
    const token = authorizationOf(request)?.replace(/^Bearer /, '');
    const type = { 'content-type': 'application/json' };
    request.resume().on('end', () => {
      if (isValid(token, request)) response.writeHead(200, type).end('{"value":[]}');
      else response.writeHead(401, { ...type, ...headers }).end(envelope('Unauthorized'));
    });
  });
}
