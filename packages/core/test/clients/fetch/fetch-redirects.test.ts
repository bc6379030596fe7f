/** Redirects, in every mode, as the wrapped and the bare fetch follow them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe } from 'vitest';
import { callWith, compareWithBare, type Scenario } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';

guardProcess();

/** The first request is sent elsewhere, the others are answered. */
function redirecting(status: number, location: string | null) {
  return (request: IncomingMessage, response: ServerResponse, count: number): void => {
    request.resume();
    if (count > 1) response.end(`answer ${count}`);
    else response.writeHead(status, location === null ? {} : { location }).end('elsewhere');
  };
}

function redirected(
  status: number,
  init: object,
  location: string | null = '/b?c#d',
  ends: number | string = 200,
): Scenario {
  return {
    name: `${status} to ${location ?? 'nowhere'} of ${JSON.stringify(init)}`,
    ends,
    call: (fetch, { url }) => callWith(fetch, `${url}/a#e`, init),
    answer: redirecting(status, location),
  };
}

const CODES = [301, 302, 303, 307, 308];

describe('a redirect', () => {
  const text = { headers: { own: '1', 'content-type': 'text/own' }, body: 'text' };
  compareWithBare([
    ...CODES.flatMap((code) => [
      redirected(code, {}),
      redirected(code, { method: 'HEAD' }),
      redirected(code, { method: 'DELETE' }),
      redirected(code, { method: 'POST', ...text }),
      redirected(code, { method: 'PUT', ...text }),
      redirected(code, { redirect: 'manual' }, '/b', code),
      redirected(code, { redirect: 'error' }, '/b', 'TypeError'),
    ]),
    redirected(300, {}, '/b', 300),
    redirected(304, {}, '/b', 304),
    redirected(302, {}, null, 302),
    redirected(302, { redirect: 'error' }, null, 'TypeError'),
    redirected(302, {}, ''),
    redirected(302, {}, '?query'),
    redirected(302, {}, '/%zz ä'),
    redirected(302, {}, 'http://', 'TypeError'),
    redirected(302, {}, 'http://127.0.0.1:25/', 'TypeError'),
    redirected(302, {}, 'data:text/plain,no', 'TypeError'),
    redirected(302, {}, 'ftp://127.0.0.1/', 'TypeError'),
    redirected(302, {}, 'http://user:password@127.0.0.1:1/', 'TypeError'),
    redirected(302, { mode: 'same-origin' }, 'http://localhost:1/', 'TypeError'),
  ]);
});

describe('a chain of redirects', () => {
  const counting = (last: number): NonNullable<Scenario['answer']> => {
    return (request, response, count) => {
      request.resume();
      if (count > last) response.end('answer');
      else response.writeHead(302, { location: `/${count}`, 'set-cookie': `c=${count}` }).end();
    };
  };
  compareWithBare([
    { name: '(twenty)', ends: 200, answer: counting(20) },
    { name: '(too many)', ends: 'TypeError', answer: counting(99) },
    {
      name: '(to another origin, where the token does not go)',
      ends: 200,
      call: (fetch, { url }) =>
        fetch(url, { headers: { authorization: 'Bearer token', cookie: 'a=1', own: '1' } }),
      answer: (request, response, count) => {
        const { host = '' } = request.headers;
        const location = `http://${host.replace('127.0.0.1', 'localhost')}/b`;
        if (count > 1) response.end('answer');
        else response.writeHead(307, { location }).end();
      },
    },
  ]);
});

describe('a redirect of a body that is read once', () => {
  const streaming = (status: number, ends: number | string, stream: () => unknown): Scenario => ({
    name: `${status}`,
    ends,
    call: (fetch, { url }) =>
      callWith(fetch, url, { method: 'POST', body: stream(), duplex: 'half' }),
    answer: (request, response, count) => {
      request.resume();
      request.on('end', () => {
        if (count > 1) response.end('answer');
        else response.writeHead(status, { location: '/b' }).end();
      });
    },
  });
  const blob = (): unknown => new Blob(['streamed']).stream();
  compareWithBare([
    streaming(303, 200, blob),
    streaming(302, 'TypeError', blob),
    streaming(307, 'TypeError', blob),
    streaming(308, 'TypeError', blob),
    {
      name: 'of a Request, 307',
      ends: 200,
      call: (fetch, { url }) => fetch(new Request(url, { method: 'POST', body: 'text' })),
      answer: redirecting(307, '/b'),
    },
    {
      name: 'of a Request with redirect: manual',
      ends: 307,
      call: (fetch, { url }) => fetch(new Request(url, { redirect: 'manual' })),
      answer: redirecting(307, '/b'),
    },
  ]);
});
