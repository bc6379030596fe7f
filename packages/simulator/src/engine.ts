import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, type Call, type Handler, Refusal } from './answer.ts';
import { deliver, gatewayPage, refuseToAnswer } from './deliver.ts';
import { type Dialect, dialectOf, errorAnswer, gatewayAnswer, usualCode } from './errors.ts';
import { type OutageOptions, RandomFaults } from './faults.ts';
import { operationFor } from './knowledge.ts';
import type { Settings } from './options.ts';
import { type QuotaRefusal, Quotas, quotaMessage, secondsOf } from './quotas.ts';
import { seededRandom, uuid } from './random.ts';
import { Recorder } from './record.ts';
import { Script, type ScriptStepDetails, TOKEN_OPERATION } from './script.ts';
import { World } from './world.ts';

/** Decides what every call gets: the scripted answer, a fault, or the ordinary one. */
export class Engine {
  readonly settings: Settings;
  readonly recorder: Recorder = new Recorder();
  readonly script: Script = new Script();
  readonly #quotas: Quotas;
  readonly #stopped = new AbortController();
  /** Set once the port is known. */
  origin = '';
  faults: RandomFaults | undefined;
  #outage: { readonly status: number | 'reset'; readonly endsAt: number } | undefined;
  #world: World;
  #trackingIds: () => string;

  constructor(settings: Settings) {
    this.settings = settings;
    this.#quotas = new Quotas(settings.quotas, settings.minuteMs);
    this.#world = new World(settings);
    this.#trackingIds = trackingIds(settings.seed);
    this.faults = startFaults(settings);
    this.script.append(settings.script);
  }

  /** Back to how a simulator without a script starts. */
  reset(): void {
    this.recorder.clear();
    this.script.clear();
    this.#quotas.clear();
    this.#world = new World(this.settings);
    this.faults = startFaults(this.settings);
    this.#outage = undefined;
  }

  /** Ends every wait for a latency. */
  stop(): void {
    this.#stopped.abort();
  }

  outage(options: OutageOptions): { end(): void } {
    const endsAt = this.settings.clock.now() + (options.durationMs ?? Number.POSITIVE_INFINITY);
    const outage = { status: options.status ?? 503, endsAt };
    this.#outage = outage;
    return {
      end: () => {
        if (this.#outage === outage) this.#outage = undefined;
      },
    };
  }

  endOutage(): void {
    this.#outage = undefined;
  }

  /** Answers one request; `handler` is undefined where no route matches. */
  async serve(
    handler: Handler | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const call = this.#callOf(request);
    const answered = this.recorder.receive({
      method: call.method,
      path: call.path,
      query: Object.fromEntries(call.query),
      headers: call.headers,
      body: call.bodyText,
      operation: call.operation.name,
      at: this.settings.clock.epoch(),
    });
    // Taken before the script: a call that is answered with an error costs the quota all the same.
    const refusal = this.#quotas.take(call.operation, this.settings.clock.now());
    const step = this.#stepFor(call);
    await this.#wait((step?.latencyMs ?? 0) + (this.faults?.latencyMs() ?? 0));
    if (this.#stopped.signal.aborted) return void refuseToAnswer(reply, 'reset');
    if (step?.action === 'reset' || step?.action === 'hang') {
      answered(refuseToAnswer(reply, step.action));
      return;
    }
    const ordinary = (): Answer => this.#ordinary(handler, call, refusal);
    const answer = step === undefined ? ordinary() : this.#scripted(step, call, ordinary);
    answered(deliver(reply, answer, step?.action));
  }

  #callOf(request: FastifyRequest): Call {
    const url = new URL(request.originalUrl, this.origin);
    const method = request.method;
    const host = new URL(this.origin).host;
    const operation = /\/oauth2\/(v2\.0\/)?token$/i.test(url.pathname)
      ? { name: TOKEN_OPERATION, quotaGroup: TOKEN_OPERATION }
      : operationFor({ method, host, path: url.pathname }, { [host]: 'all' });
    return {
      method,
      path: url.pathname,
      params: paramsOf(request.params),
      query: url.searchParams,
      headers: headersOf(request.headers),
      bodyText: typeof request.body === 'string' ? request.body : '',
      operation,
      origin: this.origin,
      world: this.#world,
      clock: this.settings.clock,
    };
  }

  #stepFor(call: Call): ScriptStepDetails | undefined {
    const outage = this.#outage;
    if (outage !== undefined && this.settings.clock.now() < outage.endsAt) {
      return outage.status === 'reset' ? { action: 'reset' } : { status: outage.status };
    }
    const target = { operation: call.operation.name, path: call.path };
    const step = this.script.take(target);
    if (step !== undefined || call.operation.name === TOKEN_OPERATION) return step;
    return this.faults?.next();
  }

