import {
  type CallEnd,
  createResilience,
  type Observer,
  type Resilience,
  type ResilienceOptions,
  type RetryScheduled,
} from '@defender-resilience/core';
import { type ManualClock, manualClock } from '@defender-resilience/core/testing';

/** What an observer saw of the calls, in order. */
interface Seen {
  readonly retries: RetryScheduled[];
  readonly ends: CallEnd[];
}

/** A wrapper in virtual time, with chance switched off. */
export interface Virtual extends Seen {
  readonly clock: ManualClock;
  readonly resilience: Resilience;
}

export function virtual(options: ResilienceOptions = {}): Virtual {
  const clock = manualClock();
  const retries: RetryScheduled[] = [];
  const ends: CallEnd[] = [];
  const observer: Observer = {
    call: () => ({ retry: (retry) => retries.push(retry), end: (end) => ends.push(end) }),
  };
  const observers = [observer, ...(options.observers ?? [])];
  const resilience = createResilience({ clock, random: () => 0.5, ...options, observers });
  return { clock, resilience, retries, ends };
}

/** What a client rejects with when the service answers with an error. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;

  constructor(
    status: number,
    code?: string,
    headers: Readonly<Record<string, string>> = {},
    message = 'said',
  ) {
    super(`status ${status}`);
    this.status = status;
    this.headers = headers;
    this.body = code === undefined ? '' : { error: { code, message, target: 'tracking-1' } };
  }
}

/** A function that ends as the script says, call by call; then it gives `done`. */
export function scripted(...steps: readonly Error[]): {
  (): Promise<string>;
  readonly calls: number;
} {
  let calls = 0;
  const fn = (): Promise<string> => {
    const step = steps[calls];
    calls += 1;
    return step === undefined ? Promise.resolve('done') : Promise.reject(step);
  };
  return Object.defineProperty(fn, 'calls', { get: () => calls }) as typeof fn & {
    readonly calls: number;
  };
}
