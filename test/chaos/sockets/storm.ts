import { createResilience, type Resilience } from '@defender-resilience/core';
import type { AnyRequest, OpenClient } from '../../../packages/core/test/support/every-client.ts';
import { type Chance, chanceOf } from '../random.ts';
import { type HostileServer, type Received, successBody } from './hostile-server.ts';

/** What one fault of a server is, whatever it speaks. */
interface AnyFault {
  readonly kind: string;
  readonly status: number;
}

/** A server that misbehaves, and what it can do. */
export interface Enemy<F extends AnyFault> {
  faultOf(chance: Chance): F;
  /** What it does after the faults that are planned. */
  readonly ok: F;
  /** Whether the client can know that the request was not carried out. */
  provesNothingDone(fault: F): boolean;
  start(planned: (call: number, attempt: number) => F): Promise<HostileServer<F>>;
}

/** One run of many calls through one client. */
export interface Storm<F extends AnyFault, R = Resilience> {
  readonly enemy: Enemy<F>;
  readonly client: (resilience: R, url: string) => OpenClient;
  readonly seed: number;
  readonly calls: number;
  readonly concurrency: number;
  /** @defaultValue 1,000 */
  readonly attemptTimeoutMs?: number;
  /** What the client does without the wrapper: with it, no more is allowed. @defaultValue nothing */
  readonly bare?: Bare;
}

/** What a client does by itself. */
export interface Bare {
  /** After which faults it takes a part of a body for the whole. */
  readonly parts: ReadonlySet<string>;
  /** How often it sends a call again that was sent once. */
  readonly resends: number;
}

/** What a storm gave. */
export interface StormReport {
  readonly faults: readonly string[];
  readonly requests: number;
  readonly successes: number;
  readonly kinds: Readonly<Record<string, number>>;
}

const MAX_RETRIES = 2;
const MAX_ATTEMPTS = MAX_RETRIES + 1;
/** After these, an answer is cut off only by the end of its connection. */
const WHOLE = new Set(['ok', 'trailers', 'trickle', 'goaway-mid-response']);

const NOTHING: Bare = { parts: new Set(), resends: 0 };

interface Ending {
  readonly body?: string;
  readonly settled: number;
}

/** Sends the calls through a client to the hostile server, and says which promises were broken. */
export async function runStorm<F extends AnyFault>({
  enemy,
  client,
  seed,
  calls,
  concurrency,
  attemptTimeoutMs = 1_000,
  bare = NOTHING,
}: Storm<F>): Promise<StormReport> {
  const chance = chanceOf(seed);
  const plans = Array.from({ length: calls }, () => planOf(chance, enemy));
  await using server = await enemy.start(
    (call, attempt) => plans[call]?.faults[attempt - 1] ?? enemy.ok,
  );
  const resilience = createResilience({
    hosts: { [new URL(server.url).host]: 'all' },
    attemptTimeoutMs,
    deadlineMs: 10 * attemptTimeoutMs,
    circuit: false,
    budget: { ratio: 9, minPerMinute: 100_000 },
    throttle: { pause: false },
    retry: {
      maxRetries: MAX_RETRIES,
      initialDelayMs: 1,
      maxDelayMs: 5,
      throttleInitialDelayMs: 1,
      throttleMaxDelayMs: 5,
    },
  });
  const endings: Ending[] = plans.map(() => ({ settled: 0 }));
  {
    await using open = client(resilience, server.url);
    const queue = [...plans.keys()];
    const work = async (): Promise<void> => {
      for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
        endings[call] = await one(call);
      }
    };
    const one = async (call: number): Promise<Ending> => {
      const plan = plans[call] as Plan<F>;
      const { abortAfter } = plan;
      const controller = new AbortController();
      let settled = 0;
      const sent = open.send(requestOf(plan, call, controller.signal));
      if (abortAfter !== undefined) void turns(abortAfter).then(() => controller.abort());
      const end = await sent.then(
        (body) => ({ body }),
        () => ({}),
      );
      settled += 1;
      return { ...end, settled };
    };
    await Promise.all(Array.from({ length: concurrency }, work));
    await resilience.close({ timeoutMs: 0 });
  }
  const faults = [
    ...plans.flatMap((plan, call) =>
      brokenBy({ enemy, plan, call, end: endings[call], received: server.received, bare }),
    ),
    ...(resilience.snapshot().inFlight === 0 ? [] : ['calls are still counted as in flight']),
  ];
  const kinds: Record<string, number> = {};
  for (const { fault } of server.received) kinds[fault.kind] = (kinds[fault.kind] ?? 0) + 1;
  const successes = endings.filter(({ body }) => body !== undefined).length;
  return { faults, requests: server.received.length, successes, kinds };
}

