import { CircuitOpenError, ThrottledError } from '../failure/errors.ts';
import type { Failure } from '../failure/failure.ts';
import type { CallFanOut } from '../observe/fan-out.ts';
import type { GiveUpReason } from '../observe/observer.ts';
import type { Admission, Circuit } from '../policy/circuit.ts';
import { circuitOutcomeOf } from '../policy/outage.ts';
import type { GatePermit, GateRejection } from '../quota/gate.ts';
import type { CallSpec } from './call.ts';
import { CANCELLED } from './outcome.ts';
import { gateCallOf, type Pipeline } from './pipeline.ts';

/** Leave to send one attempt, and whom to tell how it ended. */
export interface Leave {
  readonly admission: Exclude<Admission, 'refused'>;
  readonly ticket: GatePermit | undefined;
}

/** Why there is none, and what a call that has sent nothing yet rejects with. */
export interface Refusal {
  readonly reason: GiveUpReason;
  readonly error: unknown;
  readonly failure: Failure;
}

/** A call that asks for leave to send an attempt. */
export interface Applicant {
  readonly plan: CallSpec;
  readonly circuit: Circuit | undefined;
  readonly watch: CallFanOut | undefined;
  /** The number of the attempt. */
  readonly attempt: number;
  readonly deadlineAt: number;
}

/** Leave that binds nobody: no circuit is open and no quota is paused. */
export const AT_ONCE: Leave = Object.freeze({ admission: 'pass', ticket: undefined });

/** The way of almost every attempt; undefined where leave must be asked for. */
export function leaveAtOnce({ gate }: Pipeline, circuit: Circuit | undefined): Leave | undefined {
  return gate.idle && circuit?.closed !== false ? AT_ONCE : undefined;
}

/** Asks the circuit, then the gate, where it may take time. */
export async function askLeave(
  pipeline: Pipeline,
  applicant: Applicant,
  now: number,
): Promise<Leave | Refusal> {
  const { circuit, plan } = applicant;
  const admission = circuit?.admit(now) ?? 'pass';
  if (admission === 'refused') return refusedByCircuit(applicant, now);
  let ticket: GatePermit | GateRejection | undefined;
  try {
    ticket = await passGate(pipeline, applicant);
  } catch (reason) {
    await circuit?.record(admission, 'neutral', pipeline.clock.now());
    return { reason: 'cancelled', error: reason, failure: CANCELLED };
  }
  const after = pipeline.clock.now();
  if (ticket !== undefined && 'refused' in ticket) {
    await circuit?.record(admission, 'neutral', after);
    return refusedByGate(plan, ticket);
  }
  if (admission === 'probe' || circuit?.closed !== false) return { admission, ticket };
  // The circuit opened while the call was held.
  const again = circuit.admit(after);
  if (again !== 'refused') return { admission: again, ticket };
  ticket?.cancel();
  return refusedByCircuit(applicant, after);
}

/** Lets the circuit and the gate learn how the attempt ended that leave was given for. */
export async function giveBack(
  { gate, clock, settings }: Pipeline,
  plan: CallSpec,
  circuit: Circuit | undefined,
  { admission, ticket }: Leave,
  failure: Failure | undefined,
  throttleWait: (failure: Failure) => number,
): Promise<void> {
  const outcome = failure === undefined ? 'success' : circuitOutcomeOf(failure);
  await circuit?.record(admission, outcome, clock.now());
  // The pause comes before the ticket is given back, so that the gate does not let the next go.
  if (failure?.status === 429) {
    gate.throttled(gateCallOf(settings, plan), throttleWait(failure), failure, ticket);
  }
  ticket?.completed();
}

async function passGate(
  { gate, clock, settings }: Pipeline,
  { plan, watch, attempt, deadlineAt }: Applicant,
): Promise<GatePermit | GateRejection | undefined> {
  const call = gateCallOf(settings, plan);
  return gate.acquire({
    ...call,
    attempt,
    limitMs: deadlineAt - clock.now(),
    signal: plan.signal,
    held: (delayMs, reason) => watch?.throttled({ attempt, group: call.group, delayMs, reason }),
  });
}

function refusedByCircuit({ plan, circuit }: Applicant, now: number): Refusal {
  const retryAfterMs = circuit?.retryAfterMs(now) ?? 0;
  const error = new CircuitOpenError({ operation: plan.name, retryAfterMs });
  return { reason: 'circuit-open', error, failure: error.failure };
}

function refusedByGate({ name }: CallSpec, rejection: GateRejection): Refusal {
  const { refused, retryAfterMs, heldBy } = rejection;
  const error = new ThrottledError({ operation: name, retryAfterMs, reason: refused, heldBy });
  return { reason: 'throttled', error, failure: error.failure };
}
