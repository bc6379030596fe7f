import { createResilience } from '@defender-resilience/core';
import { Client } from '@microsoft/microsoft-graph-client';
import axios from 'axios';
import axiosRetry from 'axios-retry';
import got from 'got';
import ky from 'ky';
import { Agent, RetryAgent, request } from 'undici';

/** One way to make a call: true when it got what it wanted. Never rejects. */
type Caller = (url: string) => Promise<boolean>;

export interface Competitor {
  readonly name: string;
  /** The path that it calls. */
  readonly path: string;
  make(url: string, minuteMs: number): Caller;
}

const ALERTS = '/api/alerts?$top=1';

const succeeded = async (call: () => Promise<unknown>): Promise<boolean> => {
  try {
    await call();
    return true;
  } catch {
    return false;
  }
};

/** What a program does that knows nothing of quotas, or leaves them to its client’s own defaults. */
export const PEERS: readonly Competitor[] = [
  {
    name: 'bare fetch',
    path: ALERTS,
    make: () => async (url) => {
      const response = await fetch(url);
      await response.arrayBuffer();
      return response.ok;
    },
  },
  { name: 'ky', path: ALERTS, make: () => (url) => succeeded(() => ky(url).arrayBuffer()) },
  { name: 'got', path: ALERTS, make: () => (url) => succeeded(() => got(url).buffer()) },
  {
    name: 'axios-retry',
    path: ALERTS,
    make: () => {
      const client = axios.create();
      axiosRetry(client);
      return (url) => succeeded(() => client.get(url));
    },
  },
  {
    name: 'undici RetryAgent',
    path: ALERTS,
    make: () => {
      const dispatcher = new RetryAgent(new Agent());
      return (url) =>
        succeeded(async () => {
          const { body } = await request(url, { dispatcher });
          await body.dump();
        });
    },
  },
  {
    name: 'Graph SDK',
    path: '/v1.0/security/incidents?$top=1',
    make: (origin) => {
      const client = Client.init({
        baseUrl: origin,
        defaultVersion: 'v1.0',
        authProvider: (done) => done(null, 'token'),
        customHosts: new Set([new URL(origin).hostname]),
      });
      return (url) =>
        succeeded(() => client.api(url.slice(`${origin}/v1.0`.length)).get() as Promise<unknown>);
    },
  },
];

export const OURS: Competitor = {
  name: 'this wrapper',
  path: ALERTS,
  make: (origin, minuteMs) => {
    const wrapped = createResilience({
      hosts: { [new URL(origin).host]: 'all' },
      quota: { minuteMs },
    });
    return async (url) => {
      const response = await wrapped.fetch(url);
      await response.arrayBuffer();
      return response.ok;
    };
  },
};
