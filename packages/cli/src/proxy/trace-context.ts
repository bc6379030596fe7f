import type { IncomingMessage } from 'node:http';
import { context, propagation } from '@opentelemetry/api';

/**
 * Runs a function in the trace from the client's headers, so that the spans of the call belong to it. Without
 * an SDK, just runs the function.
 */
export function inContextOf<T>({ headers }: IncomingMessage, run: () => T): T {
  return context.with(propagation.extract(context.active(), headers), run);
}
