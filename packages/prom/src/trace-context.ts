import { property } from './unknown.ts';
import { nameOf, warnOnce } from './warn.ts';

/** The trace that a call belongs to. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** Whether the trace is recorded. Exemplars point to recorded traces only. */
  readonly sampled: boolean;
}

/** Reads the active trace. */
export interface TraceReader {
  /** False if the program does not trace: then there is nothing to read. */
  available(): boolean;
  /** Never throws. */
  read(): TraceContext | undefined;
}

const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SAMPLED = 1;

// The symbol under which all copies of @opentelemetry/api 1.x share their globals. Reading it needs no
// dependency on the package, and also finds an API that is set up later.
const API: unique symbol = Symbol.for('opentelemetry.js.api.1');
// The type of globalThis does not have OpenTelemetry's property.
const shared = globalThis as { readonly [API]?: unknown };
const SPAN = Symbol.for('OpenTelemetry Context Key SPAN');

/**
 * Reads the trace from a function, or from OpenTelemetry if there is none.
 *
 * @param given - the option `traceContext`
 */
export function traceReader(given?: () => TraceContext | undefined): TraceReader {
  const read = given ?? activeTrace;
  return {
    available: () => given !== undefined || shared[API] !== undefined,
    read() {
      try {
        return checked(read());
      } catch (error) {
        warnOnce(
          read,
          `traceContext threw ${nameOf(error)}: exemplars and recent errors have no trace IDs.`,
        );
        return undefined;
      }
    },
  };
}

function activeTrace(): TraceContext | undefined {
  const manager = property(shared[API], 'context');
  const span = invoke(invoke(manager, 'active'), 'getValue', SPAN);
  const context = invoke(span, 'spanContext');
  const traceId = property(context, 'traceId');
  const flags = property(context, 'traceFlags');
  if (typeof traceId !== 'string') return undefined;
  return { traceId, sampled: typeof flags === 'number' && (flags & SAMPLED) !== 0 };
}

function checked(trace: TraceContext | undefined): TraceContext | undefined {
  const traceId: unknown = trace?.traceId;
  return typeof traceId === 'string' && TRACE_ID.test(traceId) ? trace : undefined;
}

function invoke(value: unknown, name: string, ...args: readonly unknown[]): unknown {
  const method = property(value, name);
  return typeof method === 'function' ? Reflect.apply(method, value, args) : undefined;
}
