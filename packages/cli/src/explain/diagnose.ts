import {
  AttemptTimeoutError,
  CircuitOpenError,
  classify,
  createResilience,
  DeadlineExceededError,
  type Failure,
  failureOf,
  findErrorCode,
  type HostMap,
  ThrottledError,
} from '@defender-resilience/core';
import { isRecord, parseJson } from '../json.ts';
import { absoluteUrl, type Exchange, type SentRequest } from './exchange.ts';

/** A failure, and how certain it is. */
export interface Diagnosis {
  readonly failure: Failure;
  /** The input has no status: this is the code's usual one. */
  readonly statusAssumed?: true;
  /** The code says too little without a status, or is unknown. */
  readonly undecided?: true;
  /** What is wrong with the request's body. */
  readonly bodyMistake?: string;
}

/** Classifies an exchange as the wrapper would; undefined if it is a success, or says nothing. */
export async function diagnose(exchange: Exchange): Promise<Diagnosis | undefined> {
  const { status, body } = exchange;
  if (status !== undefined) return status < 400 ? undefined : diagnoseResponse(exchange, status);
  if (body !== undefined) return diagnoseBody(body, exchange);
  return exchange.code === undefined ? undefined : diagnoseCode(exchange.code);
}

async function diagnoseResponse(
  exchange: Exchange,
  status: number,
): Promise<Diagnosis | undefined> {
  const response = { status, headers: exchange.headers ?? {}, body: bodyOf(exchange) };
  const failure = classify(response, { now: () => timeOf(exchange) });
  if (failure === undefined || exchange.request === undefined) return failure && { failure };
  const reported = (await replay(exchange.request, response)) ?? failure;
  // The wrapper's advice replaces the general one if it has read the request's body.
  const readBody = reported.ambiguous !== true && reported.advice !== failure.advice;
  return {
    failure: reported,
    ...(readBody && reported.advice !== undefined ? { bodyMistake: reported.advice } : {}),
  };
}

/** A code from a log counts as a body that contains only the code. */
function bodyOf({ body, code }: Exchange): string | undefined {
  if (body !== undefined || code === undefined) return body;
  return JSON.stringify({ error: { code, message: '' } });
}

/** The time of the response, from which a date in Retry-After counts. */
function timeOf({ time, headers }: Exchange): number {
  const epoch = Date.parse(headers?.['date'] ?? time ?? '');
  return Number.isNaN(epoch) ? Date.now() : epoch;
}

/**
 * Replays the recorded exchange through the wrapper, which knows the operation, its body and whether it may be
 * repeated.
 */
async function replay(
  { method, url, body }: SentRequest,
  recorded: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | undefined;
  },
): Promise<Failure | undefined> {
  const target = URL.parse(absoluteUrl(url));
  if (target === null || recorded.status > 599) return undefined;
  const resilience = createResilience({
    retry: { maxRetries: 0 },
    circuit: false,
    hosts: hostsFor(target),
  });
  const { status, headers, body: answer } = recorded;
  const response = new Response(answer ?? null, { status, headers });
  const fetch = resilience.wrapFetch(() => Promise.resolve(response));
  const sent = body === undefined ? {} : { body };
  return failureOf(await fetch(target.href, { method, ...sent }));
}

/** Registers the exchange's host unless it is the service's own: any other leads to the service, such as a proxy. */
function hostsFor({ host, pathname }: URL): HostMap {
  const isLocal = /^(?:localhost|127\.|\[::1\])/.test(host);
  return isLocal || /^\/(?:api|v1\.0|beta)\//i.test(pathname) ? hostMap(host) : {};
}

function hostMap(host: string): HostMap {
  const isMicrosoft =
    /\.microsoft(?:online)?\.(?:com|us|de)$|\.windows\.com$|\.chinacloudapi\.cn$/.test(host);
  return isMicrosoft ? {} : { [host]: 'all' };
}

/** Classifies a body without its status, by the code's usual status. */
async function diagnoseBody(body: string, exchange: Exchange): Promise<Diagnosis | undefined> {
  const headers = exchange.headers ?? {};
  const failure = classify({ status: 400, headers, body });
  if (failure === undefined || saysNothing(failure)) return undefined;
  const status = usualStatus(failure, body);
  if (status === undefined) return { failure, undecided: true };
  const usual = await diagnoseResponse({ ...exchange, status }, status);
  const isUndecided = usual?.failure.entry?.verdict === 'by-status';
  return usual && { ...usual, ...(isUndecided ? { undecided: true } : { statusAssumed: true }) };
}

function saysNothing({ source, code, message }: Failure): boolean {
  return source === 'gateway' && code === 'Http400' && message === '';
}

function usualStatus({ entry, message }: Failure, body: string): number | undefined {
  if (entry !== undefined) return entry.status;
  const document = parseJson(body);
  if (isRecord(document) && 'error_description' in document)
    return document['error'] === 'invalid_client' ? 401 : 400;
  const stated = /^(?:Error )?([45]\d\d) /.exec(message)?.[1];
  return stated === undefined ? undefined : Number(stated);
}

function diagnoseCode(code: string): Diagnosis | undefined {
  const entry = findErrorCode(code);
  if (entry !== undefined) {
    const body = { error: { code: entry.code, message: '' } };
    const failure = classify({ status: entry.status, body });
    const undecided = entry.verdict === 'by-status' ? { undecided: true as const } : {};
    return failure && { failure, statusAssumed: true, ...undecided };
  }
  if (code.startsWith('AADSTS')) return diagnoseEntra(code);
  const failure = ownFailure(code) ?? classify(Object.assign(new Error(code), { code }));
  return failure === undefined || failure.source === 'unknown' ? undefined : { failure };
}

function diagnoseEntra(code: string): Diagnosis | undefined {
  const body = {
    error: 'invalid_request',
    error_description: `${code}: Entra issued no token.`,
    error_codes: [Number(code.slice('AADSTS'.length))],
  };
  const failure = classify({ status: 400, body });
  return failure && { failure, statusAssumed: true };
}

/** This package's own rejections. Only their advice and verdict are used: nothing else is known about them. */
function ownFailure(code: string): Failure | undefined {
  const operation = 'the call';
  switch (code.replace(/Error$/, '')) {
    case 'CircuitOpen':
      return new CircuitOpenError({ operation, retryAfterMs: 0 }).failure;
    case 'Throttled':
      return new ThrottledError({ operation, retryAfterMs: 0, reason: 'wait-too-long' }).failure;
    case 'Timeout':
    case 'AttemptTimeout':
      return new AttemptTimeoutError({ operation, timeoutMs: 0 }).failure;
    case 'DeadlineExceeded':
      return new DeadlineExceededError({ operation, timeoutMs: 0 }).failure;
    default:
      return undefined;
  }
}
