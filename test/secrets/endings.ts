import type { GiveUpReason, Resilience, ResilienceOptions } from '@defender-resilience/core';
import { type Answer, echoHeaders, type Sent } from './service.ts';

/** One way in which a call ends. */
export interface Ending {
  readonly answer: Answer;
  /**
   * Why the last call of it fails; `success` where it does not. Functions are told that they act, so that they
   * end earlier.
   */
  readonly ends: readonly (GiveUpReason | 'success' | 'not sent')[];
  readonly options?: ResilienceOptions;
  /** How often the call is made, one after the other. @defaultValue 1 */
  readonly calls?: number;
  /** Whether the request does something that must not be done twice. */
  readonly acts?: true;
  /** Whether the URL has a user and a password. */
  readonly password?: true;
  /** What `refreshToken` does. @defaultValue it returns a token that is a secret too */
  readonly refresh?: (secret: (name: string) => string) => unknown;
  /** Called when the first request has arrived. */
  readonly meanwhile?: (call: {
    readonly controller: AbortController;
    readonly resilience: Pick<Resilience, 'close'>;
    readonly secret: (name: string) => string;
  }) => void;
}

function json(
  status: number,
  body: (sent: Sent) => unknown,
  headers: Record<string, string> = {},
): Answer {
  return (sent, response) => {
    response.writeHead(status, { ...echoHeaders(sent), ...headers });
    response.end(JSON.stringify(body(sent)));
  };
}

const envelope =
  (code: string) =>
  ({ all, token }: Sent): unknown => ({ error: { code, message: all, target: token } });

/** A success with all that was sent; for a batch, with a refusal of each of its requests. */
const success: Answer = (sent, response) => {
  const answer = json(200, isBatch(sent) ? batchResponses : echoed);
  answer(sent, response, () => '');
};

const isBatch = ({ path }: Sent): boolean => path.includes('$batch');

const echoed = ({ all, path }: Sent): unknown => ({
  '@odata.context': path,
  '@odata.nextLink': path,
  value: [{ all }],
});

function batchResponses(sent: Sent): unknown {
  const headers = echoHeaders(sent);
  const body = envelope('Forbidden')(sent);
  return {
    '@odata.context': sent.path,
    responses: [
      { id: '1', status: 429, headers: { ...headers, 'Retry-After': '0' }, body },
      { id: '2', status: 403, headers, body },
    ],
  };
}

/** An answer at first, and a success afterwards. */
function once(answer: Answer): Answer {
  return (sent, response, secret) =>
    (sent.attempt === 1 ? answer : success)(sent, response, secret);
}

/** Secrets where a code and the IDs of a request should be, in the forms in which services repeat them. */
const MISPLACED: readonly ((sent: Sent) => unknown)[] = [
  ({ token, path, all, cookie }) => ({
    error: {
      code: token,
      message: all,
      target: encodeURIComponent(path),
      innererror: { 'request-id': cookie, 'client-request-id': path },
      details: [{ code: token, message: all, target: path }],
      '@Message.ExtendedInfo': [{ MessageArgs: [token, path] }],
    },
  }),
  ({ body, all, path }) => ({
    error: {
      code: body,
      message: JSON.stringify({ error: { code: body, message: all } }),
      target: path,
    },
  }),
  ({ all, body }) => ({ title: all, detail: body, traceId: body, instance: all }),
  ({ all, cookie }) => ({ error: all, error_description: all, trace_id: cookie }),
  ({ all, token }) => ({ statusCode: 400, message: all, activityId: `Bearer ${token}` }),
];

/** Repeats the claims that a token should have, which are a secret here. */
const claimsChallenge: Answer = (sent, response, secret) => {
  const value = secret('claims of a challenge');
  const claims = Buffer.from(
    JSON.stringify({ access_token: { xms_rp_ipaddr: { value } } }),
  ).toString('base64');
  const challenge = `Bearer realm="", error="insufficient_claims", claims="${claims}"`;
  json(401, envelope('InvalidAuthenticationToken'), { 'www-authenticate': challenge })(
    sent,
    response,
    secret,
  );
};

const page: Answer = (sent, response) => {
  // The reason phrase as well.
  response.writeHead(502, sent.token, { ...echoHeaders(sent), 'content-type': 'text/html' });
  response.end(`<html><title>${sent.all}</title></html>`);
};

