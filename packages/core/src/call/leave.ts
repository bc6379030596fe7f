import { CircuitOpenError, ThrottledError } from '../failure/errors.ts';
import type { Failure } from '../failure/failure.ts';
import type { CallFanOut } from '../observe/fan-out.ts';
import type { GiveUpReason } from '../observe/observer.ts';
import type { Admission, Circuit } from '../policy/circuit.ts';
import type { GateRefusal, Ticket } from '../policy/gate-types.ts';
import { circuitOutcomeOf } from '../policy/outage.ts';
import { type Engine, gateCallOf } from './engine.ts';
import { CANCELLED } from './judge.ts';
import type { CallFacts } from './plan.ts';

/** Leave to send one attempt, and whom to tell how it ended. */
export interface Leave {
  readonly admission: Exclude<Admission, 'refused'>;
  readonly ticket: Ticket | undefined;
}

/** Why there is none, and what a call that has sent nothing yet rejects with. */
export interface Refusal {
  readonly reason: GiveUpReason;
  readonly error: unknown;
  readonly failure: Failure;
}

/** A call that asks for leave to send an attempt. */
export interface Applicant {
  readonly plan: CallFacts;
  readonly circuit: Circuit | undefined;
  readonly watch: CallFanOut | undefined;
  /** The number of the attempt. */
  readonly attempt: number;
  readonly deadlineAt: number;
}

/** Leave that binds nobody: no circuit is open and no quota is paused. */
export const AT_ONCE: Leave = Object.freeze({ admission: 'pass', ticket: undefined });

/** The way of almost every attempt; undefined where leave must be asked for. */
export function leaveAtOnce({ gate }: Engine, circuit: Circuit | undefined): Leave | undefined {
  return gate.open && circuit?.closed !== false ? AT_ONCE : undefined;
}

/** Asks the circuit, then the gate, where it may take time. */
export async function askLeave(
  engine: Engine,
  applicant: Applicant,
  now: number,
): Promise<Leave | Refusal> {
  const { circuit, plan } = applicant;
  const admission = circuit?.admit(now) ?? 'pass';
  if (admission === 'refused') return refusedByCircuit(applicant, now);
  let ticket: Ticket | GateRefusal | undefined;
  try {
    ticket = await passGate(engine, applicant);
  } catch (reason) {
    await circuit?.record(admission, 'neutral', engine.clock.now());
    return { reason: 'cancelled', error: reason, failure: CANCELLED };
  }
  const after = engine.clock.now();
  if (ticket !== undefined && 'refused' in ticket) {
    await circuit?.record(admission, 'neutral', after);
    return refusedByGate(plan, ticket);
  }
  if (admission === 'probe' || circuit?.closed !== false) return { admission, ticket };
  // The circuit opened while the call was held.
  const again = circuit.admit(after);
  if (again !== 'refused') return { admission: again, ticket };
  ticket?.unsent();
  return refusedByCircuit(applicant, after);
}

/** Lets the circuit and the gate learn how the attempt ended that leave was given for. */
export async function giveBack(
  { gate, clock, settings }: Engine,
  plan: CallFacts,
  circuit: Circuit | undefined,
  { admission, ticket }: Leave,
  failure: Failure | undefined,
  throttleWait: (failure: Failure) => number,
): Promise<void> {
  const outcome = failure === undefined ? 'success' : circuitOutcomeOf(failure);
  await circuit?.record(admission, outcome, clock.now());
  // The pause comes before the ticket is given back, so that the gate does not let the next go.
  if (failure?.status === 429) {
    gate.refused(gateCallOf(settings, plan), throttleWait(failure), failure, ticket);
  }
  ticket?.answered();
}

async function passGate(
  { gate, clock, settings }: Engine,
  { plan, watch, attempt, deadlineAt }: Applicant,
): Promise<Ticket | GateRefusal | undefined> {
  const call = gateCallOf(settings, plan);
  return gate.pass({
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

function refusedByGate({ name }: CallFacts, { refused, retryAfterMs }: GateRefusal): Refusal {
  const error = new ThrottledError({ operation: name, retryAfterMs, reason: refused });
  return { reason: 'throttled', error, failure: error.failure };
}
