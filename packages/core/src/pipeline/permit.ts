import { CircuitOpenError, ClosedError, ThrottledError } from '../failure/errors.ts';
import type { Failure } from '../failure/failure.ts';
import type { CallFanOut } from '../observe/fan-out.ts';
import type { GiveUpReason } from '../observe/observer.ts';
import { type Admission, type Circuit, circuitOutcomeOf } from '../policy/circuit.ts';
import type { GatePermit, GateRejection } from '../quota/permit.ts';
import type { CallSpec } from './call.ts';
import { CANCELLED } from './outcome.ts';
import { gateCallOf, type Pipeline } from './pipeline.ts';

/** Permission to send one attempt, from the circuit and the gate. */
export interface Permit {
  readonly admission: Exclude<Admission, 'refused'>;
  readonly gatePermit: GatePermit | undefined;
}

/** Why an attempt may not be sent, and the error for a call that has sent none. */
export interface Rejection {
  readonly reason: GiveUpReason;
  readonly error: unknown;
  readonly failure: Failure;
}

/** A call that wants to send an attempt. */
export interface PermitRequest {
  readonly pipeline: Pipeline;
  readonly call: CallSpec;
  readonly circuit: Circuit | undefined;
  readonly events: CallFanOut | undefined;
  readonly deadlineAt: number;
  /** How many attempts the call has sent. */
  readonly attempts: number;
}

/** No permit needed: the circuit is closed and the gate is idle. */
const NO_PERMIT_NEEDED: Permit = Object.freeze({
  admission: 'pass',
  gatePermit: undefined,
});

/** Answers synchronously if possible, as for almost every attempt; undefined: call {@link acquirePermit}. */
export function tryAcquirePermit(
  request: PermitRequest,
  now: number,
): Permit | Rejection | undefined {
  const { pipeline, circuit } = request;
  if (pipeline.lifecycle.closed) return rejectedByClose(request.call);
  if (circuit?.refuses(now)) return rejectedByCircuit(request, now);
  return pipeline.gate.idle && circuit?.closed !== false ? NO_PERMIT_NEEDED : undefined;
}

/** Asks the circuit, then the gate, where the attempt may have to wait. */
export async function acquirePermit(
  request: PermitRequest,
  now: number,
): Promise<Permit | Rejection> {
  const { pipeline, circuit } = request;
  if (pipeline.lifecycle.closed) return rejectedByClose(request.call);
  const admission = circuit?.admit(now) ?? 'pass';
  if (admission === 'refused') return rejectedByCircuit(request, now);
  let gatePermit: GatePermit | GateRejection | undefined;
  try {
    gatePermit = await passGate(request, now);
  } catch (error) {
    // Only the caller's abort makes the gate reject.
    await circuit?.record(admission, 'neutral', pipeline.clock.now());
    return { reason: 'cancelled', error, failure: CANCELLED };
  }
  const after = pipeline.clock.now();
  if (gatePermit !== undefined && 'refused' in gatePermit) {
    await circuit?.record(admission, 'neutral', after);
    return rejectedByGate(request.call, gatePermit);
  }
  if (admission === 'probe' || circuit?.closed !== false) return { admission, gatePermit };
  // The circuit opened while the attempt waited at the gate.
  const second = circuit.admit(after);
  if (second !== 'refused') return { admission: second, gatePermit };
  gatePermit?.cancel();
  return rejectedByCircuit(request, after);
}

/** How an attempt failed, for the circuit and the gate. */
export interface AttemptFailure {
  readonly failure: Failure;
  /** How long to hold the calls of its quota group, in milliseconds; undefined: not at all. */
  readonly holdGroupMs: number | undefined;
}

/**
 * Reports to the circuit and the gate how the attempt ended; `failed` is undefined for a success. Returns a
 * promise only if the circuit changes its state.
 */
export function recordOutcome(
  { pipeline, call, circuit }: PermitRequest,
  { admission, gatePermit }: Permit,
  failed: AttemptFailure | undefined,
  now: number,
): Promise<void> | undefined {
  // Hold the group before returning the permit, or the gate would release the next attempt.
  if (failed?.holdGroupMs !== undefined) {
    const gateCall = gateCallOf(pipeline.settings, call);
    pipeline.gate.throttled(gateCall, failed.holdGroupMs, failed.failure, gatePermit);
  }
  const outcome = failed === undefined ? 'success' : circuitOutcomeOf(failed.failure);
  const changed = circuit?.record(admission, outcome, now, failed?.failure);
  // Change the circuit first, or the gate would release the next attempt before the circuit opens.
  if (changed !== undefined) return changed.then(() => gatePermit?.completed());
  gatePermit?.completed();
  return undefined;
}

function passGate(
  { pipeline, call, events, attempts, deadlineAt }: PermitRequest,
  now: number,
): ReturnType<Pipeline['gate']['acquire']> {
  const gateCall = gateCallOf(pipeline.settings, call);
  const { group } = gateCall;
  const attempt = attempts + 1;
  return pipeline.gate.acquire({
    ...gateCall,
    attempt,
    limitMs: deadlineAt - now,
    signal: call.signal,
    held: (delayMs, reason) => events?.throttled({ attempt, group, delayMs, reason }),
  });
}

function rejectedByCircuit({ call, circuit }: PermitRequest, now: number): Rejection {
  const retryAfterMs = circuit?.retryAfterMs(now) ?? 0;
  const error = new CircuitOpenError({ operation: call.name, retryAfterMs });
  return { reason: 'circuit-open', error, failure: error.failure };
}

/** Rejects an attempt because the wrapper is closed. */
function rejectedByClose({ name }: CallSpec): Rejection {
  const error = new ClosedError({ operation: name, sent: false });
  return { reason: 'closed', error, failure: error.failure };
}

function rejectedByGate(call: CallSpec, rejection: GateRejection): Rejection {
  const { name } = call;
  const { refused, retryAfterMs, heldBy } = rejection;
  if (refused === 'closed') return rejectedByClose(call);
  const error = new ThrottledError({ operation: name, retryAfterMs, reason: refused, heldBy });
  return { reason: 'throttled', error, failure: error.failure };
}
