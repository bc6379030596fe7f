import { type Answer, ApiError, type Call, ok, type Route } from '../call.ts';
import { AUDIENCES } from '../tokens.ts';

const DEFAULT_SCOPE = '/.default';

/** The name of a tenant or application that does not exist; every other one is accepted. */
const UNKNOWN = 'unknown';
/** A secret that is refused as not the application's. */
const WRONG_SECRET = 'wrong';
/** A secret that is refused as expired. */
const EXPIRED_SECRET = 'expired';

function refusal(code: string, number: number, sentence: string, status = 400): ApiError {
  return new ApiError(code, { status, message: `AADSTS${number}: ${sentence}` });
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value !== null && value !== '') return value;
  const sentence = `The request body must contain the following parameter: '${name}'.`;
  throw refusal('invalid_request', 900_144, sentence);
}

function checkGrant(form: URLSearchParams): void {
  const grant = required(form, 'grant_type');
  if (grant !== 'client_credentials') {
    const sentence = `The app requested an unsupported grant type '${grant}'.`;
    throw refusal('unsupported_grant_type', 70_003, sentence);
  }
  if (form.has('resource')) {
    const sentence = "The 'resource' request parameter is not supported.";
    throw refusal('invalid_request', 901_002, sentence);
  }
}

function checkSecret(form: URLSearchParams, app: string): void {
  const secret = form.get('client_secret') ?? form.get('client_assertion');
  const faults: Readonly<Record<string, readonly [number, string]>> = {
    [WRONG_SECRET]: [
      7_000_215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${app}'.`,
    ],
    [EXPIRED_SECRET]: [7_000_222, `The provided client secret keys for app '${app}' are expired.`],
  };
  if (secret === null || secret === '') {
    throw refusal(
      'invalid_client',
      7_000_216,
      "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
      401,
    );
  }
  const fault = Object.hasOwn(faults, secret) ? faults[secret] : undefined;
  if (fault !== undefined) throw refusal('invalid_client', ...fault, 401);
}

function resourceOf(form: URLSearchParams, tenant: string): string {
  const scope = required(form, 'scope');
  if (!scope.endsWith(DEFAULT_SCOPE)) {
    const sentence = `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`;
    throw refusal('invalid_scope', 1_002_012, sentence);
  }
  const resource = scope.slice(0, -DEFAULT_SCOPE.length).replace(/\/$/, '');
  if (!Object.hasOwn(AUDIENCES, resource)) {
    const sentence = `The resource principal named ${resource} was not found in the tenant named ${tenant}.`;
    throw refusal('invalid_resource', 500_011, sentence);
  }
  return resource;
}

function token(call: Call): Answer {
  const tenant = call.params['tenant'] ?? '';
  if (tenant === UNKNOWN) {
    throw refusal('invalid_request', 90_002, `Tenant '${tenant}' not found.`);
  }
  const form = new URLSearchParams(call.bodyText);
  checkGrant(form);
  const app = required(form, 'client_id');
  if (app === UNKNOWN) {
    const sentence = `Application with identifier '${app}' was not found in the directory '${tenant}'.`;
    throw refusal('unauthorized_client', 700_016, sentence);
  }
  const resource = resourceOf(form, tenant);
  checkSecret(form, app);
  const seconds = Math.floor(call.tokens.lifetimeMs / 1000);
  return ok({
    token_type: 'Bearer',
    expires_in: seconds,
    ext_expires_in: seconds,
    access_token: call.tokens.issue({ tenant, app, resource }),
  });
}

export const tokenRoutes: readonly Route[] = [
  { method: 'POST', path: '/:tenant/oauth2/v2.0/token', handle: token },
];
