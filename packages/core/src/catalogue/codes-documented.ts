import type { CodeRow } from './entry.ts';

/** The codes on Microsoft's page of common error codes, in the order of the page. */
export type DocumentedCode =
  | 'BadRequest'
  | 'ODataError'
  | 'InvalidInput'
  | 'InvalidRequestBody'
  | 'InvalidHashValue'
  | 'InvalidDomainName'
  | 'InvalidIpAddress'
  | 'InvalidUrl'
  | 'MaximumBatchSizeExceeded'
  | 'MissingRequiredParameter'
  | 'OsPlatformNotSupported'
  | 'ClientVersionNotSupported'
  | 'Unauthorized'
  | 'Forbidden'
  | 'DisabledFeature'
  | 'DisallowedOperation'
  | 'NotFound'
  | 'ResourceNotFound'
  | 'InternalServerError';

const PAGE = 'https://learn.microsoft.com/defender-xdr/api-error-codes';

const DOCUMENTED = {
  documented: true,
  verdict: 'terminal',
  families: ['xdr', 'mde'],
  docs: PAGE,
  source: PAGE,
} as const;

const INPUT = { ...DOCUMENTED, status: 400, class: 'input' } as const;

const ALL_FAMILIES = ['xdr', 'mde', 'graph'] as const;