const redirect: Answer = (sent, response, secret) => {
  if (sent.path.includes('redirected')) {
    json(403, envelope('Forbidden'))(sent, response, secret);
    return;
  }
  const location = `${sent.origin}/redirected?sv=2025-01-05&sig=${secret('signature of a redirect')}%3D`;
  response.writeHead(307, { ...echoHeaders(sent), location }).end(sent.all);
};

const truncated: Answer = (sent, response) => {
  response.writeHead(200, { ...echoHeaders(sent), 'content-length': '100000' });
  response.write(JSON.stringify(echoed(sent)), () => response.destroy());
};

const reset: Answer = (_sent, response) => void response.socket?.destroy();
const silence: Answer = () => undefined;
const failing = json(500, envelope('InternalServerError'));
const throttled = json(429, envelope('TooManyRequests'), { 'retry-after': '9999' });

/** Every way in which a call ends. */
export const endings: Readonly<Record<string, Ending>> = {
  'a success': { answer: success, ends: ['success'] },
  'a success of a URL with a password': {
    answer: success,
    ends: ['success', 'terminal', 'not sent'],
    password: true,
  },
  'a partial success': { answer: json(206, echoed), ends: ['success'] },
  'a refusal that repeats what was sent': {
    answer: json(403, envelope('Forbidden')),
    ends: ['terminal'],
  },
  ...Object.fromEntries(
    MISPLACED.map((body, index): [string, Ending] => [
      `misplaced secrets ${index + 1}`,
      { answer: json(400, body), ends: ['terminal'] },
    ]),
  ),
  'a mistake in the body': {
    answer: json(400, envelope('InvalidRequestBody')),
    ends: ['terminal'],
  },
  'failures without end': { answer: failing, ends: ['retries-exhausted'] },
  'a page of a gateway': { answer: once(page), ends: ['success', 'not-replayable'] },
  'a used-up budget': {
    answer: failing,
    ends: ['budget-exhausted'],
    options: { budget: { ratio: 0, minPerMinute: 0 } },
  },
  'an open circuit': {
    answer: failing,
    ends: ['circuit-open'],
    options: { circuit: { minimumAttempts: 1, failureRatio: 0.1 }, retry: { maxRetries: 0 } },
    calls: 2,
  },
  'a throttled call': {
    answer: once(json(429, envelope('TooManyRequests'), { 'retry-after': '0' })),
    ends: ['success'],
  },
  'a pause': { answer: throttled, ends: ['throttled'], calls: 2 },
  'a reset': { answer: reset, ends: ['retries-exhausted', 'not-replayable'] },
  'a reset of an action': { answer: reset, ends: ['not-replayable'], acts: true },
  'a body that is cut off': {
    answer: truncated,
    // fetch has returned by then.
    ends: ['retries-exhausted', 'not-replayable', 'success'],
  },
  'no answer in time': {
    answer: silence,
    ends: ['retries-exhausted', 'not-replayable'],
    options: { attemptTimeoutMs: 40, retry: { maxRetries: 1 } },
  },
  'no answer before the deadline': {
    answer: silence,
    ends: ['deadline', 'not-replayable', 'cancelled'],
    options: { deadlineMs: 60 },
  },
  'a new token': { answer: once(claimsChallenge), ends: ['success'] },
  'a new token that is refused': { answer: claimsChallenge, ends: ['terminal'] },
  'a new token that is none': {
    answer: claimsChallenge,
    ends: ['terminal'],
    refresh: (secret) => ({ token: `{"${secret('something that is no token')}": 1}` }),
  },
  'no new token': {
    answer: claimsChallenge,
    ends: ['terminal'],
    refresh(secret) {
      const name = secret('error of refreshToken');
      throw Object.assign(new Error(name, { cause: name }), { code: name });
    },
  },
  'a redirect to a signed address': { answer: redirect, ends: ['terminal', 'success'] },
  'an abort': {
    answer: silence,
    // A function that is wrapped has no signal of its own.
    ends: ['cancelled', 'terminal'],
    meanwhile: ({ controller, secret }) =>
      controller.abort(new Error(secret('reason of an abort'))),
  },
  'a wrapper that closes': {
    answer: silence,
    ends: ['closed'],
    meanwhile: ({ resilience }) => void resilience.close({ timeoutMs: 0, flushTimeoutMs: 1 }),
  },
};
