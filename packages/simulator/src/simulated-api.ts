import type { FastifyReply, FastifyRequest } from 'fastify';
import { credentialsError, quotaError } from './admission.ts';
import { type Answer, ApiError, type Call, type Handler, type TokenIssuer } from './call.ts';
import { TenantData } from './data/tenant-data.ts';
import { deliver, refuseToAnswer } from './deliver.ts';
import { errorAnswer, serviceOf } from './errors.ts';
import { type FaultOptions, type OutageOptions, RandomFaults } from './faults.ts';
import { type HuntingResults, rowsOf } from './hunting/tables.ts';
import type { Settings } from './options.ts';
import { Quotas, type QuotaUsage } from './quota/quotas.ts';
import { seededRandom, uuid } from './random.ts';
import { Recorder } from './record.ts';
import { operationFinder, readRequest } from './request.ts';
import { Script, type ScriptStepDetails } from './script.ts';
import { scriptedAnswer } from './scripted-answer.ts';
import { Tokens } from './tokens.ts';

/** The decision about a call: a step's answer instead of the ordinary one, and how long it takes. */
interface Decision {
  readonly step: ScriptStepDetails | undefined;
  readonly latencyMs: number;
}

/** The state of a simulator. It decides what each call gets: a scripted answer, a fault or the ordinary one. */
export class SimulatedApi {
  readonly settings: Settings;
  readonly recorder: Recorder;
  readonly script: Script = new Script();
  readonly quotas: Quotas;
  readonly tokens: Tokens;
  readonly #stopped = new AbortController();
  readonly #issuer: TokenIssuer;
  readonly #disabledFeatures: Call['disabledFeatures'];
  readonly #nextTrackingId: () => string;
  #origin = '';
  #operationOf: ReturnType<typeof operationFinder> = operationFinder('');
  #faults: RandomFaults | undefined;
  #outage: { readonly status: number | 'reset'; readonly endsAt: number } | undefined;
  #data: TenantData;
  #hunting: HuntingResults;

