/** One change that breaks a rule: a text of one source file, and what stands in its place. */
export interface Breakage {
  /** What the wrapper does wrong then. */
  readonly name: string;
  /** In `packages/core/src`. */
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
}

const TOKENS: readonly Breakage[] = [
  {
    name: 'each call that was refused asks for a token of its own',
    file: 'pipeline/token-refresh.ts',
    text: 'current ?? this.#start(entry, refused)',
    replacement: 'this.#start(entry, refused)',
  },
  {
    name: 'a token is asked for although there is a newer one',
    file: 'pipeline/token-refresh.ts',
    text: 'if (isNew && current === undefined)',
    replacement: 'if (false)',
  },
  {
    name: 'a token is still asked for when the last call has stopped waiting',
    file: 'pipeline/token-refresh.ts',
    text: 'if (pending.waiters === 0 && this.#forget(entry, pending))',
    replacement: 'if (false)',
  },
  {
    name: 'the first call that stops waiting ends the refresh for the others',
    file: 'pipeline/token-refresh.ts',
    text: 'if (pending.waiters === 0 && this.#forget(entry, pending))',
    replacement: 'if (this.#forget(entry, pending))',
  },
  {
    name: 'a refresh may take twice the time of an attempt',
    file: 'pipeline/token-refresh.ts',
    text: 'clock, attemptTimeoutMs, answer',
    replacement: 'clock, 2 * attemptTimeoutMs, answer',
  },
  {
    name: 'a call asks for a second token when the first is refused too',
    file: 'pipeline/retry-state.ts',
    text: 'this.#refreshed = true;',
    replacement: '',
  },
  {
    name: 'a call waits for a token beyond its deadline',
    file: 'pipeline/token-refresh.ts',
    text: 'refused.deadlineAt - clock.now(), pending.token',
    replacement: '1_000_000, pending.token',
  },
];

const RETRIES: readonly Breakage[] = [
  {
    name: 'an ambiguous action is sent again',
    file: 'policy/decide.ts',
    text: 'failure.ambiguous && !context.idempotent',
    replacement: 'false',
  },
  {
    name: 'the retry budget gives one retry too many',
    file: 'policy/budget.ts',
    text: 'this.#retries.total(now) + 1 > this.#allowed(now)',
    replacement: 'this.#retries.total(now) > this.#allowed(now)',
  },
  {
    name: 'the retry budget forgets nothing',
    file: 'policy/budget.ts',
    text: 'const MINUTE_MS = 60_000;',
    replacement: 'const MINUTE_MS = 6_000_000;',
  },
  {
    name: 'a call is sent once more than maxRetries says',
    file: 'policy/decide.ts',
    text: 'context.attempts > context.maxRetries',
    replacement: 'context.attempts > context.maxRetries + 1',
  },
  {
    name: 'a Retry-After of just maxRetryAfterMs is too long',
    file: 'policy/decide.ts',
    text: '(failure.retryAfterMs ?? 0) > context.maxRetryAfterMs',
    replacement: '(failure.retryAfterMs ?? 0) >= context.maxRetryAfterMs',
  },
  {
    name: 'the jitter of a Retry-After shortens it',
    file: 'policy/backoff.ts',
    text: 'return retryAfterMs + random() *',
    replacement: 'return retryAfterMs - random() *',
  },
  {
    name: 'the second Retry-After is taken at its word',
    file: 'policy/decide.ts',
    text: 'return askedToWaitBefore ? Math.max(asked, backoff) : asked;',
    replacement: 'return asked;',
  },
  {
    name: 'a wait that ends after the deadline is begun',
    file: 'policy/decide.ts',
    text: 'if (delayMs >= context.remainingMs)',
    replacement: 'if (false)',
  },
  {
    name: 'an attempt may last beyond the deadline',
    file: 'pipeline/attempt.ts',
    text: 'Math.min(call.limits.attemptTimeoutMs, start.remainingMs)',
    replacement: 'call.limits.attemptTimeoutMs',
  },
];

const CIRCUITS: readonly Breakage[] = [
  {
    name: 'a half-open circuit lets every call probe',
    file: 'policy/circuit.ts',
    text: '    this.#probing = true;\n',
    replacement: '',
  },
  {
    name: 'a probe that says nothing keeps the circuit from ever being probed again',
    file: 'policy/circuit.ts',
    text: '    this.#probing = false;\n    return undefined;',
    replacement: '    return undefined;',
  },
  {
    name: 'a circuit stays open equally long each time',
    file: 'policy/circuit.ts',
    text: '2 ** this.#timesOpened',
    replacement: '1',
  },
  {
    name: 'a circuit that closes remembers the failures before',
    file: 'policy/circuit.ts',
    text: '    this.#failures.clear();\n',
    replacement: '',
  },
  {
    name: 'a circuit needs one attempt more than minimumAttempts to open',
    file: 'policy/circuit.ts',
    text: 'attempts >= minimumAttempts',
    replacement: 'attempts > minimumAttempts',
  },
  {
    name: 'a 4xx counts as a failure of the service',
    file: 'policy/circuit.ts',
    text: 'status >= 500 && !NON_RETRYABLE.has(status)',
    replacement: 'status >= 400 && !NON_RETRYABLE.has(status)',
  },
];

