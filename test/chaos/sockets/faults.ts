import type { Chance } from '../random.ts';

/** What the server does with one request. `acted`: it carries the request out. */
export interface Fault {
  readonly kind: (typeof KINDS)[number];
  /** Of an answer. */
  readonly status: number;
  readonly retryAfter: boolean;
  /** Whether an error is in the service's own format. */
  readonly envelope: boolean;
  /** Of any other error. */
  readonly body: 'page' | 'empty' | 'long' | 'bytes';
  /** At which byte an answer breaks off. */
  readonly at: number;
}

export const KINDS = [
  // A valid answer, in one piece, in chunks, byte by byte, and on a connection that is closed after it.
  'ok',
  'chunked',
  'trickle',
  'ok-then-close',
  // An error of any status.
  'status',
  // The connection is reset before the answer, or at any byte of it.
  'reset',
  'reset-at',
  // No answer; an answer whose head stops.
  'stall',
  'stall-at',
  // An answer that is shorter or longer than its content-length says.
  'truncated',
  'too-long',
  // Two lengths in one head.
  'two-lengths',
  // Bytes that are no HTTP: instead of an answer, before it, and after it on a connection that stays open.
  'garbage',
  'garbage-before',
  'garbage-after',
  // An answer while the upload runs, and the end of the connection.
  'early',
] as const;

const STATUSES = [400, 401, 403, 404, 408, 409, 425, 429, 429, 431, 500, 500, 501, 502, 503, 503];

export function faultOf(chance: Chance): Fault {
  const kind = chance.chance(0.5) ? 'ok' : chance.one(...KINDS);
  return {
    kind,
    status: chance.one(...STATUSES, 504, 520, 599, 304, 700),
    retryAfter: chance.chance(0.3),
    envelope: chance.chance(0.5),
    body: chance.one('page', 'empty', 'long', 'bytes'),
    at: chance.int(0, 300),
  };
}

/** Whether the service says by this answer that it did not carry the request out. */
export function provesNothingDone({ kind, status, retryAfter, envelope }: Fault): boolean {
  if (kind !== 'status') return false;
  if ([408, 425, 429].includes(status)) return true;
  if (status === 502 || status === 504) return false;
  return status >= 500 && status !== 501 && (retryAfter || envelope);
}
