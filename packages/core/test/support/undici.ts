import { undiciInterceptor } from '@defender-resilience/core/undici';
import * as v8 from 'undici';
import * as v6 from 'undici-v6';
import * as v7 from 'undici-v7';
import { afterEach } from 'vitest';
import { quick, type TestServer } from './real.ts';

type Undici = typeof v8;

/** The supported majors of undici. They differ in their types, and are used alike. */
export const majors: readonly { readonly name: string; readonly undici: Undici }[] = [
  { name: 'undici 8', undici: v8 },
  { name: 'undici 7', undici: v7 as unknown as Undici },
  { name: 'undici 6', undici: v6 as unknown as Undici },
];

export function isMajor(undici: Undici, major: 6 | 7 | 8): boolean {
  return majors.some((one) => one.undici === undici && one.name.endsWith(String(major)));
}

type Interceptors = readonly v8.Dispatcher.DispatcherComposeInterceptor[];

interface Around {
  readonly resilience?: ReturnType<typeof quick>;
  /** Interceptors between the resilient one and the network. */
  readonly below?: Interceptors;
  readonly above?: Interceptors;
}

/** Dispatchers that are closed at the end of each test. */
export interface Dispatchers {
  bareAgent(): v8.Agent;
  agentFor(server: TestServer, around?: Around): v8.Dispatcher;
  closeLater(dispatcher: v8.Dispatcher): void;
}

export function dispatchersOf(undici: Undici): Dispatchers {
  const open: v8.Dispatcher[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((dispatcher) => dispatcher.destroy()));
  });
  const bareAgent = (): v8.Agent => {
    const agent = new undici.Agent();
    open.push(agent);
    return agent;
  };
  return {
    bareAgent,
    agentFor: (server, { resilience = quick(server.url), below = [], above = [] } = {}) =>
      bareAgent().compose(...below, undiciInterceptor(resilience), ...above),
    closeLater: (dispatcher) => void open.push(dispatcher),
  };
}
