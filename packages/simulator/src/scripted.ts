import { type Answer, type Call, Refusal, type RefusalDetails } from './answer.ts';
import { gatewayPage } from './deliver.ts';
import { type Dialect, dialectOf, gatewayAnswer, usualCode } from './errors.ts';
import { GRAPH_THROTTLED, quotaMessage } from './quota/messages.ts';
import type { ScriptStepDetails } from './script.ts';

/** How a scripted answer is made where it is not said in full. */
export interface Ordinary {
  /** Carries the call out as if nothing had been scripted. */
  answer(): Promise<Answer>;
  error(refusal: Refusal): Answer;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The answer that a step describes; only an ordinary one carries the call out. */
export async function scriptedAnswer(
  step: ScriptStepDetails,
  call: Call,
  ordinary: Ordinary,
): Promise<Answer> {
  const answer = await bare(step, call, ordinary);
  const retryAfter = retryAfterOf(step, ordinary.now);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      ...step.headers,
    },
  };
}

function bare(step: ScriptStepDetails, call: Call, ordinary: Ordinary): Answer | Promise<Answer> {
  const { action, status, body } = step;
  if (action === 'html') return gatewayPage(status ?? 502);
  if (action === 'empty') return { status: status ?? 500 };
  if (body !== undefined) return { status: status ?? 200, body };
  const dialect = dialectOf(call.path);
  const code = step.code ?? usual(status ?? 200, dialect);
  if (code !== undefined) return ordinary.error(new Refusal(code, detailsOf(step, code, call)));
  if (status !== undefined && status >= 400) return gatewayAnswer(status, step.message ?? '');
  return status === undefined || status === 200 ? ordinary.answer() : { status };
}

function usual(status: number, dialect: Dialect): string | undefined {
  return status >= 400 ? usualCode(status, dialect) : undefined;
}

function detailsOf(step: ScriptStepDetails, code: string, call: Call): RefusalDetails {
  const { status, values, message } = step;
  const throttled = status === 429 || code === '429' || code === 'TooManyRequests';
  return {
    ...(throttled ? throttledDetails(step, call) : {}),
    ...(status === undefined ? {} : { status }),
    ...(values === undefined ? {} : { values }),
    ...(message === undefined ? {} : { message }),
  };
}

function throttledDetails({ retryAfter, values }: ScriptStepDetails, call: Call): RefusalDetails {
  // The catalogue's own message, filled with what was given.
  if (values !== undefined) return {};
  if (dialectOf(call.path) === 'graph') return GRAPH_THROTTLED;
  const seconds = typeof retryAfter === 'number' ? retryAfter : 1;
  return { message: quotaMessage(call.operation.quota?.perMinute ?? 45, 'minute', seconds) };
}

function retryAfterOf({ retryAfter }: ScriptStepDetails, now: number): string | undefined {
  if (typeof retryAfter !== 'object') return retryAfter?.toString();
  // An HTTP date has no parts of a second: rounded up, so that the wait is never shorter than asked.
  const at = Math.ceil((now + retryAfter.dateInMs) / 1000) * 1000;
  return new Date(at).toUTCString();
}