export const documentedCodes: Readonly<Record<DocumentedCode, CodeRow>> = {
  BadRequest: {
    ...INPUT,
    families: ALL_FAMILIES,
    template: 'General Bad Request error message.',
    otherTemplates: [
      'Query execution has exceeded the allowed result size. Optimize your query by limiting the number of results and try again.',
      'Query execution has exceeded the allowed limits. The query execution was preempted. This could possibly be due to high CPU and/or memory resource consumption. Optimize your query by following best practices and try again.',
    ],
    otherSources: [
      'https://github.com/MicrosoftDocs/microsoft-365-docs/issues/5874',
      'https://github.com/OpenAEV-Platform/openaev/issues/3983',
    ],
    meaning: 'The API cannot process the request; the message says why.',
    advice:
      "Read the message and compare path, query options and body with the operation's reference page. For a hunting query: narrow its time range, filter earlier or return fewer rows, because the same query will fail again.",
  },
  ODataError: {
    ...INPUT,
    template: 'Invalid OData URI query {reason}.',
    meaning: 'An OData option in the URL, such as $filter or $top, is invalid.',
    advice:
      "Check the spelling of $filter, $top, $skip, $expand and of the property names, percent-encode the values, and keep $top within the operation's limit.",
  },
  InvalidInput: {
    ...INPUT,
    template: 'Invalid input {input}.',
    meaning: 'The operation does not accept a value in the request.',
    advice:
      "Compare the named value with the type, range and list of allowed values on the operation's reference page.",
  },
  InvalidRequestBody: {
    ...INPUT,
    families: ALL_FAMILIES,
    template: 'Invalid request body.',
    otherTemplates: ['Request body is incorrect', 'Missing query.'],
    otherSources: ['https://github.com/MicrosoftDocs/microsoft-365-docs/issues/10581'],
    meaning: 'The JSON body is malformed, or a parameter is misspelt or has the wrong type.',
    advice:
      "Compare the body with the example on the operation's reference page: parameter names are case-sensitive. Serialise it with JSON.stringify, because a raw line break inside a string makes it malformed, and send Content-Type: application/json.",
  },
  InvalidHashValue: {
    ...INPUT,
    template: 'Hash value {hash} is invalid.',
    meaning: 'The operation does not accept this kind of file hash.',
    advice:
      'Send 40 hexadecimal digits for SHA-1 or 64 for SHA-256, without spaces or a prefix. Actions on files accept SHA-1 only.',
  },
  InvalidDomainName: {
    ...INPUT,
    template: 'Domain name {domain} is invalid.',
    meaning: 'The domain name in the request is invalid.',
    advice: 'Send only the name, such as contoso.com: no scheme, path, port or trailing dot.',
  },
  InvalidIpAddress: {
    ...INPUT,
    template: 'IP address {ip} is invalid.',
    meaning: 'The IP address in the request is invalid.',
    advice: 'Send one IPv4 or IPv6 address: no port, network mask or zone.',
  },
  InvalidUrl: {
    ...INPUT,
    template: 'URL {url} is invalid.',
    meaning: 'The URL in the request is invalid.',
    advice: 'Send an absolute URL with its scheme, and percent-encode it if it is part of a path.',
  },
  MaximumBatchSizeExceeded: {
    ...INPUT,
    template: 'Maximum batch size exceeded. Received: {received}, allowed: {allowed}.',
    variables: { received: 'number', allowed: 'number' },
    meaning: 'The call contains more items than the operation accepts.',
    advice: 'Split the items into calls of at most the allowed number each.',
  },
  MissingRequiredParameter: {
    ...INPUT,
    template: 'Parameter {parameter} is missing.',
    meaning: 'A required parameter is missing or misspelt.',
    advice:
      "Add the parameter exactly as the operation's reference page spells it: names are case-sensitive.",
  },
  OsPlatformNotSupported: {
    ...INPUT,
    template: 'OS Platform {platform} is not supported for this action.',
    meaning: "The action does not support the device's operating system.",
    advice:
      "Compare the device's osPlatform (GET /api/machines/{id}) with the platforms on the action's reference page, and skip such devices.",
  },
  ClientVersionNotSupported: {
    ...INPUT,
    template: '{action} is supported on client version {version} and above.',
    otherTemplates: ['{action} is supported on client version {version} and later.'],
    meaning: 'The Defender sensor on the device is too old for the action.',
    advice:
      'Update the sensor to the named version or later (the device’s page in the Defender portal shows its version), then try again.',
  },
  Unauthorized: {
    ...DOCUMENTED,
    families: ALL_FAMILIES,
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
      'The access token is missing, expired or for another API, or the tenant has no licence.',
    advice:
      "Request a new token from Entra; a token is valid for about an hour. If it is refused too, check its audience (aud): https://api.security.microsoft.com for Defender XDR, https://api.securitycenter.microsoft.com for Defender for Endpoint, https://graph.microsoft.com for Graph; they are not interchangeable. If the message names the account's mode or a licence, a new token will not help: check the tenant's licences in the Microsoft 365 admin center (Billing > Licenses).",
  },
  Forbidden: {
    ...DOCUMENTED,
    families: ALL_FAMILIES,
    status: 403,
    class: 'permission',
    template: 'Forbidden',
    otherTemplates: [
      'Missing application roles. API required roles: {required}, application roles: {present}.',
      'Missing application roles. API required roles: {required}.',
    ],
    variables: { required: 'list', present: 'list' },
    otherSources: ['https://github.com/Azure/Azure-Sentinel/issues/7924'],
    meaning: 'The token is valid but lacks the permission that the operation requires.',
    advice:
      'In the Entra admin center open App registrations > your app > API permissions, add one of the required roles for this API and choose Grant admin consent; then request a new token, because an old one keeps its old roles. If the app has the role, check its device scope in the Defender portal (Settings > Endpoints > Permissions > Device groups), and that the tenant is onboarded.',
  },
  DisabledFeature: {
    ...DOCUMENTED,
    status: 403,
    class: 'permission',
    template: 'Tenant feature is not enabled.',
    meaning: 'The feature is turned off in the tenant, or the tenant has no licence for it.',
    advice:
      "Turn it on in the Defender portal (Settings > Endpoints > Advanced features), or check that the tenant's plan includes it.",
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
      'The message names the rule. For a device without an automation level, set one in the Defender portal (Settings > Endpoints > Permissions > Device groups), or skip the device.',
  },
  NotFound: {
    ...DOCUMENTED,
    families: ALL_FAMILIES,
    status: 404,
    class: 'not_found',
    template: 'General Not Found error message.',
    meaning: 'There is no such route, or nothing to return yet.',
    advice:
      'Check the host, the path and the API version. A list of devices answers 404 if no device reported recently, and getPackageUri while the package is not ready: check the status of the machine action first.',
  },
  ResourceNotFound: {
    ...DOCUMENTED,
    status: 404,
    class: 'not_found',
    template: 'Resource {resource} was not found.',
    otherTemplates: ['{resource} was not found'],
    meaning: 'The tenant has no resource with this ID, or the app may not see it.',
    advice:
      'Check the ID, and that the token belongs to the tenant of the resource. A device disappears when its data exceeds the retention period.',
  },
  InternalServerError: {
    ...DOCUMENTED,
    families: ALL_FAMILIES,
    status: 500,
    class: 'server',
    verdict: 'retryable',
    template: '',
    meaning: 'The service failed to process the request; Microsoft recommends trying again.',
    advice:
      'Try again later. If it persists, give Microsoft support the tracking ID and the time of the call; a query that always fails may be too large.',
  },
};
