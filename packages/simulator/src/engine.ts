import type { FastifyReply, FastifyRequest } from 'fastify';
import { credentialsRefusal, quotaRefusal } from './admission.ts';
import { type Answer, type Call, type Handler, Refusal, type TokenIssuer } from './answer.ts';
import { deliver, refuseToAnswer } from './deliver.ts';
import { dialectOf, errorAnswer } from './errors.ts';
import { type FaultOptions, type OutageOptions, RandomFaults } from './faults.ts';
import type { Settings } from './options.ts';
import { Quotas, type QuotaUsage } from './quota/quotas.ts';
import { seededRandom, uuid } from './random.ts';
import { Recorder } from './record.ts';
import { operationFinder, readRequest } from './request.ts';
import { Script, type ScriptStepDetails } from './script.ts';
import { scriptedAnswer } from './scripted.ts';
import { Tokens } from './tokens.ts';
import { World } from './world/world.ts';

/** What is done about one call: an answer other than the ordinary one, and how long it takes. */
interface Fate {
  readonly step: ScriptStepDetails | undefined;
  readonly latencyMs: number;
}

/** Decides what every call gets: the scripted answer, a fault, or the ordinary one. */
export class Engine {
  readonly settings: Settings;
  readonly recorder: Recorder;
  readonly script: Script = new Script();
  readonly quotas: Quotas;
  readonly tokens: Tokens;
  readonly #stopped = new AbortController();
  readonly #issuer: TokenIssuer;
  readonly #disabled: Call['disabled'];
  readonly #trackingIds: () => string;
  #origin = '';
  #operationOf: ReturnType<typeof operationFinder> = operationFinder('');
  #faults: RandomFaults | undefined;
  #outage: { readonly status: number | 'reset'; readonly endsAt: number } | undefined;
  #world: World;

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
    this.#disabled = new Set(settings.disabledFeatures);
    const random = seededRandom(seed + 2);
    // Not begun anew by a reset: an ID stays unique as long as the simulator runs.
    this.#trackingIds = () => uuid(random);
    this.#world = new World(settings);
    this.setFaults(settings.faults);
    this.script.append(settings.script);
  }

  /** `http://127.0.0.1:port`; set once the port is known. */
  get origin(): string {
    return this.#origin;
  }

  listensAt(origin: string): void {
    this.#origin = origin;
    this.#operationOf = operationFinder(new URL(origin).host);
  }

  /** Back to how a simulator without a script starts; tokens stay good. */
  reset(): void {
    this.recorder.clear();
    this.script.clear();
    this.quotas.clear();
    this.#world = new World(this.settings);
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
    // Before the script: a call that is answered with an error costs the quota all the same.
    const refusal = this.#admit(call);
    const { step, latencyMs } = this.#fateOf(call);
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
    return {
      ...part,
      origin: this.#origin,
      world: this.#world,
      clock,
      minuteMs,
      disabled: this.#disabled,
      tokens: this.#issuer,
      sleep: (ms) => this.#sleep(ms),
      spend: (ms) => this.quotas.spend(part.operation, client, ms, clock.now()),
    };
  }

  #admit(call: Call): Refusal | undefined {
    const authorization = call.headers['authorization'];
    if (this.settings.requireToken) {
      const refusal = credentialsRefusal(call, this.tokens);
      // Who is not known has no quota to use up.
      if (refusal !== undefined) return refusal;
    }
    const client = this.tokens.clientOf(authorization);
    const refused = this.quotas.take(call.operation, client, this.settings.clock.now());
    return refused && quotaRefusal(refused, call);
  }

  #fateOf(call: Call): Fate {
    const outage = this.#outage;
    if (outage !== undefined && this.settings.clock.now() < outage.endsAt) {
      const { status } = outage;
      return { step: status === 'reset' ? { action: 'reset' } : { status }, latencyMs: 0 };
    }
    const target = { operation: call.operation.name, path: call.path };
    const scripted = this.script.take(target);
    const chance = this.#faults?.next(target) ?? { step: undefined, latencyMs: 0 };
    const step = scripted ?? chance.step;
    return { step, latencyMs: chance.latencyMs + (step?.latencyMs ?? 0) };
  }

  async #ordinary(
    handler: Handler | undefined,
    call: Call,
    refusal: Refusal | undefined,
  ): Promise<Answer> {
    try {
      if (refusal !== undefined) throw refusal;
      if (handler === undefined) throw new Refusal('NotFound');
      return await handler(call);
    } catch (thrown) {
      if (thrown instanceof Refusal) return this.#error(thrown, call);
      throw thrown;
    }
  }

  #scripted(step: ScriptStepDetails, call: Call, ordinary: () => Promise<Answer>): Promise<Answer> {
    return scriptedAnswer(step, call, {
      answer: ordinary,
      error: (refusal) => this.#error(refusal, call),
      now: this.settings.clock.epoch(),
    });
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
