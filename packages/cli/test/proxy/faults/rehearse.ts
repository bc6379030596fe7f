import type { Simulator } from '@defender-resilience/simulator';
import { broken, type Read, rightAnswers, type Settled } from './calls.ts';
import { CLIENTS, type Client, type Course, repeat } from './clients.ts';

/** What came of a rehearsal. */
export interface Report {
  /** The calls of each client that ended, by status. */
  readonly calls: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly retried: number;
  /** How often the service was asked, by the status that it answered with or what happened in its place. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Successes whose bytes differ from those of the service. */
  readonly wrong: readonly string[];
  /** Actions that the service carried out more than once. */
  readonly doubled: readonly string[];
  /** Actions that ended well for the client and that the service does not know. */
  readonly lost: readonly string[];
  readonly actions: number;
}

export interface Rehearsal {
  readonly simulator: Simulator;
  readonly proxy: string;
  readonly durationMs: number;
  readonly seed: number;
}

/** What goes wrong: every way in which an answer can fail, and outages. */
const FAULTS = {
  probability: 0.2,
  codes: [
    ...['InternalServerError', 503, 502, 504, 'reset', 'reset-headers', 'reset-mid-body'],
    ...['html', 'empty', { status: 429, retryAfter: 0 }, { status: 500, latencyMs: 50 }],
  ],
  latencyMs: [0, 10] as [number, number],
} as const;

/** Lets clients of many kinds call a service through the proxy while it fails, and counts what they get. */
export async function rehearse({ simulator, proxy, durationMs, seed }: Rehearsal): Promise<Report> {
  const right = await rightAnswers(simulator.url);
  simulator.reset();
  simulator.faults({ ...FAULTS, codes: [...FAULTS.codes], seed });
  const counts = new Counts(right);
  const actions = new Map<string, number>();
  const course = (index: number): Course => ({
    ...{ proxy, durationMs, seed: seed + index },
    random: randomFrom(seed + index),
    settled: (client, call) => counts.add(client, call),
  });
  const actor: Client = (given) => repeat(given, (each) => comment(each, actions, counts));
  const outages = repeat(course(99), () => outage(simulator));
  await Promise.all([
    ...[...CLIENTS, actor].map((client, index) => client(course(index))),
    outages,
  ]);
  simulator.faults(undefined);
  const attempts = attemptsAt(simulator);
  return { ...counts.report(), attempts, ...(await checkActions(simulator.url, actions)) };
}

const ANSWERS = [200, 204, 404, 429, 500, 502, 503, 504, 'reset'] as const;

function attemptsAt(simulator: Simulator): Record<string, number> {
  const counts: Record<string, number> = { others: simulator.count() };
  for (const answered of ANSWERS) {
    const count = simulator.count({ answered });
    if (count > 0) counts[answered] = count;
    counts['others'] = (counts['others'] ?? 0) - count;
  }
  return counts;
}

async function outage(simulator: Simulator): Promise<void> {
  await wait(900);
  const { end } = simulator.outage({ status: 503 });
  await wait(100);
  end();
}

const INCIDENTS = 200;

/** An action that may be carried out once: a comment is appended to an incident. */
async function comment(
  { proxy, random }: Course,
  actions: Map<string, number>,
  counts: Counts,
): Promise<void> {
  const text = `action ${actions.size} ${random()}`;
  const path = `/api/incidents/${FIRST_INCIDENT + (actions.size % INCIDENTS)}`;
  const call = await patch(proxy, { path, body: JSON.stringify({ comment: text }) });
  counts.add('action', call);
  actions.set(text, call.status);
}

async function patch(proxy: string, call: Read): Promise<Settled> {
  const headers = { 'content-type': 'application/json' };
  try {
    const response = await fetch(proxy + call.path, { method: 'PATCH', headers, body: call.body });
    await response.bytes();
    const attempts = Number(response.headers.get('x-defender-attempts'));
    return { ...broken(call), status: response.status, attempts };
  } catch {
    return broken(call);
  }
}

const FIRST_INCIDENT = 10_001;

interface Incidents {
  readonly value: readonly { readonly comments: readonly { readonly comment: string }[] }[];
}

async function checkActions(
  service: string,
  actions: ReadonlyMap<string, number>,
): Promise<Pick<Report, 'doubled' | 'lost' | 'actions'>> {
  const done = new Map<string, number>();
  for (let skip = 0; ; skip += 100) {
    const page = await fetch(`${service}/api/incidents?$top=100&$skip=${skip}`);
    const { value } = (await page.json()) as Incidents;
    for (const text of value.flatMap(({ comments }) => comments.map((one) => one.comment))) {
      done.set(text, (done.get(text) ?? 0) + 1);
    }
    if (value.length < 100) break;
  }
  return {
    actions: actions.size,
    doubled: [...done].flatMap(([text, times]) => (times > 1 ? [text] : [])),
    lost: [...actions].flatMap(([text, status]) =>
      status > 0 && status < 400 && !done.has(text) ? [text] : [],
    ),
  };
}

class Counts {
  readonly #right: ReadonlyMap<string, string>;
  readonly #calls: Record<string, Record<string, number>> = {};
  readonly #wrong: string[] = [];
  #retried = 0;

  constructor(right: ReadonlyMap<string, string>) {
    this.#right = right;
  }

  add(client: string, { path, status, sha, attempts }: Settled): void {
    const calls = this.#calls[client] ?? {};
    this.#calls[client] = calls;
    calls[status] = (calls[status] ?? 0) + 1;
    if (attempts > 1) this.#retried += 1;
    const right = this.#right.get(path);
    if (status > 0 && status < 400 && right !== undefined && sha !== right)
      this.#wrong.push(`${client} ${path}`);
  }

  report(): Pick<Report, 'calls' | 'retried' | 'wrong'> {
    return { calls: this.#calls, retried: this.#retried, wrong: this.#wrong };
  }
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The same numbers for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
