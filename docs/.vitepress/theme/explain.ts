import {
  type CatalogueEntry,
  classify,
  createResilience,
  type Failure,
  findErrorCode,
  type GiveUpReason,
  type Observer,
} from '@defender-resilience/core';
import { manualClock } from '@defender-resilience/core/testing';

/** What a service answered. */
export interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** One line of what the wrapper does about an answer that stays the same. */
interface Step {
  readonly atMs: number;
  readonly text: string;
}

export interface Explanation {
  readonly failure: Failure;
  readonly steps: readonly Step[];
  /** The catalogue's spelling, where there is a page for it. */
  readonly page: string | undefined;
}

const REASONS: Readonly<Partial<Record<GiveUpReason, string>>> = {
  terminal: 'gives up: the same request would fail again',
  'not-replayable': 'gives up: the request may have been carried out, and this operation acts',
  'retries-exhausted': 'gives up: all retries are used up',
  'retry-after-too-long': 'gives up: the service asks for a longer wait than is allowed',
  deadline: 'gives up: the next attempt would be after the deadline',
};

/** Reads what somebody pasted: a body, a body below headers, a line of a log, or a code alone. */
export function answerIn(text: string): Answer {
  const body = /\{[\s\S]*\}/.exec(text)?.[0] ?? '';
  const [, word = ''] = /(?:"code"\s*:\s*"([\w.]+)")/.exec(body) ?? [];
  const code =
    findErrorCode(word) ??
    text
      .split(/[^\w.]+/)
      .map(findErrorCode)
      .find(Boolean);
  const [, wait] = /retry-after["']?\s*[:=]\s*["']?(\d+)/i.exec(text) ?? [];
  const head = body === '' ? text : text.replace(body, ' ');
  const [status] = /\b[45]\d\d\b/.exec(head) ?? [];
  return {
    status: status === undefined ? code?.status : Number(status),
    headers: wait === undefined ? {} : { 'retry-after': wait },
    body: body === '' && code !== undefined ? bodyOf(code.code, '') : body,
  };
}

/** What the service writes where a message has a gap. */
const SAMPLES: Readonly<Record<string, string>> = {
  action: 'Isolate',
  allowed: '500',
  domain: 'not a domain',
  hash: 'abc',
  input: '$top=-1',
  ip: '999.1.1.1',
  key: 'incidents',
  limit: '100',
  parameter: 'Query',
  platform: 'Linux',
  reason: '$filter=nothing',
  received: '600',
  required: 'SecurityIncident.Read.All',
  resource: '924565',
  url: 'nowhere',
  version: '10.3720',
  waitMs: '7 seconds',
  windowMs: '00:01:00',
};

function bodyOf(code: string, message: string): string {
  return JSON.stringify({ error: { code, message } }, null, 2);
}

/** A body as the service sends it with a code. */
export function sampleOf({ code, template }: CatalogueEntry): string {
  const message = template.replaceAll(/\{(\w+)\}/g, (gap, name: string) => SAMPLES[name] ?? gap);
  return bodyOf(code, message);
}

/** Runs a call that is answered in the same way each time, in time that passes at once. */
export async function explain(answer: Answer, operation: string): Promise<Explanation | undefined> {
  const thrown = (): Error => Object.assign(new Error('refused'), answer);
  let failure = classify(thrown());
  if (failure === undefined || failure.code === 'Unknown') return undefined;
  // The clock drains promises with it, which browsers do not have.
  globalThis.setImmediate ??= ((callback: () => void) => setTimeout(callback)) as never;
  const clock = manualClock();
  const start = clock.now();
  const steps: Step[] = [];
  const add = (text: string): void => {
    steps.push({ atMs: clock.now() - start, text });
  };
  const observer: Observer = {
    call: () => ({
      attempt: ({ attempt }) => ({
        end: (end) => add(`attempt ${attempt}: ${end.failure?.code ?? 'succeeds'}`),
      }),
      retry: ({ delayMs, source }) =>
        add(
          `waits ${(delayMs / 1_000).toFixed(1)} s (${source === 'backoff' ? 'backoff' : 'as the service asks'})`,
        ),
      end(end) {
        // Of the whole call: it says whether the request may have been carried out.
        failure = end.failure ?? failure;
        add(REASONS[end.giveUpReason ?? 'terminal'] ?? `gives up: ${end.giveUpReason}`);
      },
    }),
  };
  const resilience = createResilience({ clock, random: () => 0.5, observers: [observer] });
  const call = resilience.execute(operation, () => Promise.reject(thrown()), {
    host: operation.startsWith('graph.') ? 'graph.microsoft.com' : 'api.security.microsoft.com',
  });
  await clock.settle(call.catch(() => undefined));
  return { failure, steps, page: findErrorCode(failure.code)?.code };
}
