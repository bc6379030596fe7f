import { START_AGAIN } from '../catalogue/codes-observed.ts';

/** What a message says beyond its code. Never changes the verdict, because messages may change. */
export interface MessageHint {
  readonly statuses: readonly number[];
  readonly pattern: RegExp;
  readonly advice: string;
  /** Set for a 401 that a new token cannot fix. */
  readonly refreshUseless?: true;
}

const LICENCE_ADVICE =
  'The token is valid, but the tenant has no licence for this API or its service is not active, so a new token will not help: check the tenant’s licences in the Microsoft 365 admin center (Billing > Licenses) and that the tenant is onboarded in the Defender portal.';

/** Words for a link to the next page or to changes, or for the token in it. */
const LINK = '(?:(?:skip|page|paging|continuation|delta|sync) ?(?:token|state|link)|next ?link)';
const BAD = String.raw`\b(?:invalid|expired?|malformed|badly formed|bad|old|older|not valid|not found)\b`;

/** Errors that share their code with others but need their own advice. */
const MESSAGE_HINTS: readonly MessageHint[] = [
  {
    // https://github.com/MicrosoftDocs/microsoft-365-docs/issues/12426
    statuses: [401],
    pattern: /account mode is inactive|\bno \w+ licen[cs]e\b|account is not provisioned/i,
    advice: LICENCE_ADVICE,
    refreshUseless: true,
  },
  {
    statuses: [403],
    pattern: /tenant is not onboarded|account is not provisioned/i,
    advice: LICENCE_ADVICE,
  },
  {
    // https://learn.microsoft.com/defender-xdr/advanced-hunting-errors
    statuses: [400],
    pattern:
      /exceeded the allowed (?:result size|limits)|was preempted|exceeded the timeout period|excessive resource consumption/i,
    advice:
      'The query needs too many resources, and the same query will fail again: narrow its time range, filter before joining, project fewer columns, and limit or summarize the result.',
  },
  {
    // https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/2254
    // https://learn.microsoft.com/graph/api/driveitem-delta
    statuses: [400, 404, 410],
    pattern: new RegExp(
      `${BAD}.{0,20}\\b${LINK}|\\b${LINK}\\b.{0,40}${BAD}|^resync|new delta enumeration`,
      'i',
    ),
    advice: START_AGAIN,
  },
];

/** The hint in a message or a code such as `InvalidSkipToken`; undefined for most. */
export function messageHint(
  status: number,
  code: string,
  message: string,
): MessageHint | undefined {
  const hints = MESSAGE_HINTS.filter(({ statuses }) => statuses.includes(status));
  if (hints.length === 0) return undefined;
  const words = code.replaceAll(/([a-z])(?=[A-Z])/g, '$1 ');
  return hints.find(({ pattern }) => pattern.test(message) || pattern.test(words));
}

const GATEWAY_TIMEOUT =
  'A gateway got no response from the service in time, and the request may have been carried out anyway: check whether it was before you send it again.';

/** Advice for a response of which only the status says anything. */
const STATUS_ADVICE: ReadonlyMap<number, string> = new Map([
  [
    401,
    'Send a valid token for this API in the Authorization header. If a new token is refused too, check its audience (aud) and its tenant.',
  ],
  [403, 'Check the app’s permissions, and that no proxy or firewall blocks the request.'],
  [404, 'Check the host, the path and the API version.'],
  [
    410,
    'The resource is gone for good. If it was a link to the next page of a list, or to the changes since a time: start the list again.',
  ],
  [405, 'Check the HTTP method on the operation’s reference page.'],
  [407, 'The proxy requires credentials: check the proxy settings.'],
  [413, 'Send less in one request.'],
  [414, 'Shorten the URL: use a simpler $filter, or a hunting query instead.'],
  [415, 'Send a JSON body with Content-Type: application/json.'],
  [
    429,
    'Wait as long as the response says, then send the request again. If it happens often, spread the calls over time.',
  ],
  [431, 'Send fewer or shorter headers.'],
  [502, GATEWAY_TIMEOUT],
  [504, GATEWAY_TIMEOUT],
]);

const SERVER_ERROR_ADVICE =
  'Try again later. If it persists, check Service health in the Microsoft 365 admin center.';

export function statusAdvice(status: number): string | undefined {
  return STATUS_ADVICE.get(status) ?? (status >= 500 ? SERVER_ERROR_ADVICE : undefined);
}

/**
 * Advice for the errors of Entra's token endpoint that callers of the Defender APIs meet.
 * https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
const ENTRA_ADVICE: ReadonlyMap<number, string> = new Map([
  [50_034, 'The user does not exist in this tenant: check the user name and the tenant ID.'],
  [53_003, 'A Conditional Access policy blocks the sign-in: ask the tenant’s administrator.'],
  [
    65_001,
    'Nobody has consented to the app’s permissions: grant admin consent in the Entra admin center.',
  ],
  [
    70_011,
    'The scope is invalid: request the /.default scope of one resource, such as https://api.security.microsoft.com/.default.',
  ],
  [90_002, 'The tenant does not exist in this cloud: check the tenant ID and the login host.'],
  [
    500_011,
    'The tenant does not know the requested API: check the scope, and that the tenant has a Defender licence.',
  ],
  [700_016, 'The tenant does not know the app: check the client ID and the tenant ID.'],
  [
    700_027,
    'The client certificate does not match the app: upload its public key to the app registration.',
  ],
  [
    901_002,
    'The v2.0 token endpoint does not accept a resource parameter: send scope=<resource>/.default instead.',
  ],
  [7_000_215, 'The client secret is wrong: send the secret’s value, not its ID.'],
  [7_000_222, 'The client secret has expired: create a new one in the app registration.'],
]);

const ENTRA_GENERAL_ADVICE =
  'Entra issued no token: check the tenant ID, client ID, credential and scope of the app registration.';

/** What a person should do about a refusal from Entra, by its AADSTS numbers. */
export function entraAdvice(codes: readonly number[]): string {
  for (const code of codes) {
    const advice = ENTRA_ADVICE.get(code);
    if (advice !== undefined) return advice;
  }
  return ENTRA_GENERAL_ADVICE;
}

/** The AADSTS number at the start of a message, for clients that keep only the message. */
export function aadstsCodes(message: string): readonly number[] {
  const digits = /AADSTS(\d{4,9})/.exec(message)?.[1];
  return digits === undefined ? [] : [Number(digits)];
}

/** For a 401 that asks for claims: continuous access evaluation, or stronger authentication. */
export const CLAIMS_ADVICE =
  'The token is valid but no longer enough: the user, the app or a policy has changed since it was issued (continuous access evaluation). Request a new token with the claims in values.claims, bypassing any cache; refreshToken receives them as context.claims.';
