import type { ConsoleLogger } from '@defender-resilience/core';
import type { Output } from '../context.ts';

/** Creates a logger that writes one line per event: time, message, and the fields that are not in the message. */
export function logger(output: Output, now: () => Date = () => new Date()): ConsoleLogger {
  const write = (colour: 'dim' | 'yellow' | 'red', message: string, fields?: object): void => {
    const id: unknown = fields === undefined ? undefined : Reflect.get(fields, 'trackingId');
    const suffix = typeof id === 'string' && !message.includes(id) ? ` (tracking ID ${id})` : '';
    output.line(
      `${output.style('dim', now().toISOString())} ${output.style(colour, message)}${suffix}`,
    );
  };
  return {
    info: (message, fields) => write('dim', message, fields),
    warn: (message, fields) => write('yellow', message, fields),
    error: (message, fields) => write('red', message, fields),
  };
}
