import type { CodeRow } from './entry.ts';
import { XDR_ERRORS } from './sources.ts';

/** The documented codes of every other status: the service refuses, does not find, or fails. */
export type RefusalCode =
  | 'Unauthorized'
  | 'Forbidden'
  | 'DisabledFeature'
  | 'DisallowedOperation'
  | 'NotFound'
  | 'ResourceNotFound'
  | 'InternalServerError';

const DOCUMENTED = {
  documented: true,
  verdict: 'terminal',
  families: ['xdr', 'mde'],
  docs: XDR_ERRORS,
  source: XDR_ERRORS,
} as const;

export const refusalCodes: Readonly<Record<RefusalCode, CodeRow>> = {
  Unauthorized: {
    ...DOCUMENTED,
    families: ['xdr', 'mde', 'graph'],
    status: 401,
    class: 'auth',
    template: 'Unauthorized',
    otherTemplates: [
      'Unauthorized request - reason of failure: {reason}',
      'Invalid Authorization payload. AppId: {appId}, Audience: {audience}, Issuer: {issuer}, Validity: {validity}',
    ],
    otherSources: [
      'https://github.com/MicrosoftDocs/microsoft-365-docs/issues/12426',
      'https://github.com/elastic/beats/issues/41926',
    ],
    meaning:
      'The access token is missing, expired or meant for another API, or the tenant has no licence.',
    advice:
      "Ask Entra for a new token; one lives about an hour. Where it is refused again, check its audience (aud): https://api.security.microsoft.com for Defender XDR, https://api.securitycenter.microsoft.com for Defender for Endpoint, https://graph.microsoft.com for Graph; they do not stand in for each other. Where the message names the account's mode or a licence, a new token will not help: check the tenant's licences in the Microsoft 365 admin center (Billing > Licenses).",
  },
  Forbidden: {
    ...DOCUMENTED,
    families: ['xdr', 'mde', 'graph'],
    status: 403,
    class: 'permission',
    template: 'Forbidden',
    otherTemplates: [
      'Missing application roles. API required roles: {required}, application roles: {present}.',
      'Missing application roles. API required roles: {required}.',
    ],
    variables: { required: 'list', present: 'list' },
    otherSources: ['https://github.com/Azure/Azure-Sentinel/issues/7924'],
    meaning: 'The token is valid, but lacks the permission that the operation needs.',
    advice:
      'In the Entra admin center open App registrations > your app > API permissions, add one of the required roles for this API and choose Grant admin consent; then ask for a new token, since an old one keeps its old roles. Where the app has the role, check its scope of devices in the Defender portal (Settings > Endpoints > Permissions > Device groups), and that the tenant is onboarded.',
  },
  DisabledFeature: {
    ...DOCUMENTED,
    status: 403,
    class: 'permission',
    template: 'Tenant feature is not enabled.',
    meaning: 'The tenant has the feature switched off, or no licence for it.',
    advice:
      "Switch it on in the Defender portal (Settings > Endpoints > Advanced features), or check that the tenant's plan contains it.",
  },
  DisallowedOperation: {
    ...DOCUMENTED,
    status: 403,
    class: 'permission',
    template: '{reason}.',
    otherTemplates: [
      "This device has no automation level assigned to it. You'll need to at least enable the minimum Remediation Level for a given Device Group.",
    ],
    otherSources: ['https://github.com/MicrosoftDocs/microsoft-365-docs/issues/6054'],
    meaning: 'A rule of the tenant or of the device group forbids the operation.',
    advice:
      'Read the message for the rule. For a device without an automation level: set one in the Defender portal (Settings > Endpoints > Permissions > Device groups), or leave that device out.',
  },
  NotFound: {
    ...DOCUMENTED,
    families: ['xdr', 'mde', 'graph'],
    status: 404,
    class: 'not_found',
    template: 'General Not Found error message.',
    meaning: 'Nothing is there: no such route, or nothing to give yet.',
    advice:
      'Check the host, the path and its API version. A list of devices answers 404 when no device reported lately, and getPackageUri while the package is not ready: ask the machine action for its status first.',
  },
  ResourceNotFound: {
    ...DOCUMENTED,
    status: 404,
    class: 'not_found',
    template: 'Resource {resource} was not found.',
    otherTemplates: ['{resource} was not found'],
    meaning: 'No resource of that ID exists in this tenant, or the app may not see it.',
    advice:
      'Check the ID, and that the token is of the tenant which holds it. A device drops out once its data has aged beyond the retention period.',
  },
  InternalServerError: {
    ...DOCUMENTED,
    families: ['xdr', 'mde', 'graph'],
    status: 500,
    class: 'server',
    verdict: 'retryable',
    template: '',
    meaning: 'The service failed at this request; documentation says to send it again.',
    advice:
      'Send it again after a while. Where it stays so, give Microsoft support the tracking ID and the time of the call; a query that always fails may also ask for too much at once.',
  },
};
