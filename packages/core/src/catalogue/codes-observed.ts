import type { CodeRow } from './entry.ts';

/** Codes that are not on Microsoft's page of common error codes, but that the services send. */
export type ObservedCode =
  | 'TooManyRequests'
  | 'ActiveRequestAlreadyExists'
  | 'AuthenticationFailed'
  | 'InvalidAuthenticationToken'
  | 'Authentication_MSGraphPermissionMissing'
  | 'Authentication_RequestFromNonPremiumTenantOrB2CTenant'
  | 'Authorization_RequestDenied'
  | 'UnknownError'
  | 'serviceNotAvailable'
  | 'Directory_ExpiredPageToken'
  | 'DirectoryPageTokenNotFoundException'
  | 'resyncRequired';

const MDE_ERRORS = 'https://learn.microsoft.com/defender-endpoint/api/common-errors';

const GRAPH = {
  documented: false,
  families: ['graph'],
  verdict: 'terminal',
  docs: 'https://learn.microsoft.com/graph/errors',
} as const;

/** Advice for a link to the next page, or to the changes since a time, that is no longer valid. */
export const START_AGAIN =
  'The link to the next page has expired and will not work again: start the list again from its first page. Do not pause for long between pages, and take each link from the last successful response.';

const PAGING = 'https://learn.microsoft.com/graph/paging';

const QUOTA = 'API calls quota exceeded! Maximum allowed {limit} per {windowMs}';

