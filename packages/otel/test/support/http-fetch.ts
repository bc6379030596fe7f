import http from 'node:http';
import { createRequire } from 'node:module';

/** A fetch over `node:http`, as clients send that are not built on undici. */
export const fetchOverHttp: typeof globalThis.fetch = (input, init) =>
  new Promise((resolve, reject) => {
    // An instrumentation patches the module when it is required, and not when it is imported.
    createRequire(import.meta.url)('node:http');
    const headers = Object.fromEntries(new Headers(init?.headers));
    const request = http.request(String(input), { method: init?.method ?? 'GET', headers });
    request.on('error', reject);
    request.on('response', (answer) => {
      answer.resume();
      answer.on('error', reject);
      answer.on('end', () => resolve(new Response(null, { status: answer.statusCode ?? 500 })));
    });
    request.end();
  });
