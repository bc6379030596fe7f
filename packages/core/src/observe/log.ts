import { type Failure, statusAndCode } from '../failure/failure.ts';
import { checkOptions, type Rule, withMethods } from '../validation/check-options.ts';
import type { AttemptEnd, CallEnd, CallObserver, CallStart, Observer } from './observer.ts';
import type { QuotaChange } from './quota.ts';

/** A logger like `console`, whose methods take the message first. */
export interface ConsoleLogger {
  info(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  error(message: string, fields?: object): void;
}

/** A logger like pino, whose methods take the fields first. */
export interface PinoLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  bindings(): object;
  /** Writes buffered lines, then calls back; `resilience.close` waits for it. */
  flush?(done?: (error?: Error) => void): void;
}

/** The options of `logObserver`. */
export interface LogObserverOptions {
  /**
   * The logger: `console`, pino, or an object with the same `info`, `warn` and `error`. A logger with a method
   * `bindings` is treated as pino.
   *
   * @defaultValue `console`
   */
  readonly logger?: ConsoleLogger | PinoLogger;
}

const LOGGER: Rule = withMethods('a logger with info, warn and error', 'info', 'warn', 'error');

type Level = 'info' | 'warn' | 'error';
type LogFields = Readonly<Record<string, string | number | undefined>>;

/**
 * Creates an observer that logs failures, retries, pauses, changes of circuits and quotas, and calls
 * that succeeded after a retry. Calls that succeed at once are not logged.
 *
 * Logs codes, numbers, operation names and tracking IDs, but never a token, URL, query or body, nor the
 * service's message.
 *
 * @throws TypeError if an option is invalid
 *
 * @example
 * ```ts
 * createResilience({ observers: [logObserver({ logger: pino() })] });
 * ```
 */
export function logObserver(options: LogObserverOptions = {}): Observer {
  if (LOGGER.test(options)) {
    throw new TypeError('logObserver takes an object of options, got a logger: pass { logger }');
  }
  checkOptions('logObserver', { logger: LOGGER }, options);
  const write = writer(options.logger ?? console);
  return {
    call: (start) => logCall(start, write),
    circuit({ circuit, to, openMs, failure }) {
      const level = to === 'open' ? 'warn' : 'info';
      const wait = openMs === undefined ? '' : ` for ${seconds(openMs)}`;
      write(level, `circuit ${circuit} is ${to}${wait}`, {
        circuit,
        to,
        openMs,
        ...facts(failure),
      });
    },
    quota: (change) => logQuota(change, write),
    flush: () => flushLogger(options.logger),
  };
}

/** With an asynchronous destination, pino writes later, and calls back when it has. */
function flushLogger(logger: LogObserverOptions['logger']): Promise<void> | void {
  if (logger === undefined || !isPino(logger)) return;
  // Before version 8, pino takes no callback.
  if (logger.flush?.length !== 1) return logger.flush?.();
  return new Promise((resolve, reject) => {
    logger.flush?.((error) => (error ? reject(error) : resolve()));
  });
}

function logQuota(change: QuotaChange, write: Writer): void {
  if (change.kind === 'store') {
    const { state } = change;
    const text =
      state === 'lost'
        ? 'the store of the shared quota is unavailable: each process continues with its share of the limits'
        : 'the store of the shared quota is available again';
    write(state === 'lost' ? 'warn' : 'info', text, { state, code: storeCode(change.error) });
    return;
  }
  const { group, per, from, to, reason } = change;
  write(
    reason === 'recovered' ? 'info' : 'warn',
    `quota ${group} is now ${to} calls per ${per} (${reason})`,
    { group, per, from, to, reason },
  );
}

/** Node's code, such as ECONNREFUSED, or the first word of a Redis error, such as NOAUTH. */
function storeCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code: unknown = Reflect.get(error, 'code');
  const isCode = typeof code === 'string' && /^\w{1,64}$/.test(code);
  return isCode ? code : /^[A-Z]{3,}\b/.exec(error.message)?.[0];
}

function logCall(start: CallStart, write: Writer): CallObserver {
  const { operation } = start;
  return {
    attempt: () => ({ end: ({ partial }) => logPartial(operation, partial, write) }),
    retry({ nextAttempt, delayMs, source, failure }) {
      write(
        'warn',
        `${operation} failed with ${describe(failure)}; attempt ${nextAttempt} follows in ${seconds(delayMs)}`,
        { operation, nextAttempt, delayMs: Math.round(delayMs), source, ...facts(failure) },
      );
    },
    throttled({ group, delayMs, reason }) {
      // Normal for a bulk job.
      if (reason === 'quota') return;
      write('warn', `${operation} waits ${seconds(delayMs)}: the service asked for a pause`, {
        operation,
        group,
        delayMs: Math.round(delayMs),
      });
    },
    end: (end) => logEnd(operation, end, write),
  };
}

function logEnd(operation: string, end: CallEnd, write: Writer): void {
  const { outcome, attempts, durationMs, failure, giveUpReason } = end;
  const fields = { operation, outcome, attempts, durationMs: Math.round(durationMs) };
  if (failure === undefined) {
    if (attempts > 1) write('info', `${operation} succeeded at attempt ${attempts}`, fields);
    return;
  }
  const cancelled = outcome === 'cancelled';
  const what = cancelled ? 'was cancelled' : `failed with ${describe(failure)}`;
  const why = giveUpReason === undefined ? '' : ` (${giveUpReason})`;
  const message = `${operation} ${what} after ${count(attempts)}${why}`;
  const { advice } = failure;
  write(cancelled ? 'info' : 'error', message, {
    ...fields,
    giveUpReason,
    ...facts(failure),
    advice,
  });
}

function logPartial(operation: string, partial: AttemptEnd['partial'], write: Writer): void {
  if (partial === undefined) return;
  const providers = partial
    .map((one) => `${one.vendor}/${one.provider} (${one.status})`)
    .join(', ');
  write('warn', `${operation} got a partial response without ${providers}`, {
    operation,
    providers,
  });
}

function facts(failure: Failure | undefined): LogFields {
  if (failure === undefined) return {};
  const { code, status, verdict, trackingId, retryAfterMs } = failure;
  return { code, status, verdict, trackingId, retryAfterMs };
}

function describe(failure: Failure): string {
  const { trackingId } = failure;
  return `${statusAndCode(failure)}${trackingId === undefined ? '' : `, tracking ID ${trackingId}`}`;
}

function count(attempts: number): string {
  return `${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}`;
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

type Writer = (level: Level, message: string, fields: LogFields) => void;

function writer(logger: ConsoleLogger | PinoLogger): Writer {
  if (isPino(logger)) return (level, message, fields) => logger[level](present(fields), message);
  return (level, message, fields) => logger[level](message, present(fields));
}

function isPino(logger: ConsoleLogger | PinoLogger): logger is PinoLogger {
  return 'bindings' in logger && typeof logger.bindings === 'function';
}

function present(fields: LogFields): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