/** Sends each call once and without the wrapper, to see what the client does by itself. */
export async function measureBare<F extends AnyFault>({
  enemy,
  client,
  seed,
  calls,
  concurrency,
  attemptTimeoutMs = 1_000,
}: Storm<F, undefined>): Promise<Bare> {
  const chance = chanceOf(seed);
  const plans = Array.from({ length: calls }, () => planOf(chance, enemy));
  await using server = await enemy.start(
    (call, attempt) => plans[call]?.faults[attempt - 1] ?? enemy.ok,
  );
  await using open = client(undefined, server.url);
  const parts = new Set<string>();
  let resends = 0;
  const queue = [...plans.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [call, plan] = next;
      const sent = open.send(requestOf(plan, call, AbortSignal.timeout(attemptTimeoutMs)));
      const body = await sent.catch(() => undefined);
      const own = server.received.filter((request) => request.call === call);
      resends = Math.max(resends, own.length - 1);
      const last = own.at(-1);
      const whole = own.some((_, index) => body === successBody(call, index + 1));
      if (body !== undefined && last !== undefined && !whole)
        parts.add(WHOLE.has(last.fault.kind) ? 'connection' : last.fault.kind);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return { parts, resends };
}

/** What may have cut an answer off: its own fault, or what ended the connection that it shared. */
function causesOf({ brokenOff = false, fault }: Received<AnyFault>): readonly string[] {
  return brokenOff ? [fault.kind, 'connection'] : [fault.kind];
}

function requestOf<F>(
  { acts, bodyLength }: Plan<F>,
  call: number,
  signal: AbortSignal,
): AnyRequest {
  return {
    method: acts ? 'POST' : 'GET',
    path: acts ? '/v1.0/security/incidents/7/comments' : '/v1.0/security/incidents',
    headers: { 'x-call': String(call), 'content-type': 'application/json' },
    body: JSON.stringify({ comment: 'x'.repeat(bodyLength) }),
    signal,
  };
}

interface Plan<F> {
  readonly acts: boolean;
  readonly bodyLength: number;
  readonly faults: readonly F[];
  /** After how many turns of the event loop its caller aborts. */
  readonly abortAfter?: number;
}

function planOf<F extends AnyFault>(chance: Chance, enemy: Enemy<F>): Plan<F> {
  const faults = Array.from({ length: MAX_ATTEMPTS }, () => enemy.faultOf(chance));
  const early = faults.some(({ kind }) => kind === 'early');
  return {
    // Only an upload can be answered while it runs, and only a long one takes a while.
    acts: early || chance.chance(0.4),
    bodyLength: early ? 400_000 : 200,
    faults,
    ...(chance.chance(0.1) ? { abortAfter: chance.int(0, 30) } : {}),
  };
}

function brokenBy<F extends AnyFault>({
  enemy,
  plan: { acts },
  call,
  end,
  received,
  bare,
}: {
  readonly enemy: Enemy<F>;
  readonly plan: Plan<F>;
  readonly call: number;
  readonly end: Ending | undefined;
  readonly received: readonly Received<F>[];
  readonly bare: Bare;
}): readonly string[] {
  const own = received.filter((request) => request.call === call);
  const broken: string[] = [];
  if (end?.settled !== 1) broken.push(`call ${call} did not settle`);
  const most = MAX_ATTEMPTS * (1 + bare.resends);
  if (own.length > most) broken.push(`call ${call} was sent ${own.length} times`);
  const bodies = Array.from({ length: most }, (_, index) => successBody(call, index + 1));
  const last = own.at(-1);
  const { body } = end ?? {};
  const isPart =
    last !== undefined &&
    causesOf(last).some((cause) => bare.parts.has(cause)) &&
    bodies.some((one) => one.startsWith(body ?? '-'));
  if (body !== undefined && !bodies.includes(body) && !isPart) {
    const causes = last && causesOf(last).join(' or ');
    broken.push(`call ${call} succeeded with ${body.length} characters after ${causes}`);
  }
  for (const { fault } of acts ? own.slice(0, -1) : []) {
    if (!enemy.provesNothingDone(fault)) {
      broken.push(`call ${call} acts, and was sent again after ${fault.kind} ${fault.status}`);
    }
  }
  return broken;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}
