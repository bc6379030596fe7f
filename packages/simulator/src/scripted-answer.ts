import { type Answer, ApiError, type ApiErrorDetails, type Call } from './call.ts';
import { gatewayPage } from './deliver.ts';
import { gatewayError, serviceOf, usualCode } from './errors.ts';
import { throttledDetails } from './quota/throttled.ts';
import type { ScriptStepDetails } from './script.ts';

/** How to complete an answer that a step does not give in full. */
export interface Fallback {
  /** Carries out the call as if nothing had been scripted. */
  answer(): Promise<Answer>;
  error(error: ApiError): Answer;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The answer that a step describes. Only a step without an error carries the call out. */
export async function scriptedAnswer(
  step: ScriptStepDetails,
  call: Call,
  fallback: Fallback,
): Promise<Answer> {
  const answer = await withoutHeaders(step, call, fallback);
  const retryAfter = retryAfterOf(step, fallback.now);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
      ...step.headers,
    },
  };
}

function withoutHeaders(
  step: ScriptStepDetails,
  call: Call,
  fallback: Fallback,
): Answer | Promise<Answer> {
  const { action, status = 200, body, message = '' } = step;
  if (action === 'html') return gatewayPage(step.status ?? 502);
  if (action === 'empty') return { status: step.status ?? 500 };
  if (body !== undefined) return { status, body };
  const code = step.code ?? (status >= 400 ? usualCode(status, serviceOf(call.path)) : undefined);
  if (code !== undefined) return fallback.error(new ApiError(code, detailsOf(step, code, call)));
  if (status >= 400) return gatewayError(status, message);
  return status === 200 ? fallback.answer() : { status };
}

function detailsOf(step: ScriptStepDetails, code: string, call: Call): ApiErrorDetails {
  const { status, values, message, retryAfter } = step;
  const isThrottled = status === 429 || code === '429' || code === 'TooManyRequests';
  const seconds = typeof retryAfter === 'number' ? Math.max(0, retryAfter) : 1;
  const limit = call.operation.quota?.perMinute ?? 45;
  return {
    ...(isThrottled && values === undefined
      ? throttledDetails(serviceOf(call.path), {
          kind: 'count',
          limit,
          per: 'minute',
          waitMs: 1000 * seconds,
        })
      : {}),
    ...(status === undefined ? {} : { status }),
    ...(values === undefined ? {} : { values }),
    ...(message === undefined ? {} : { message }),
  };
}

function retryAfterOf({ retryAfter }: ScriptStepDetails, now: number): string | undefined {
  if (typeof retryAfter !== 'object') return retryAfter?.toString();
  // An HTTP date has whole seconds: rounded up, so that the wait is never shorter than asked for.
  const at = Math.ceil((now + retryAfter.dateInMs) / 1000) * 1000;
  return new Date(at).toUTCString();
}
