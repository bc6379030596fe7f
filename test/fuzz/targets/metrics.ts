import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { createResilience } from '@defender-resilience/core';
import { metricsHandler, promObserver } from '../../../packages/prom/src/index.ts';
import type { Target } from './target.ts';

/** A response that says when it has been sent. */
class SentResponse extends ServerResponse {
  readonly sent = Promise.withResolvers<void>();

  override end(...args: unknown[]): this {
    this.sent.resolve();
    return Reflect.apply(super.end, this, args) as this;
  }
}

const observer = promObserver({ exemplars: false });
const resilience = createResilience({ observers: [observer], retry: { maxRetries: 0 } });
const refused = Object.assign(new Error('refused'), { status: 403 });
await resilience.execute('incidents.list', () => Promise.reject(refused)).catch(() => undefined);

const { recentErrors } = observer;
const source = { contentType: 'text/plain', metrics: () => Promise.resolve('up 1\n') };
const handler = metricsHandler(source, { recentErrors, resilience });
const STATUSES = [200, 400, 404, 405];

/** Requests to the metrics handler: the method, and what stands where the path should. */
export const metricsRequests: Target = {
  name: 'requests for metrics',
  file: 'metrics',
  seeds: [
    'GET /metrics',
    'HEAD /metrics/?x=1',
    'POST /errors',
    'GET /errors?code=Forbidden&since=2026-01-31T12:00:00Z',
    'GET /errors?since=x&since=%2e&code',
    'GET /snapshot#a',
    'GET http://x/metrics',
  ],
  async parse(input) {
    const request = new IncomingMessage(new Socket());
    const [method = '', url = ''] = input.split(/ (.*)/s);
    Object.assign(request, { method, url });
    const response = new SentResponse(request);
    handler(request, response);
    await response.sent.promise;
    if (!STATUSES.includes(response.statusCode)) throw new Error(`${response.statusCode}`);
  },
};
