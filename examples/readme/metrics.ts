import { createServer } from 'node:http';
import { createResilience } from '@defender-resilience/core';
import { metricsHandler, promObserver } from '@defender-resilience/prom';
import { register } from 'prom-client';

const resilience = createResilience({ observers: [promObserver({ exemplars: false })] });
createServer(metricsHandler(register)).listen(9464); // http://localhost:9464/metrics

export const fetch: typeof globalThis.fetch = resilience.fetch;
