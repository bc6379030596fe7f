import type { Resilience } from '@defender-resilience/core';
import { wrapAxios } from '@defender-resilience/core/axios';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import axios from 'axios';
import { Agent, request } from 'undici';
import type { OpenClient } from './every-client.ts';

/** @param resilience - undefined: without the wrapper */
type OpenLightClient = (url: string, resilience?: Resilience) => OpenClient;

const nothing = { [Symbol.asyncDispose]: () => Promise.resolve() };

/** The clients that load no SDK, with the wrapper and without it. Each gives what the client itself gives. */
export const lightClients: Readonly<Record<string, OpenLightClient>> = {
  fetch: (url, resilience) => {
    const own = resilience?.fetch ?? fetch;
    return {
      ...nothing,
      async send({ method, path, headers, body }) {
        const response = await own(`${url}${path}`, { method, headers, body });
        const text = await response.text();
        if (!response.ok) throw new Error(String(response.status), { cause: response });
        return text;
      },
    };
  },
  axios: (url, resilience) => {
    const bare = axios.create({ baseURL: url, proxy: false });
    const client = resilience === undefined ? bare : wrapAxios(resilience, bare);
    return {
      ...nothing,
      async send({ method, path, headers, body }) {
        return (await client.request<string>({ method, url: path, headers, data: body })).data;
      },
    };
  },
  undici: (url, resilience) => {
    const agent = new Agent();
    const dispatcher =
      resilience === undefined ? agent : agent.compose(undiciInterceptor(resilience));
    return {
      async send({ method, path, headers, body }) {
        const sent = { dispatcher, method, headers, body };
        const response = await request(`${url}${path}`, sent);
        const text = await response.body.text();
        if (response.statusCode < 400) return text;
        throw new Error(String(response.statusCode), { cause: response.headers });
      },
      [Symbol.asyncDispose]: () => agent.destroy(),
    };
  },
};
