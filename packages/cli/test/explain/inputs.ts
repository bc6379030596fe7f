import { expect } from 'vitest';

/** An input as somebody pastes it, and what is to be said about it. */
export interface Row {
  readonly what: string;
  readonly input: string;
  readonly args?: readonly string[];
  /** The exit code: 10 retryable, 11 terminal, 12 not understood, 0 no error. */
  readonly exit: 0 | 10 | 11 | 12;
  /** Fields of the explanation. */
  readonly says?: Readonly<Record<string, unknown>>;
  /** What the text for a person contains. */
  readonly shows?: readonly string[];
}

export const TRACKING = '43f4cb08-8fac-4b65-9db1-745c2ae65f3a';

const envelope = (code: string, message: string, target = TRACKING): string =>
  JSON.stringify({ error: { code, message, target } });

const graph = (code: string, message: string): string =>
  JSON.stringify({
    error: {
      code,
      message,
      innerError: {
        date: '2026-11-24T05:38:00',
        'request-id': TRACKING,
        'client-request-id': 'mine',
      },
    },
  });

/** Bodies that Defender XDR and Defender for Endpoint send; their sources are in the catalogue and its tests. */
const defender: readonly Row[] = [
  {
    what: "the first example of Microsoft's page",
    input: envelope('ResourceNotFound', 'Machine 123123123 was not found'),
    exit: 11,
    says: {
      code: 'ResourceNotFound',
      values: { resource: 'Machine 123123123' },
      trackingId: TRACKING,
    },
    shows: [`Tracking ID  ${TRACKING}`, 'resource: Machine 123123123'],
  },
  {
    what: 'the second example, with the request that caused it',
    input: envelope('InvalidRequestBody', 'Request body is incorrect'),
    args: [
      '-r',
      'POST https://api.securitycenter.microsoft.com/api/machines/1/isolate',
      '--sent',
      '{"comment":"x","IsolationType":"Full"}',
    ],
    exit: 11,
    says: { operation: 'machines.isolate', bodyMistake: expect.stringContaining('`Comment`') },
    shows: ['you sent `comment`', '1. Parameter names must be exact'],
  },
  {
    what: 'a used-up quota, as the service really sends it',
    input: envelope(
      '429',
      'API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.',
    ),
    exit: 10,
    says: {
      code: 'TooManyRequests',
      retryAfterMs: 8_000,
      values: { limit: 30, windowMs: 60_000, key: 'Destination+TenantID+AppID', waitMs: 8_000 },
    },
    shows: ['Yes, after 8 seconds', 'limit: 30', 'per: 1 minute'],
  },
  {
    what: 'the same of 2021, without a wait',
    input: envelope('429', 'API calls quota exceeded! maximum allowed 45 per 00:01:00'),
    exit: 10,
    says: { values: { limit: 45, windowMs: 60_000 } },
  },
  {
    what: 'the processing time of the tenant used up',
    input: envelope(
      'TooManyRequests',
      'You have exceeded processing resources allocated to this tenant. You can run queries again in 00:12:00.',
    ),
    exit: 10,
    says: { retryAfterMs: 720_000 },
    shows: ['after 12 minutes'],
  },
  {
    what: 'missing roles',
    input: envelope(
      'Forbidden',
      'Missing application roles. API required roles: Machine.Read.All,Machine.ReadWrite.All, application roles: Alert.Read.All.',
    ),
    exit: 11,
    says: { missingRoles: ['Machine.Read.All', 'Machine.ReadWrite.All'] },
    shows: ['missing: Machine.Read.All, Machine.ReadWrite.All', 'No, the caller is known'],
  },
  {
    what: 'a missing licence that looks like a bad token',
    input: envelope(
      'Unauthorized',
      'Unauthorized request - reason of failure: Account mode is inactive',
    ),
    exit: 11,
    shows: ['licence', 'reason: Account mode is inactive'],
  },
  {
    what: 'another',
    input: envelope('Unauthorized', 'Unauthorized request - reason of failure: No Tvm license'),
    exit: 11,
    shows: ['a new token will not'],
  },
  {
    what: 'a token of another API',
    input: envelope('Unauthorized', 'Invalid Authorization payload. AppId: 1, Audience: 2'),
    exit: 11,
    shows: ['No, the credential is refused'],
  },
  {
    what: 'a query that ran out of resources',
    input: envelope(
      'BadRequest',
      'Query execution has exceeded the allowed limits. The query execution was preempted. This could possibly be due to high CPU and/or memory resource consumption. Optimize your query by following best practices and try again.',
    ),
    exit: 11,
    shows: ['narrow its time range'],
  },
  {
    what: 'a query whose result is too big',
    input: envelope(
      'BadRequest',
      'Query execution has exceeded the allowed result size. Optimize your query by limiting the number of results and try again.',
    ),
    exit: 11,
  },
  { what: 'a missing query', input: envelope('InvalidRequestBody', 'Missing query.'), exit: 11 },
  {
    what: 'an action that is running',
    input: envelope('ActiveRequestAlreadyExists', 'Action is already in progress'),
    exit: 11,
    shows: ['something similar is in progress', 'machineactions'],
  },
  {
    what: 'a device without automation',
    input: envelope('DisallowedOperation', 'This device has no automation level assigned to it.'),
    exit: 11,
    says: { code: 'DisallowedOperation' },
  },
  {
    what: 'a feature that is off',
    input: envelope('DisabledFeature', 'Tenant feature is not enabled.'),
    exit: 11,
  },
  {
    what: 'an old client',
    input: envelope('ClientVersionNotSupported', 'Operation available in version 10.6 and above.'),
    exit: 11,
  },
  {
    what: 'another platform',
    input: envelope('OsPlatformNotSupported', 'OS Linux is not supported for this action.'),
    exit: 11,
  },
  {
    what: 'a bad hash',
    input: envelope('InvalidHashValue', 'Hash value abc is invalid.'),
    exit: 11,
    says: { values: { hash: 'abc' } },
  },
  {
    what: 'too large a batch',
    input: envelope(
      'MaximumBatchSizeExceeded',
      'Maximum batch size exceeded. Received: 501, allowed: 500.',
    ),
    exit: 11,
  },
  {
    what: 'a parameter that is missing',
    input: envelope('MissingRequiredParameter', 'Parameter Comment is missing.'),
    exit: 11,
  },
  {
    what: 'an internal error without a message',
    input: envelope('InternalServerError', ''),
    exit: 10,
    says: { code: 'InternalServerError', verdict: 'retryable', trackingId: TRACKING },
    shows: ['Yes, the service itself reports the failure'],
  },
  {
    what: 'a tracking ID that is no GUID',
    input: envelope('NotFound', 'x', '|8b7d5947-428b0a9cb9bb1600.'),
    exit: 11,
    says: { trackingId: '|8b7d5947-428b0a9cb9bb1600.' },
  },
  {
    what: 'a code that nobody knows, without a status',
    input: envelope('SomethingNew', 'x'),
    exit: 12,
    says: { understood: false, code: 'SomethingNew', trackingId: TRACKING },
    shows: ['--status'],
  },
  {
    what: 'the same with its status',
    input: envelope('SomethingNew', 'x'),
    args: ['--status', '503'],
    exit: 10,
    says: { code: 'SomethingNew', status: 503 },
  },
];