  #ordinary(handler: Handler | undefined, call: Call, quota: QuotaRefusal | undefined): Answer {
    const dialect = dialectOf(call.path);
    try {
      if (quota !== undefined) throw overQuota(quota, call, dialect);
      if (handler === undefined) throw new Refusal('NotFound', { status: 404 });
      return handler(call);
    } catch (refusal) {
      if (refusal instanceof Refusal) return this.#error(refusal, call);
      throw refusal;
    }
  }

  #scripted(step: ScriptStepDetails, call: Call, ordinary: () => Answer): Answer {
    const retryAfter = step.retryAfter;
    const extra = {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...step.headers,
    };
    const answer = this.#scriptedAnswer(step, call, ordinary);
    return { ...answer, headers: { ...answer.headers, ...extra } };
  }

  #scriptedAnswer(step: ScriptStepDetails, call: Call, ordinary: () => Answer): Answer {
    if (step.action === 'html') return gatewayPage(step.status ?? 502);
    if (step.action === 'empty') return { status: step.status ?? 500 };
    if (step.body !== undefined) return { status: step.status ?? 200, body: step.body };
    const dialect = dialectOf(call.path);
    const code = step.code ?? (step.status === undefined ? undefined : usual(step.status, dialect));
    if (code === undefined) {
      const status = step.status ?? 200;
      if (status >= 400) return gatewayAnswer(status, step.message ?? '');
      return status === 200 ? ordinary() : { status };
    }
    return this.#error(new Refusal(code, detailsOf(step, code, call)), call);
  }

  #error(refusal: Refusal, call: Call): Answer {
    const trackingId = this.#trackingIds();
    this.recorder.track(trackingId);
    return errorAnswer(refusal.code, refusal.details, {
      dialect: dialectOf(call.path),
      trackingId,
      clientRequestId: call.headers['client-request-id'],
      at: this.settings.clock.epoch(),
    });
  }

  #wait(ms: number): Promise<void> {
    const { signal } = this.#stopped;
    if (ms <= 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.settings.clock.timer(() => {
        signal.removeEventListener('abort', done);
        resolve();
      }, ms);
      const done = (): void => {
        timer.cancel();
        resolve();
      };
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

function usual(status: number, dialect: Dialect): string | undefined {
  return status >= 400 ? usualCode(status, dialect) : undefined;
}

function detailsOf(step: ScriptStepDetails, code: string, call: Call): object {
  const throttled = step.status === 429 || code === '429' || code === 'TooManyRequests';
  const seconds = typeof step.retryAfter === 'number' ? step.retryAfter : 1;
  const limit = call.operation.quota?.perMinute ?? 45;
  const message = step.message ?? (throttled ? quotaMessage(limit, 'minute', seconds) : undefined);
  return {
    ...(step.status === undefined ? {} : { status: step.status }),
    ...(step.values === undefined ? {} : { values: step.values }),
    ...(message === undefined ? {} : { message }),
  };
}

function overQuota({ limit, per, waitMs }: QuotaRefusal, call: Call, dialect: Dialect): Refusal {
  const seconds = secondsOf(waitMs);
  // Only the MDE and Graph pages promise the header; XDR's say that the wait is in the body.
  const told = call.operation.family !== 'xdr';
  return new Refusal(usualCode(429, dialect) ?? '429', {
    status: 429,
    message: quotaMessage(limit, per, seconds),
    ...(told ? { headers: { 'retry-after': String(seconds) } } : {}),
  });
}

function startFaults(settings: Settings): RandomFaults | undefined {
  return settings.faults && new RandomFaults(settings.faults, settings.seed);
}

function trackingIds(seed: number): () => string {
  const random = seededRandom(seed + 2);
  return () => uuid(random);
}

function paramsOf(params: unknown): Record<string, string> {
  if (typeof params !== 'object' || params === null) return {};
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));
}

function headersOf(headers: FastifyRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
