import { tagOf } from '../../failure/safe-get.ts';
import type { HttpRequest } from '../shared/http-call.ts';
import { type BodyKind, bodyKind } from '../shared/request-body.ts';
import { type AxiosConfig, isRecord } from './types.ts';

/** A request that axios is about to send, read once. */
export interface AxiosRequest extends HttpRequest {
  readonly url: URL;
  readonly bodyKind: BodyKind;
  /** axios's own time limit for an attempt, in milliseconds; 0: none. */
  readonly timeoutMs: number;
  /** Stops listening to the cancel token. */
  release(): void;
}

/**
 * Reads what the pipeline needs. Undefined for anything that may not be an HTTP request: axios then sends it
 * without the pipeline.
 */
export function readRequest(config: AxiosConfig): AxiosRequest | undefined {
  const url = urlOf(config);
  if (url === undefined) return undefined;
  const { method, timeout, data, params, signal, cancelToken } = config;
  const cancel = signalOfToken(cancelToken);
  const own = isSignal(signal) ? signal : undefined;
  const signals = [own, cancel?.signal].filter((one) => one !== undefined);
  return {
    url,
    method: typeof method === 'string' ? method.toUpperCase() : 'GET',
    params,
    headers: config['headers'],
    body: data,
    bodyKind: bodyKind(data),
    signal: signals.length < 2 ? signals[0] : AbortSignal.any(signals),
    timeoutMs: typeof timeout === 'number' && timeout > 0 ? timeout : 0,
    release: () => cancel?.release(),
  };
}

const ABSOLUTE = /^([a-z][a-z\d+\-.]*:)?\/\//i;

function urlOf({ url = '', baseURL, allowAbsoluteUrls }: AxiosConfig): URL | undefined {
  if (typeof url !== 'string') return undefined;
  const isWhole =
    typeof baseURL !== 'string' || (ABSOLUTE.test(url) && allowAbsoluteUrls !== false);
  const parsed = URL.parse(isWhole ? url : join(baseURL, url));
  return parsed?.protocol.startsWith('http') ? parsed : undefined;
}

function join(base: string, path: string): string {
  return path === '' ? base : `${base.replace(/(?<!\/)\/+$/, '')}/${path.replace(/^\/+/, '')}`;
}

function isSignal(x: unknown): x is AbortSignal {
  return tagOf(x) === 'AbortSignal';
}

interface CancelSignal {
  readonly signal: AbortSignal;
  release(): void;
}

/** Turns axios's older cancel token into a signal. */
function signalOfToken(token: unknown): CancelSignal | undefined {
  if (!isRecord(token)) return undefined;
  const { subscribe, unsubscribe } = token;
  if (typeof subscribe !== 'function') return undefined;
  const controller = new AbortController();
  const abort = (reason: unknown): void => controller.abort(reason);
  Reflect.apply(subscribe, token, [abort]);
  return {
    signal: controller.signal,
    release() {
      if (typeof unsubscribe === 'function') Reflect.apply(unsubscribe, token, [abort]);
    },
  };
}