/** What Graph, Entra, Azure Storage and gateways send. */
const others: readonly Row[] = [
  {
    what: 'an expired token of Graph',
    input: graph('InvalidAuthenticationToken', 'Lifetime validation failed, the token is expired.'),
    exit: 11,
    says: { trackingId: TRACKING, time: '2026-11-24T05:38:00.000Z' },
    shows: ['https://graph.microsoft.com/.default'],
  },
  {
    what: 'a missing privilege in Graph',
    input: graph(
      'Authorization_RequestDenied',
      'Insufficient privileges to complete the operation.',
    ),
    exit: 11,
  },
  {
    what: "Graph's code that says nothing",
    input: graph('UnknownError', ''),
    exit: 12,
    says: { understood: false, meaning: expect.stringContaining('no details') },
  },
  {
    what: 'the same with 504',
    input: graph('UnknownError', ''),
    args: ['-s', '504'],
    exit: 10,
    says: { ambiguous: true },
  },
  {
    what: 'Graph under maintenance',
    input: graph('serviceNotAvailable', 'Service unavailable'),
    exit: 10,
  },
  {
    what: 'a Defender error inside the message of Graph',
    input: graph(
      'BadRequest',
      `Http request failed with statusCode=BadRequest : ${envelope('InvalidRequestBody', 'Request body is incorrect', 'inner')}`,
    ),
    exit: 11,
    says: { code: 'InvalidRequestBody', trackingId: 'inner' },
  },
  {
    what: 'an expired link to the next page',
    input: graph(
      'Directory_ExpiredPageToken',
      'The specified page token value has expired and can no longer be included in your request.',
    ),
    exit: 11,
    shows: ['start the list again'],
  },
  {
    what: 'a wrong client secret',
    input: JSON.stringify({
      error: 'invalid_client',
      error_description:
        'AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value.',
      error_codes: [7_000_215],
      trace_id: TRACKING,
    }),
    exit: 11,
    says: { code: 'invalid_client', status: 401, trackingId: TRACKING },
    shows: ['The client secret is wrong'],
  },
  {
    what: "Azure Storage's XML",
    input:
      '<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.</Message></Error>',
    exit: 11,
    says: { code: 'AuthenticationFailed', status: 403 },
  },
  {
    what: "a gateway's page",
    input:
      '<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>',
    exit: 10,
    says: { code: 'Http502', ambiguous: true },
    shows: ['if repeating it does no harm'],
  },
  {
    what: 'API Management',
    input: '{ "statusCode": 429, "message": "Rate limit is exceeded. Try again in 23 seconds." }',
    exit: 10,
    says: { retryAfterMs: 23_000 },
  },
  {
    what: 'Logic Apps',
    input: '{"statusCode":404,"message":"Resource not found"}',
    exit: 11,
    says: { code: 'Http404' },
  },
];

