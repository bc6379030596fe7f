import type { IncomingMessage } from 'node:http';
import { context, propagation } from '@opentelemetry/api';

/**
 * Runs a function in the trace that the client names in its headers, so that the spans of the call belong
 * to it. Without an SDK it just runs the function.
 */
export function inContextOf<T>({ headers }: IncomingMessage, run: () => T): T {
  return context.with(propagation.extract(context.active(), headers), run);
}
