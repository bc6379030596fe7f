import {
  type AxiosAdapter,
  type AxiosConfig,
  type Instance,
  isInstance,
  isRecord,
} from './types.ts';

/** Sends requests with any adapter, bypassing the wrapped instance. */
export interface Sender {
  /** Sends one attempt with an adapter function, or with a name or list of names that axios looks up. */
  send(adapter: unknown, config: AxiosConfig): Promise<unknown>;
  /** The error that axios rejects a cancelled request with. */
  cancelled(config: AxiosConfig): Promise<unknown>;
}

/** The option that carries a request's own configuration through the second instance. */
const CONFIG_OPTION = 'defenderResilienceConfig';

/** axios looks adapters up by name only when it sends a request, so a second, bare instance sends it. */
export function senderFor(instance: Instance): Sender {
  let bare: Instance | undefined;
  const sendBare = async (config: AxiosConfig): Promise<unknown> => {
    bare ??= bareInstance(instance);
    return bare.request({ url: '', [CONFIG_OPTION]: () => config });
  };
  return {
    send(adapter, config) {
      if (isAdapter(adapter)) return adapter(config);
      // The request's data is already transformed; the response's is transformed later.
      return sendBare({ ...config, adapter, transformRequest: [], transformResponse: [] });
    },
    async cancelled(config) {
      try {
        return await sendBare(config);
      } catch (error) {
        return error;
      }
    },
  };
}

/** An instance of the same axios without defaults, which sends a configuration as it is. */
function bareInstance(instance: Instance): Instance {
  const bare: unknown = instance.create?.() ?? Reflect.construct(instance.constructor, [{}]);
  if (!isInstance(bare)) throw new TypeError('This axios instance cannot create another one');
  for (const name of Object.keys(bare.defaults)) Reflect.deleteProperty(bare.defaults, name);
  // What an interceptor returns is sent as it is; merging would drop headers that are set to `false`.
  bare.interceptors.request.use(unmerged, undefined, { synchronous: true });
  return bare;
}

function unmerged(merged: AxiosConfig): unknown {
  const config = merged[CONFIG_OPTION];
  return typeof config === 'function' ? Reflect.apply(config, undefined, []) : merged;
}

function isAdapter(x: unknown): x is AxiosAdapter {
  return typeof x === 'function';
}

/**
 * Puts the call's configuration back into a response, or an error and its response. It differs from the
 * attempt's in the signal, and the caller knows only its own.
 */
export function restoreConfig(outcome: unknown, own: AxiosConfig, signal: AbortSignal): void {
  if (!isRecord(outcome)) return;
  const { config } = outcome;
  if (isRecord(config) && config['signal'] === signal) outcome['config'] = own;
  restoreConfig(outcome['response'], own, signal);
}
