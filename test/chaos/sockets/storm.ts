import { createResilience } from '@defender-resilience/core';
import { everyClient } from '../../../packages/core/test/support/every-client.ts';
import { type Chance, chanceOf } from '../random.ts';
import { type Fault, faultOf, provesNothingDone } from './faults.ts';
import { startHostileServer, successBody } from './hostile-server.ts';

/** One run of many calls through one client. */
export interface Storm {
  readonly client: string;
  readonly seed: number;
  readonly calls: number;
  readonly concurrency: number;
  /** @defaultValue 1,000 */
  readonly attemptTimeoutMs?: number;
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

interface Ending {
  readonly body?: string;
  readonly settled: number;
}

/** Sends the calls through a client to the hostile server, and says which promises were broken. */
export async function runStorm({
  client,
  seed,
  calls,
  concurrency,
  attemptTimeoutMs = 1_000,
}: Storm): Promise<StormReport> {
  const chance = chanceOf(seed);
  const plans = Array.from({ length: calls }, () => planOf(chance));
  await using server = await startHostileServer(
    (call, attempt) => plans[call]?.faults[attempt - 1] ?? OK,
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
    await using open = everyClient[client]?.(resilience, server.url) ?? notFound(client);
    const queue = [...plans.keys()];
    const work = async (): Promise<void> => {
      for (let call = queue.shift(); call !== undefined; call = queue.shift()) {
        endings[call] = await one(call);
      }
    };
    const one = async (call: number): Promise<Ending> => {
      const { acts, abortAfter } = plans[call] ?? notFound(client);
      const controller = new AbortController();
      let settled = 0;
      const sent = open.send({
        method: acts ? 'POST' : 'GET',
        path: acts ? '/v1.0/security/incidents/7/comments' : '/v1.0/security/incidents',
        headers: { 'x-call': String(call), 'content-type': 'application/json' },
        body: JSON.stringify({ comment: 'x'.repeat(200) }),
        signal: controller.signal,
      });
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
    ...plans.flatMap((plan, call) => brokenBy(plan, call, endings[call], server.received)),
    ...(resilience.snapshot().inFlight === 0 ? [] : ['calls are still counted as in flight']),
  ];
  const kinds: Record<string, number> = {};
  for (const { fault } of server.received) kinds[fault.kind] = (kinds[fault.kind] ?? 0) + 1;
  const successes = endings.filter(({ body }) => body !== undefined).length;
  return { faults, requests: server.received.length, successes, kinds };
}

interface Plan {
  readonly acts: boolean;
  readonly faults: readonly Fault[];
  /** After how many turns of the event loop its caller aborts. */
  readonly abortAfter?: number;
}

const OK: Fault = { kind: 'ok', status: 200, retryAfter: false, envelope: false, at: 0 };

function planOf(chance: Chance): Plan {
  return {
    acts: chance.chance(0.4),
    faults: Array.from({ length: MAX_ATTEMPTS }, () => faultOf(chance)),
    ...(chance.chance(0.1) ? { abortAfter: chance.int(0, 30) } : {}),
  };
}

function brokenBy(
  { acts }: Plan,
  call: number,
  end: Ending | undefined,
  received: readonly { readonly call: number; readonly fault: Fault }[],
): readonly string[] {
  const own = received.filter((request) => request.call === call);
  const broken: string[] = [];
  if (end?.settled !== 1) broken.push(`call ${call} did not settle`);
  if (own.length > MAX_ATTEMPTS) broken.push(`call ${call} was sent ${own.length} times`);
  const bodies = Array.from({ length: MAX_ATTEMPTS }, (_, index) => successBody(call, index + 1));
  if (end?.body !== undefined && !bodies.includes(end.body)) {
    broken.push(`call ${call} succeeded with ${end.body.length} characters that were not sent so`);
  }
  for (const { fault } of acts ? own.slice(0, -1) : []) {
    if (!provesNothingDone(fault)) {
      broken.push(`call ${call} acts, and was sent again after ${fault.kind} ${fault.status}`);
    }
  }
  return broken;
}

function notFound(client: string): never {
  throw new Error(`There is no client ${client}`);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
}