export const observedCodes: Readonly<Record<ObservedCode, CodeRow>> = {
  TooManyRequests: {
    // The service sends the number; the documentation has the name.
    aliases: ['429'],
    status: 429,
    documented: false,
    families: ['xdr', 'mde', 'graph'],
    class: 'throttle',
    verdict: 'retryable',
    template: `${QUOTA} for the key {key}. You can send requests again in {waitMs}.`,
    otherTemplates: [
      `${QUOTA}. You can send requests again in {waitMs}.`,
      `${QUOTA} for the key {key}.`,
      QUOTA,
      'You have exceeded processing resources allocated to this tenant. You can run queries again in {waitMs}.',
      'Response represents reaching quota limit either by number of requests or by CPU.',
      // Azure API Management, https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies
      'Rate limit is exceeded. Try again in {waitMs}.',
      'Out of call volume quota. Quota will be replenished in {waitMs}.',
      'Out of bandwidth quota. Quota will be replenished in {waitMs}.',
    ],
    variables: { limit: 'number', windowMs: 'timespan', waitMs: 'duration' },
    meaning: 'The quota of calls or of processing time is used up.',
    advice:
      'Wait as long as the response says, because calls in the meantime count too. If it happens often, spread the calls over time, use larger pages, poll less, and look for other callers with the same app and tenant; hunting has one quota for the whole tenant.',
    docs: MDE_ERRORS,
    source: MDE_ERRORS,
    otherSources: [
      'https://github.com/MicrosoftDocs/microsoft-365-docs/issues/4616',
      'https://github.com/colin-stubbs/minemeld-wd-atp',
      'https://learn.microsoft.com/defender-xdr/advanced-hunting-errors',
      'https://learn.microsoft.com/azure/api-management/api-management-error-handling-policies',
    ],
  },
  ActiveRequestAlreadyExists: {
    status: 400,
    documented: false,
    families: ['mde'],
    class: 'conflict',
    verdict: 'terminal',
    template: 'Action is already in progress',
    meaning: 'An action of this kind is already running or pending on the device.',
    advice:
      "Find the action among the device's machine actions (GET /api/machineactions, or Action center in the Defender portal) and wait for it, or cancel it. If the request was sent twice, the first one usually worked.",
    docs: 'https://learn.microsoft.com/defender-endpoint/api/run-live-response',
    source: 'https://learn.microsoft.com/defender-endpoint/api/run-live-response',
    otherSources: ['https://github.com/MicrosoftDocs/microsoft-365-docs/issues/5903'],
  },
  AuthenticationFailed: {
    status: 403,
    documented: false,
    families: ['mde'],
    class: 'auth',
    verdict: 'terminal',
    template:
      'Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.',
    meaning: 'Azure Storage refuses the signed URL of an export: it has expired or was modified.',
    advice:
      'Call the export operation again for new URLs and download them at once, exactly as given and without an Authorization header.',
    docs: 'https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes',
    source: 'https://github.com/elastic/integrations/pull/15749',
  },
  InvalidAuthenticationToken: {
    ...GRAPH,
    status: 401,
    class: 'auth',
    template: 'Lifetime validation failed, the token is expired.',
    otherTemplates: [
      'Access token validation failure. {reason}.',
      'CompactToken validation failed with reason code: {reason}.',
      'Signature is invalid.',
    ],
    meaning: 'Graph rejects the access token: it is expired, empty or for another API.',
    advice:
      'Request a new token from Entra with the scope https://graph.microsoft.com/.default; a token for Defender XDR or Defender for Endpoint does not work here.',
    docs: 'https://learn.microsoft.com/graph/resolve-auth-errors',
    source: 'https://github.com/wazuh/wazuh-documentation/issues/7620',
    otherSources: [
      'https://github.com/microsoftgraph/microsoft-graph-docs/issues/16208',
      'https://github.com/microsoftgraph/python-sample-auth/issues/10',
      'https://github.com/s1t5/mail-archiver/issues/267',
    ],
  },
  Authentication_MSGraphPermissionMissing: {
    ...GRAPH,
    status: 403,
    class: 'permission',
    template: 'The principal does not have required Microsoft Graph permission(s): {required}.',
    otherTemplates: ['Calling principal does not have required MSGraph permissions {required}'],
    variables: { required: 'list' },
    meaning: 'The app lacks a Microsoft Graph permission.',
    advice:
      'In the Entra admin center open App registrations > your app > API permissions > Microsoft Graph, add the named permission, choose Grant admin consent, and request a new token.',
    docs: 'https://learn.microsoft.com/graph/permissions-reference',
    source: 'https://github.com/T0pCyber/hawk/issues/275',
  },
  Authentication_RequestFromNonPremiumTenantOrB2CTenant: {
    ...GRAPH,
    status: 403,
    class: 'permission',
    template: "Neither tenant is B2C or tenant doesn't have premium license",
    otherTemplates: ["Tenant is not a B2C tenant and doesn't have premium license"],
    meaning: 'The operation requires an Entra ID P1 or P2 licence, which the tenant does not have.',
    advice:
      "Check the tenant's licences in the Microsoft 365 admin center (Billing > Licenses). If it has one, grant the app Directory.Read.All so that Graph can see it; without that permission the error is intermittent.",
    docs: 'https://learn.microsoft.com/azure/active-directory/reports-monitoring/troubleshoot-graph-api',
    source: 'https://github.com/microsoftgraph/microsoft-graph-docs/issues/12919',
    otherSources: [
      'https://github.com/microsoftgraph/microsoft-graph-docs/issues/12537',
      'https://github.com/microsoft/woodgrove-groceries/issues/51',
    ],
  },
  Authorization_RequestDenied: {
    ...GRAPH,
    status: 403,
    class: 'permission',
    template: 'Insufficient privileges to complete the operation.',
    meaning: 'The app, or the user it acts for, lacks the privilege for this operation in Graph.',
    advice:
      'In the Entra admin center check App registrations > your app > API permissions for a missing permission or consent; for a signed-in user check the role too, such as Security Reader or Security Operator (Roles & admins).',
    docs: 'https://learn.microsoft.com/graph/resolve-auth-errors',
    source: 'https://github.com/T0pCyber/hawk/issues/275',
  },
  UnknownError: {
    ...GRAPH,
    status: 500,
    otherStatuses: [400, 403, 504],
    class: 'server',
    // Seen with 500 and 504, but with 403 for a missing permission too.
    verdict: 'by-status',
    template: '',
    meaning: 'Graph gives no details: only the status says anything.',
    advice:
      "Go by the status: for a 403 check the app's Graph permissions and its admin consent; for a 5xx try a smaller request, and give Microsoft support the request-id.",
    source: 'https://github.com/microsoftgraph/microsoft-graph-docs/issues/19954',
    otherSources: [
      'https://github.com/microsoftgraph/microsoft-graph-docs/issues/19084',
      'https://github.com/microsoftgraph/security-api-solutions/issues/121',
      'https://github.com/microsoft/zerotrustassessment/pull/1352',
    ],
  },
  serviceNotAvailable: {
    ...GRAPH,
    status: 503,
    class: 'server',
    verdict: 'retryable',
    template: 'Service unavailable',
    meaning: 'Graph, or the service behind it, is overloaded or under maintenance.',
    advice:
      'Wait for the time in Retry-After, or for a few seconds, and try again. If it persists, check Service health in the Microsoft 365 admin center.',
    source: 'https://github.com/MicrosoftDocs/feedback/issues/2614',
  },
  Directory_ExpiredPageToken: {
    ...GRAPH,
    status: 400,
    class: 'input',
    template:
      'The specified page token value has expired and can no longer be included in your request.',
    meaning: 'The link to the next page of a list has expired.',
    advice: START_AGAIN,
    docs: PAGING,
    source: 'https://github.com/microsoftgraph/msgraph-sdk-dotnet/issues/2254',
    otherSources: ['https://github.com/microsoftgraph/msgraph-sdk-java/issues/368'],
  },
  DirectoryPageTokenNotFoundException: {
    ...GRAPH,
    status: 404,
    otherStatuses: [400],
    class: 'input',
    template: '',
    meaning: 'The link to the next page of a list is unknown: it came from a retried response.',
    advice: START_AGAIN,
    docs: PAGING,
    source: PAGING,
  },
  resyncRequired: {
    ...GRAPH,
    status: 410,
    class: 'input',
    template: '',
    meaning: 'The link to the changes since the last synchronisation is no longer valid.',
    advice: START_AGAIN,
    docs: 'https://learn.microsoft.com/graph/delta-query-overview',
    source: 'https://learn.microsoft.com/graph/delta-query-overview',
  },
};