const GATE: readonly Breakage[] = [
  {
    name: 'the window of a quota is 50 ms too short',
    file: 'quota/sliding-window-log.ts',
    text: 'this.#at(first) + windowMs <= now',
    replacement: 'this.#at(first) + windowMs - 50 <= now',
  },
  {
    name: 'a call has arrived the moment it is sent',
    file: 'quota/sliding-window-log.ts',
    text: 'const arrivedAt = call.sentAt + this.#transitMs;',
    replacement: 'const arrivedAt = call.sentAt;',
  },
  {
    name: 'a pause ends one millisecond early',
    file: 'quota/group.ts',
    text: 'const until = this.#clock.now() + ms;',
    replacement: 'const until = this.#clock.now() + ms - 1;',
  },
  {
    name: 'a shorter pause cuts a longer one short',
    file: 'quota/group.ts',
    text: '    if (until <= this.#pausedUntil) return;\n',
    replacement: '',
  },
  {
    name: 'a call waits for a pause that ends after its deadline',
    file: 'quota/group.ts',
    text: 'if (waiter.until < until) this.#reject(waiter);',
    replacement: '',
  },
  {
    name: 'a pause does not hold the other calls of its group',
    file: 'quota/group.ts',
    text: '    this.#pausedUntil = until;\n',
    replacement: '',
  },
  {
    name: 'after a pause, three calls are released at a time',
    file: 'quota/release-pace.ts',
    text: 'const RELEASED_AT_ONCE = 2;',
    replacement: 'const RELEASED_AT_ONCE = 3;',
  },
  {
    name: 'one call more than maxWaiting waits',
    file: 'quota/queue.ts',
    text: 'this.#size < this.#max',
    replacement: 'this.#size <= this.#max',
  },
  {
    name: 'retries wait behind the calls that came after them',
    file: 'quota/queue.ts',
    text: 'oldest(lane.retries) ?? oldest(lane.first)',
    replacement: 'oldest(lane.first) ?? oldest(lane.retries)',
  },
  {
    name: 'a call that the circuit refuses after its wait keeps its place in the quota',
    file: 'pipeline/permit.ts',
    text: '  gatePermit?.cancel();\n',
    replacement: '',
  },
];

const ENDINGS: readonly Breakage[] = [
  {
    name: 'a call that is aborted stays in the queue',
    file: 'quota/waiter.ts',
    text: '      on.aborted();\n      this.#reject(signal?.reason);',
    replacement: '      this.#reject(signal?.reason);',
  },
  {
    name: 'an abort does not end the wait before a retry',
    file: 'pipeline/lifecycle.ts',
    text: "    caller?.addEventListener('abort', end);\n",
    replacement: '',
  },
  {
    name: 'the wait before a retry leaves its listener on the caller’s signal',
    file: 'pipeline/lifecycle.ts',
    text: "caller?.removeEventListener('abort', end);",
    replacement: '',
  },
  {
    name: 'an attempt leaves its listener on the caller’s signal',
    file: 'pipeline/attempt.ts',
    text: "() => signal.removeEventListener('abort', onAbort)",
    replacement: '() => undefined',
  },
  {
    name: 'close does not end the waits before retries',
    file: 'pipeline/lifecycle.ts',
    text: 'for (const end of this.#waits) end();',
    replacement: '',
  },
  {
    name: 'close does not end the waits for a quota or a pause',
    file: 'pipeline/lifecycle.ts',
    text: '    this.#closable.endWaits();\n',
    replacement: '',
  },
  {
    name: 'close does not abort what is still under way at its limit',
    file: 'pipeline/lifecycle.ts',
    text: '    this.#closable.abortAttempts();\n',
    replacement: '',
  },
  {
    name: 'close leaves the timers of attempts',
    file: 'pipeline/pipeline.ts',
    text: '    this.deadlines.close();\n',
    replacement: '',
  },
  {
    name: 'close leaves the timers of paused groups',
    file: 'quota/group.ts',
    text: '      waiter.end(closed);\n    }\n    this.#timer.cancel();\n',
    replacement: '      waiter.end(closed);\n    }\n',
  },
  {
    name: 'observers are told twice that a call has failed',
    file: 'pipeline/run-call.ts',
    text: 'this.events?.end(failedCallEnd(this.attempts, durationMs, failure, reason));',
    replacement:
      'for (const _ of [1, 2]) this.events?.end(failedCallEnd(this.attempts, durationMs, failure, reason));',
  },
  {
    name: 'a refused call stays counted as in flight',
    file: 'pipeline/run-call.ts',
    text: '    const outcome = this.#reportFailure(refused);\n    this.#close();\n',
    replacement: '    const outcome = this.#reportFailure(refused);\n',
  },
  {
    name: 'a success is a copy of what the service gave',
    file: 'pipeline/run-call.ts',
    text: '    return outcome.value;\n',
    replacement: '    return structuredClone(outcome.value);\n',
  },
];

/** The rules of the wrapper, each broken in one place. The model must notice every one. */
export const BREAKAGES: readonly Breakage[] = [
  ...TOKENS,
  ...RETRIES,
  ...CIRCUITS,
  ...GATE,
  ...ENDINGS,
];

/** The source with the breakage in it. */
export function broken(source: string, { name, file, text, replacement }: Breakage): string {
  const [before, after, ...more] = source.split(text);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Error(`"${name}": what it replaces must stand once in ${file}`);
  }
  return before + replacement + after;
}
