import type { Resilience } from '@defender-resilience/core';
import { undiciInterceptor } from '@defender-resilience/core/undici';
import { Agent, type Dispatcher } from 'undici';
import { Exchange } from './exchange.ts';
import { refuseTransferCodings } from './transfer-coding.ts';

/** undici's own time limits would end a hunting query before the wrapper's. */
const AGENT: Agent.Options = { headersTimeout: 0, connect: { timeout: 10_000 } };

/** Sends requests through the wrapper. */
export function createDispatcher(resilience: Resilience): Dispatcher {
  return new Agent(AGENT).compose(
    refuseTransferCodings,
    countAttempts,
    undiciInterceptor(resilience),
  );
}

/** The dispatch options of an exchange. They reach the interceptors below the wrapper unchanged. */
export interface ExchangeOptions extends Dispatcher.DispatchOptions {
  readonly exchange: Exchange;
}

/** Counts attempts. It is below the wrapper, so every attempt passes through it. */
const countAttempts: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const exchange: unknown = Reflect.get(options, 'exchange');
  if (exchange instanceof Exchange) exchange.attempts += 1;
  return dispatch(options, handler);
};
