import {
  type AxiosAdapter,
  type AxiosConfig,
  type Instance,
  isInstance,
  isRecord,
} from './types.ts';

/** Sends requests with whatever adapter they name, past the instance that is wrapped. */
export interface Sender {
  /** One attempt, by a function or by a name or list of names that only axios itself can look up. */
  send(adapter: unknown, config: AxiosConfig): Promise<unknown>;
  /** The error with which axios rejects a request that its caller cancelled. */
  cancelled(config: AxiosConfig): Promise<unknown>;
}

/** The option by which a request's own configuration travels through the second instance. */
const TICKET = 'defenderResilienceConfig';

/** axios looks adapters up by name in its dispatch alone, so a second, bare instance does it. */
export function senderFor(instance: Instance): Sender {
  let bare: Instance | undefined;
  const dispatch = async (config: AxiosConfig): Promise<unknown> => {
    bare ??= bareInstance(instance);
    return bare.request({ url: '', [TICKET]: () => config });
  };
  return {
    send(adapter, config) {
      if (isAdapter(adapter)) return adapter(config);
      // The data is transformed already, and the answer will be.
      return dispatch({ ...config, adapter, transformRequest: [], transformResponse: [] });
    },
    async cancelled(config) {
      try {
        return await dispatch(config);
      } catch (error) {
        return error;
      }
    },
  };
}

/** An instance of the same axios without defaults, which sends a configuration as it is. */
function bareInstance(instance: Instance): Instance {
  const bare: unknown = instance.create?.() ?? constructed(instance);
  if (!isInstance(bare)) throw new TypeError('This axios instance cannot make another one');
  for (const name of Object.keys(bare.defaults)) Reflect.deleteProperty(bare.defaults, name);
  // What an interceptor returns is sent as it is; merging would drop headers that are set to `false`.
  bare.interceptors.request.use(taken, undefined, { synchronous: true });
  return bare;
}

function constructed(instance: Instance): unknown {
  return Reflect.construct(instance.constructor, [{}]);
}

function taken(merged: AxiosConfig): unknown {
  const ticket = merged[TICKET];
  return typeof ticket === 'function' ? Reflect.apply(ticket, undefined, []) : merged;
}

function isAdapter(x: unknown): x is AxiosAdapter {
  return typeof x === 'function';
}

/**
 * Gives an answer, or an error and its answer, the configuration of the call in the place of that of
 * the attempt: the two differ in the signal, and the caller knows only the first.
 */
export function restoreConfig(outcome: unknown, own: AxiosConfig, signal: AbortSignal): void {
  if (!isRecord(outcome)) return;
  const { config } = outcome;
  if (isRecord(config) && config['signal'] === signal) outcome['config'] = own;
  restoreConfig(outcome['response'], own, signal);
}
