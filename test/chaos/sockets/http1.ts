import { type Fault, faultOf, provesNothingDone } from './faults.ts';
import { startHostileServer } from './hostile-server.ts';
import type { Enemy } from './storm.ts';

/** A server over bare sockets, which can send whatever bytes it likes. */
export const http1: Enemy<Fault> = {
  faultOf,
  ok: { kind: 'ok', status: 200, retryAfter: false, envelope: false, body: 'empty', at: 0 },
  provesNothingDone,
  start: startHostileServer,
};