/** Whole responses, HAR entries, lines of logs and bare codes. */
const forms: readonly Row[] = [
  {
    what: 'curl -i, through a proxy, with a date',
    input: `HTTP/1.1 200 Connection established\r\n\r\nHTTP/2 503 \r\ndate: Sat, 28 Nov 2026 08:00:00 GMT\r\nretry-after: Sat, 28 Nov 2026 08:00:30 GMT\r\n\r\nupstream connect error`,
    exit: 10,
    says: { status: 503, retryAfterMs: 30_000, time: '2026-11-28T08:00:00.000Z' },
  },
  {
    what: 'curl -v, with a token in it',
    input: `* Connected to api.security.microsoft.com (10.0.0.1) port 443\n> GET /api/incidents?$top=200 HTTP/2\n> Host: api.security.microsoft.com\n> authorization: Bearer eyJ0eXAiOiJKV1QiLCJh.eyJh.sig\n> \n< HTTP/2 400 \n< content-type: application/json\n< \n{ [120 bytes data]\n${envelope('ODataError', 'Invalid OData URI query.')}\n* Connection #0 left intact`,
    exit: 11,
    says: { code: 'ODataError', operation: 'incidents.list', route: 'GET /api/incidents' },
  },
  { what: 'a response that is no error', input: 'HTTP/1.1 200 OK\r\n\r\n{"value":[]}', exit: 0 },
  {
    what: 'an entry of a HAR file, with a slip in its body',
    input: JSON.stringify({
      startedDateTime: '2026-11-28T09:00:00.000+01:00',
      request: {
        method: 'POST',
        url: 'https://api.securitycenter.microsoft.com/api/machines/7/runAntiVirusScan',
        headers: [{ name: 'Authorization', value: 'Bearer secret-token-of-somebody' }],
        postData: { mimeType: 'application/json', text: '{"Comment":"c","scanType":"Quick"}' },
      },
      response: {
        status: 400,
        headers: [{ name: 'Content-Type', value: 'application/json' }],
        content: {
          text: Buffer.from(envelope('InvalidRequestBody', 'Request body is incorrect')).toString(
            'base64',
          ),
          encoding: 'base64',
        },
      },
    }),
    exit: 11,
    says: { time: '2026-11-28T08:00:00.000Z', bodyMistake: expect.stringContaining('`ScanType`') },
  },
  {
    what: 'a gateway timeout of an action in a HAR file',
    input: JSON.stringify({
      log: {
        entries: [
          {
            request: { method: 'GET', url: 'https://api.security.microsoft.com/api/incidents' },
            response: { status: 200 },
          },
          {
            request: {
              method: 'POST',
              url: 'https://api.securitycenter.microsoft.com/api/machines/7/isolate',
            },
            response: { status: 504, content: { text: '' } },
          },
        ],
      },
    }),
    exit: 11,
    says: { code: 'Http504', ambiguous: true, verdict: 'terminal' },
    shows: ['not blindly', 'machineactions'],
  },
  {
    what: "this package's log",
    input: `{"level":50,"time":1795939200000,"operation":"machines.list","outcome":"failed","attempts":4,"code":"InternalServerError","status":500,"verdict":"retryable","trackingId":"${TRACKING}","msg":"machines.list failed with 500 InternalServerError after 4 attempts"}`,
    exit: 10,
    says: { operation: 'machines.list', trackingId: TRACKING, time: '2026-11-29T08:00:00.000Z' },
  },
  {
    what: "this package's log on the console",
    input: `incidents.list failed with 403 Forbidden, tracking ID ${TRACKING} after 1 attempt`,
    exit: 11,
    says: { code: 'Forbidden', status: 403, operation: 'incidents.list', trackingId: TRACKING },
  },
  {
    what: "Python's requests",
    input:
      'requests.exceptions.HTTPError: 429 Client Error: Too Many Requests for url: https://api.securitycenter.microsoft.com/api/machines?$top=5',
    exit: 10,
    says: { status: 429, operation: 'machines.list' },
  },
  {
    what: "Python's urllib",
    input: 'urllib.error.HTTPError: HTTP Error 403: Forbidden',
    exit: 11,
    says: { code: 'Forbidden', status: 403 },
  },
  {
    what: 'a dictionary that Python printed',
    input: `ERROR could not list: {'error': {'code': 'Forbidden', 'message': "Can't do it", 'target': '${TRACKING}'}}`,
    exit: 11,
    says: { code: 'Forbidden', message: "Can't do it", trackingId: TRACKING },
  },
  {
    what: 'Windows PowerShell',
    input: 'Invoke-RestMethod : The remote server returned an error: (403) Forbidden.',
    exit: 11,
    says: { status: 403 },
  },
  {
    what: 'PowerShell 7',
    input: `Invoke-RestMethod: Response status code does not indicate success: 503 (Service Unavailable).`,
    exit: 10,
    says: { status: 503 },
  },
  {
    what: 'Logstash, with the body escaped in it',
    input: `[2026-11-28T08:00:00,123][ERROR][logstash.inputs.http_poller] Received error {"status":429,"body":"{\\"error\\":{\\"code\\":\\"429\\",\\"message\\":\\"API calls quota exceeded! Maximum allowed 45 per 00:01:00. You can send requests again in 12 seconds.\\"}}"}`,
    exit: 10,
    says: { retryAfterMs: 12_000 },
  },
  {
    what: 'a log with two errors, one of them twice',
    input: `2026-11-28T08:00:00Z GET https://api.security.microsoft.com/api/incidents failed: 500\n2026-11-28T08:01:00Z started\n2026-11-28T08:02:00Z GET https://api.security.microsoft.com/api/incidents failed: 500\n2026-11-28T08:03:00Z GET https://api.security.microsoft.com/api/incidents/7 failed: 404`,
    exit: 11,
    says: { status: 500, seen: 2, operation: 'incidents.list', time: '2026-11-28T08:00:00.000Z' },
  },
  {
    what: 'a reset in Node',
    input: 'TypeError: fetch failed { [cause]: Error: read ECONNRESET }',
    exit: 10,
    says: { code: 'ECONNRESET' },
  },
  { what: 'a code of Node', input: 'ENOTFOUND', exit: 10, shows: ['DNS does not know the host.'] },
  { what: 'a certificate that is not trusted', input: 'SELF_SIGNED_CERT_IN_CHAIN', exit: 11 },
  {
    what: "a number of Entra's",
    input: 'AADSTS700016',
    exit: 11,
    says: { code: 'AADSTS700016' },
    shows: ['check the client ID'],
  },
  {
    what: 'a code in other letters',
    input: 'tooManyRequests',
    exit: 10,
    says: { code: 'TooManyRequests', status: 429, statusAssumed: true },
  },
  { what: 'a status', input: '504', exit: 10, says: { code: 'Http504', status: 504 } },
  {
    what: "this package's own refusal",
    input: 'CircuitOpenError',
    exit: 10,
    says: { code: 'CircuitOpen' },
    shows: ['its circuit is open'],
  },
  {
    what: 'a sentence',
    input: 'the quick brown fox',
    exit: 12,
    shows: ['Not understood', 'curl -i'],
  },
  { what: 'nothing', input: '', exit: 12 },
];

export const rows: readonly Row[] = [...defender, ...others, ...forms];