  constructor(settings: Settings) {
    const { clock, seed, tokenLifetimeMs } = settings;
    this.settings = settings;
    this.recorder = new Recorder(settings.record);
    this.quotas = new Quotas(settings.quotas, settings.minuteMs);
    this.tokens = new Tokens(seededRandom(seed + 4));
    this.#issuer = {
      lifetimeMs: tokenLifetimeMs,
      issue: (grant) => {
        const now = clock.epoch();
        return this.tokens.issue({ ...grant, expiresAt: now + tokenLifetimeMs }, now);
      },
    };
    this.#disabledFeatures = new Set(settings.disabledFeatures);
    const random = seededRandom(seed + 2);
    // A reset does not restart it, so that IDs are unique as long as the simulator runs.
    this.#nextTrackingId = () => uuid(random);
    this.#data = new TenantData(settings);
    this.#hunting = settings.hunting;
    this.setFaults(settings.faults);
    this.script.append(settings.script);
  }

  /** `http://127.0.0.1:port`, once the port is known. */
  get origin(): string {
    return this.#origin;
  }

  listensAt(origin: string): void {
    this.#origin = origin;
    this.#operationOf = operationFinder(new URL(origin).host);
  }

  /** Restores the state of a simulator that was started without a script; tokens stay valid. */
  reset(): void {
    this.recorder.clear();
    this.script.clear();
    this.quotas.clear();
    this.#data = new TenantData(this.settings);
    this.setHunting(undefined);
    this.setFaults(this.settings.faults);
    this.#outage = undefined;
  }

  /** Ends every wait for a latency. */
  stop(): void {
    this.#stopped.abort();
  }

  setFaults(faults: FaultOptions | undefined): void {
    this.#faults = faults && new RandomFaults(faults, this.settings.seed);
  }

  /** Sets the rows of hunting tables; undefined restores those of the options. */
  setHunting(results: HuntingResults | undefined): void {
    const { hunting } = this.settings;
    this.#hunting = results === undefined ? hunting : { ...this.#hunting, ...results };
  }

  outage({ status = 503, durationMs = Number.POSITIVE_INFINITY }: OutageOptions): { end(): void } {
    const outage = { status, endsAt: this.settings.clock.now() + durationMs };
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

  quotaUsage(): readonly QuotaUsage[] {
    return this.quotas.usage(this.settings.clock.now());
  }

  foreignLoad(group: string, share: number): { end(): void } {
    const { clock } = this.settings;
    const end = this.quotas.foreignLoad(group, share, clock.now());
    return { end: () => end(clock.now()) };
  }

  endForeignLoads(): void {
    this.quotas.endForeignLoads(this.settings.clock.now());
  }

  /** Answers one request with the result of `handler`, unless a script or a fault replaces it. */
  async serve(handler: Handler, request: FastifyRequest, reply: FastifyReply): Promise<void> {
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
    // Before the script, because a call with a scripted error counts against its quota too.
    const refusal = this.#admit(call);
    const { step, latencyMs } = this.#decide(call);
    if (latencyMs > 0) await this.#sleep(latencyMs);
    const silence = this.#stopped.signal.aborted ? 'reset' : step?.action;
    if (silence === 'reset' || silence === 'hang') return answered(refuseToAnswer(reply, silence));
    const ordinary = (): Promise<Answer> => this.#ordinary(handler, call, refusal);
    const answer = await (step === undefined ? ordinary() : this.#scripted(step, call, ordinary));
    answered(deliver(reply, answer, step?.action));
  }

  #callOf(request: FastifyRequest): Call {
    const { clock, minuteMs } = this.settings;
    const part = readRequest(request, this.#operationOf);
    const client = this.tokens.clientOf(part.headers['authorization']);
    const data = this.#data;
    return {
      ...part,
      origin: this.#origin,
      data,
      huntingRows: (table) => rowsOf(table, this.#hunting, data),
      clock,
      minuteMs,
      disabledFeatures: this.#disabledFeatures,
      tokens: this.#issuer,
      sleep: (ms) => this.#sleep(ms),
      spend: (ms) => this.quotas.spend(part.operation, client, ms, clock.now()),
    };
  }

  /** The error for a call without a valid token or beyond its quota. */
  #admit(call: Call): ApiError | undefined {
    if (this.settings.requireToken) {
      const error = credentialsError(call, this.tokens);
      // An unknown caller has no quota to use up.
      if (error !== undefined) return error;
    }
    const client = this.tokens.clientOf(call.headers['authorization']);
    const exceeded = this.quotas.take(call.operation, client, this.settings.clock.now());
    return exceeded && quotaError(exceeded, call);
  }

  #decide(call: Call): Decision {
    const outage = this.#outage;
    if (outage !== undefined && this.settings.clock.now() < outage.endsAt) {
      const { status } = outage;
      return { step: status === 'reset' ? { action: 'reset' } : { status }, latencyMs: 0 };
    }
    const target = { operation: call.operation.name, path: call.path };
    const scripted = this.script.take(target);
    const fault = this.#faults?.next(target) ?? { step: undefined, latencyMs: 0 };
    const step = scripted ?? fault.step;
    return { step, latencyMs: fault.latencyMs + (step?.latencyMs ?? 0) };
  }

  async #ordinary(handler: Handler, call: Call, refusal: ApiError | undefined): Promise<Answer> {
    try {
      if (refusal !== undefined) throw refusal;
      return await handler(call);
    } catch (thrown) {
      if (thrown instanceof ApiError) return this.#error(thrown, call);
      throw thrown;
    }
  }

  #scripted(step: ScriptStepDetails, call: Call, ordinary: () => Promise<Answer>): Promise<Answer> {
    return scriptedAnswer(step, call, {
      answer: ordinary,
      error: (error) => this.#error(error, call),
      now: this.settings.clock.epoch(),
    });
  }

  #error({ code, details }: ApiError, call: Call): Answer {
    const trackingId = this.#nextTrackingId();
    this.recorder.track(trackingId);
    return errorAnswer(code, details, {
      service: serviceOf(call.path),
      trackingId,
      clientRequestId: call.headers['client-request-id'],
      at: this.settings.clock.epoch(),
    });
  }

  #sleep(ms: number): Promise<void> {
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
