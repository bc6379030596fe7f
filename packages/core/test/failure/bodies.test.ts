import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import type { Failure } from '../../src/failure/failure.ts';
import { containing, detached } from './support.ts';

const TRACKING = '43f4cb08-8fac-4b65-9db1-745c2ae65f3a';

interface Row {
  readonly what: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly says: Partial<Failure>;
}

const defender: readonly Row[] = [
  {
    what: 'the first example of the documentation',
    status: 404,
    body: {
      error: {
        code: 'ResourceNotFound',
        message: 'Machine 123123123 was not found',
        target: TRACKING,
      },
    },
    says: {
      code: 'ResourceNotFound',
      source: 'api',
      verdict: 'terminal',
      message: 'Machine 123123123 was not found',
      trackingId: TRACKING,
      values: { resource: 'Machine 123123123' },
    },
  },
  {
    what: 'the second',
    status: 400,
    body: {
      error: {
        code: 'InvalidRequestBody',
        message: 'Request body is incorrect',
        target: '1fa66c0f-18bd-4133-b378-36d76f3a2ba0',
      },
    },
    says: {
      code: 'InvalidRequestBody',
      verdict: 'terminal',
      trackingId: '1fa66c0f-18bd-4133-b378-36d76f3a2ba0',
    },
  },
  {
    what: 'a tracking ID that is no GUID',
    status: 400,
    body: {
      error: { code: 'BadRequest', message: 'x', target: '|8b7d5947-428b0a9cb9bb1600.' },
    },
    says: { code: 'BadRequest', trackingId: '|8b7d5947-428b0a9cb9bb1600.' },
  },
  {
    what: 'the number that the service sends for a used-up quota',
    status: 429,
    body: {
      error: {
        code: '429',
        message:
          'API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.',
        target: TRACKING,
      },
    },
    says: {
      code: 'TooManyRequests',
      verdict: 'retryable',
      retryAfterMs: 8_000,
      values: {
        limit: 30,
        windowMs: 60_000,
        key: 'Destination+TenantID+AppID',
        waitMs: 8_000,
      },
    },
  },
  {
    what: 'the same of 2021, which tells no wait',
    status: 429,
    body: {
      error: { code: '429', message: 'API calls quota exceeded! maximum allowed 45 per 00:01:00' },
    },
    says: { code: 'TooManyRequests', values: { limit: 45, windowMs: 60_000 } },
  },
  {
    what: 'the number as a number',
    status: 429,
    body: { error: { code: 429, message: 'x' } },
    says: { code: 'TooManyRequests', source: 'api' },
  },
  {
    what: 'a 401 for the want of a licence',
    status: 401,
    body: {
      error: {
        code: 'Unauthorized',
        message: 'Unauthorized request - reason of failure: Account mode is inactive',
        target: TRACKING,
      },
    },
    says: {
      code: 'Unauthorized',
      verdict: 'terminal',
      tokenUseless: true,
      values: { reason: 'Account mode is inactive' },
      advice: containing('licence'),
    },
  },
  {
    what: 'another',
    status: 401,
    body: {
      error: {
        code: 'Unauthorized',
        message: 'Unauthorized request - reason of failure: No Tvm license',
      },
    },
    says: { tokenUseless: true },
  },
  {
    what: 'missing roles',
    status: 403,
    body: {
      error: {
        code: 'Forbidden',
        message:
          'Missing application roles. API required roles: A.Read,B.Read, application roles: C.Read.',
        target: TRACKING,
      },
    },
    says: { code: 'Forbidden', values: { required: ['A.Read', 'B.Read'], present: ['C.Read'] } },
  },
  {
    what: 'a query that ran out of resources',
    status: 400,
    body: {
      error: {
        code: 'BadRequest',
        message:
          'Query execution has exceeded the allowed limits. The query execution was preempted. Optimize your query.',
      },
    },
    says: { code: 'BadRequest', verdict: 'terminal', advice: containing('narrow') },
  },
  {
    what: 'an internal error without a message',
    status: 500,
    body: { error: { code: 'InternalServerError', message: '', target: TRACKING } },
    says: { code: 'InternalServerError', verdict: 'retryable', message: '', trackingId: TRACKING },
  },
  {
    what: 'an empty code',
    status: 400,
    body: { error: { code: '', message: 'Something is wrong' } },
    says: { code: 'Http400', source: 'api', message: 'Something is wrong' },
  },
  {
    what: 'the status in the place of a code',
    status: 404,
    body: { error: { code: '404', message: 'x' } },
    says: { code: 'Http404', source: 'api' },
  },
  {
    what: 'a code that nobody knows',
    status: 400,
    body: { error: { code: 'Some.New-Code_1', message: 'x' } },
    says: { code: 'Some.New-Code_1', source: 'api', verdict: 'terminal' },
  },
  {
    what: 'a code in other letters',
    status: 403,
    body: { error: { code: ' forBIDDEN ', message: 'x' } },
    says: { code: 'Forbidden' },
  },
  {
    what: 'a code that is a sentence',
    status: 500,
    body: { error: { code: 'it all went wrong', message: 'x' } },
    says: { code: 'Http500', source: 'api' },
  },
  {
    what: 'a code that is too long',
    status: 500,
    body: { error: { code: 'A'.repeat(65), message: 'x' } },
    says: { code: 'Http500' },
  },
];

const graph: readonly Row[] = [
  {
    what: 'an error of Graph',
    status: 403,
    body: {
      error: {
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
        innerError: {
          date: '2026-11-24T05:38:00',
          'request-id': TRACKING,
          'client-request-id': 'mine',
        },
      },
    },
    says: { code: 'Authorization_RequestDenied', source: 'api', trackingId: TRACKING },
  },
  {
    what: 'the other spelling of innerError',
    status: 401,
    body: {
      error: { code: 'InvalidAuthenticationToken', message: '', innererror: { 'request-id': 'r' } },
    },
    says: { code: 'InvalidAuthenticationToken', trackingId: 'r', verdict: 'terminal' },
  },
  {
    what: 'no innerError but the headers',
    status: 503,
    headers: { 'Request-Id': 'from-header', 'client-request-id': 'mine' },
    body: { error: { code: 'serviceNotAvailable', message: 'x' } },
    says: { code: 'serviceNotAvailable', trackingId: 'from-header', verdict: 'retryable' },
  },
  {
    what: 'only the ID that the client chose',
    status: 400,
    body: { error: { code: 'BadRequest', message: 'x', innerError: { 'client-request-id': 'c' } } },
    says: { trackingId: 'c' },
  },
  {
    what: 'a code that says nothing, with 403',
    status: 403,
    body: { error: { code: 'UnknownError', message: '', innerError: { 'request-id': 'r' } } },
    says: { code: 'UnknownError', verdict: 'terminal', trackingId: 'r' },
  },
  {
    what: 'the same with 504',
    status: 504,
    body: { error: { code: 'UnknownError', message: '' } },
    says: { code: 'UnknownError', verdict: 'retryable', ambiguous: true },
  },
  {
    what: 'a Defender error in the message',
    status: 400,
    body: {
      error: {
        code: 'BadRequest',
        message: `Http request failed with statusCode=BadRequest : ${JSON.stringify({ error: { code: 'InvalidRequestBody', message: 'Request body is incorrect', target: 'inner' } })}`,
        innerError: { 'request-id': 'outer' },
      },
    },
    says: {
      code: 'InvalidRequestBody',
      message: 'Request body is incorrect',
      trackingId: 'inner',
      source: 'api',
    },
  },
  {
    what: 'a Defender error with its quotes escaped once more',
    status: 400,
    body: {
      error: {
        code: 'UnknownError',
        message: `Request failed: ${JSON.stringify(JSON.stringify({ error: { code: 'NotFound', message: 'x', target: 'inner' } })).slice(1, -1)}`,
      },
    },
    says: { code: 'NotFound', trackingId: 'inner' },
  },
  {
    what: 'a tracking ID in both',
    status: 400,
    body: {
      error: {
        code: 'BadRequest',
        message: JSON.stringify({ error: { code: 'NotFound', message: 'x', target: 'inner' } }),
        target: 'outer',
      },
    },
    says: { code: 'NotFound', trackingId: 'inner' },
  },
  {
    what: 'the same encoded twice',
    status: 400,
    body: {
      error: {
        code: 'BadRequest',
        message: JSON.stringify(
          JSON.stringify({ error: { code: 'InvalidInput', message: 'Invalid input 7.' } }),
        ),
        innerError: { 'request-id': 'outer' },
      },
    },
    says: { code: 'InvalidInput', values: { input: '7' }, trackingId: 'outer' },
  },
  {
    what: 'a document of another service in the message',
    status: 400,
    body: {
      error: { code: 'BadRequest', message: '{"_version":3,"Message":"An error has occurred"}' },
    },
    says: { code: 'BadRequest', message: 'An error has occurred' },
  },
  {
    what: 'an echo of what was sent in the message',
    status: 400,
    body: { error: { code: 'InvalidInput', message: 'Invalid input {"title":"mine"}.' } },
    says: { code: 'InvalidInput', message: 'Invalid input {"title":"mine"}.' },
  },
  {
    what: 'braces that are no JSON',
    status: 400,
    body: { error: { code: 'BadRequest', message: 'Unexpected { at 7 }' } },
    says: { message: 'Unexpected { at 7 }' },
  },
  {
    what: 'the older form of OData',
    status: 400,
    body: { 'odata.error': { code: 'ODataError', message: { lang: 'en', value: 'No such' } } },
    says: { code: 'ODataError', message: 'No such' },
  },
];

const others: readonly Row[] = [
  {
    what: 'the gateway of Azure API Management',
    status: 404,
    body: { statusCode: 404, message: 'Resource not found', activityId: 'activity-7' },
    says: {
      code: 'Http404',
      source: 'gateway',
      message: 'Resource not found',
      trackingId: 'activity-7',
    },
  },
  {
    what: 'its activity beside a header',
    status: 404,
    headers: { 'x-ms-request-id': 'header' },
    body: { statusCode: 404, message: 'Resource not found', activityId: 'activity-7' },
    says: { trackingId: 'header' },
  },
  {
    what: 'ASP.NET Web API',
    status: 404,
    body: { Message: 'No HTTP resource was found.', MessageDetail: 'No type was found.' },
    says: {
      code: 'Http404',
      source: 'gateway',
      message: 'No HTTP resource was found. No type was found.',
    },
  },
  {
    what: 'ASP.NET Core',
    status: 400,
    body: { title: 'One or more validation errors occurred.', status: 400, traceId: '00-ab-cd-00' },
    says: {
      code: 'Http400',
      source: 'gateway',
      trackingId: '00-ab-cd-00',
      message: 'One or more validation errors occurred.',
    },
  },
  {
    what: 'Azure Storage',
    status: 403,
    headers: { 'x-ms-request-id': 'storage' },
    body: '\uFEFF<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request.\nRequestId:storage</Message></Error>',
    says: {
      code: 'AuthenticationFailed',
      source: 'gateway',
      trackingId: 'storage',
      message: 'Server failed to authenticate the request. RequestId:storage',
    },
  },
  {
    what: 'Entra',
    status: 401,
    body: {
      error: 'invalid_client',
      error_description: 'AADSTS7000215: Invalid client secret provided.',
      error_codes: [7_000_215],
      trace_id: 'trace',
      correlation_id: 'correlation',
    },
    says: {
      code: 'invalid_client',
      source: 'api',
      verdict: 'terminal',
      trackingId: 'trace',
      tokenUseless: true,
      advice: containing('secret'),
    },
  },
  {
    what: 'Entra with numbers that nobody knows',
    status: 400,
    body: { error: 'invalid_request', error_description: 'x', error_codes: [1, 'x'] },
    says: { code: 'invalid_request', advice: containing('Entra gave no token') },
  },
  {
    what: 'Entra when it fails itself',
    status: 503,
    body: { error: 'temporarily_unavailable', error_description: 'x', error_codes: [90_033] },
    says: {
      code: 'temporarily_unavailable',
      verdict: 'retryable',
      advice: containing('Service health'),
    },
  },
  {
    what: 'an API that refuses a token in the form of Entra',
    status: 401,
    body: { error: 'invalid_token', error_description: 'The token expired' },
    says: { code: 'invalid_token', advice: containing('audience') },
  },
  {
    what: 'a sentence in the place of an error',
    status: 500,
    body: { error: 'it all went wrong' },
    says: { code: 'Http500', source: 'gateway', message: 'it all went wrong' },
  },
  {
    what: 'an HTML page',
    status: 502,
    body: '  <!DOCTYPE html><html><head><TITLE>502 Bad Gateway</TITLE></head><body><code>nginx</code></body></html>',
    says: { code: 'Http502', source: 'gateway', message: '502 Bad Gateway', ambiguous: true },
  },
  {
    what: 'markup without a title',
    status: 502,
    body: '<html><body>no</body>',
    says: { code: 'Http502', source: 'gateway', message: '' },
  },
  {
    what: 'markup that breaks off in its title',
    status: 502,
    body: '<html><title>502 Bad',
    says: { code: 'Http502', message: '' },
  },
  {
    what: 'plain text',
    status: 503,
    body: 'upstream connect error\r\nor disconnect',
    says: { code: 'Http503', source: 'gateway', message: 'upstream connect error  or disconnect' },
  },
  { what: 'nothing', status: 503, body: '', says: { code: 'Http503', message: '' } },
  { what: 'white space', status: 503, body: ' \n', says: { code: 'Http503', message: '' } },
  {
    what: 'JSON that breaks off',
    status: 500,
    body: '{"error":{"code":"InternalServerErr',
    says: { code: 'Http500', source: 'gateway', verdict: 'retryable' },
  },
  {
    what: 'a document encoded twice',
    status: 403,
    body: JSON.stringify(JSON.stringify({ error: { code: 'Forbidden', message: 'x' } })),
    says: { code: 'Forbidden' },
  },
  {
    what: 'a text in quotes',
    status: 403,
    body: JSON.stringify('Go away'),
    says: { code: 'Http403', message: 'Go away' },
  },
  {
    what: 'quotes in quotes',
    status: 403,
    body: JSON.stringify(JSON.stringify('Go away')),
    says: { code: 'Http403', message: '"Go away"' },
  },
  {
    what: 'a list',
    status: 400,
    body: [{ error: { code: 'Forbidden', message: 'x' } }],
    says: { code: 'Http400', source: 'gateway' },
  },
  { what: 'null', status: 400, body: 'null', says: { code: 'Http400', message: 'null' } },
  {
    what: 'other types in every place',
    status: 400,
    body: { error: { code: {}, message: [], target: 7, innerError: 'x' }, message: 1, Message: {} },
    says: { code: 'Http400', source: 'gateway', message: '' },
  },
  {
    what: 'an error that is null',
    status: 400,
    body: { error: null, message: 'x' },
    says: { code: 'Http400', source: 'gateway', message: 'x' },
  },
];

const all = [...defender, ...graph, ...others];

describe('classify reads what an error answer says', () => {
  it.each(all)('$what', ({ status, body, headers, says }) => {
    const failure = classify({ status, body, headers });
    expect(failure).toMatchObject({ status, ...says });
  });

  it.each(all)('$what, as a text and as bytes', ({ status, body, headers }) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const bytes = new TextEncoder().encode(text);
    const expected = classify({ status, body: text, headers });
    expect(classify({ status, body: bytes, headers })).toEqual(expected);
    expect(classify({ status, body: Buffer.from(bytes), headers })).toEqual(expected);
    expect(classify({ status, body: bytes.buffer, headers })).toEqual(expected);
    expect(classify({ statusCode: status, body: text, headers })).toEqual(expected);
  });

  it('names the row of the catalogue', () => {
    const failure = classify({ status: 403, body: { error: { code: 'Forbidden', message: '' } } });
    expect(failure?.entry?.code).toBe('Forbidden');
    expect(failure?.advice).toBe(failure?.entry?.advice);
  });

  it('lets a new token be asked for where an API refuses one in the form of Entra', () => {
    const body = { error: 'invalid_token', error_description: 'The token expired' };
    expect(classify({ status: 401, body })).not.toHaveProperty('tokenUseless');
  });

  it('leaves out what it does not know', () => {
    expect(Object.keys(classify({ status: 418 }) ?? {})).toEqual([
      'code',
      'status',
      'message',
      'verdict',
      'source',
    ]);
  });

  it('keeps no more than 1,024 characters of a message', () => {
    const message = `x${'😀'.repeat(600)}`;
    const failure = classify({ status: 500, body: { error: { code: 'X', message } } });
    expect(failure?.message.length).toBeLessThanOrEqual(1_024);
    expect(failure?.message.isWellFormed()).toBe(true);
  });

  it('reads no more than 64 KiB of a body', () => {
    const padding = ' '.repeat(70_000);
    const late = `${padding}{"error":{"code":"Forbidden","message":"x"}}`;
    expect(classify({ status: 403, body: late })?.code).toBe('Http403');
    expect(classify({ status: 403, body: Buffer.from(late) })?.code).toBe('Http403');
    // Each of these is two bytes and one character.
    const wide = `${'\u00A0'.repeat(40_000)}{"error":{"code":"Forbidden","message":"x"}}`;
    expect(classify({ status: 403, body: wide })?.code).toBe('Forbidden');
    expect(classify({ status: 403, body: Buffer.from(wide) })?.code).toBe('Http403');
    const carried = JSON.stringify({ error: { code: 'NotFound', message: 'x'.repeat(70_000) } });
    const carrier = { error: { code: 'Forbidden', message: carried } };
    expect(classify({ status: 403, body: carrier })?.code).toBe('Forbidden');
    const huge = { error: { code: 'Forbidden', message: `{"a":"${'x'.repeat(10_000_000)}"}` } };
    expect(classify({ status: 403, body: huge })?.code).toBe('Forbidden');
    expect(classify({ status: 403, body: JSON.stringify(huge) })?.code).toBe('Http403');
  });

  it('follows documents in messages three deep', () => {
    const nest = (depth: number, code: string): object => ({
      error: {
        code,
        message: depth === 0 ? 'the end' : JSON.stringify(nest(depth - 1, `Level${depth - 1}`)),
      },
    });
    expect(classify({ status: 400, body: nest(3, 'Top') })?.code).toBe('Level0');
    expect(classify({ status: 400, body: nest(4, 'Top') })?.code).toBe('Level1');
  });

  it.each([
    ['a stream', new ReadableStream()],
    ['a form', new FormData()],
    ['a blob', new Blob(['{"error":{"code":"Forbidden"}}'])],
    ['a function', () => 'x'],
    ['memory that was given away', detached()],
  ])('takes %s for a body that it cannot read', (_, body) => {
    expect(classify({ status: 503, body })).toMatchObject({ code: 'Http503', message: '' });
  });
});

describe('classify', () => {
  it.each([
    ['an error document', { error: { code: 'forbidden', message: 'x', target: 't' } }],
    ['the same without its envelope', { code: 'forbidden', message: 'x', target: 't' }],
  ])('takes %s for what it says when it comes without a status', (_, document) => {
    const failure = classify(document);
    expect(failure).toMatchObject({ code: 'Forbidden', verdict: 'terminal', trackingId: 't' });
    expect(failure).not.toHaveProperty('status');
  });

  it.each([
    ['a success', { status: 200, body: { error: { code: 'Forbidden', message: 'x' } } }],
    ['a redirect', { status: 302 }],
    ['a 206 with a warning', new Response('{}', { status: 206 })],
    ['undefined', undefined],
    ['null', null],
    ['a text', 'Forbidden'],
    ['a number', 500],
    ['a symbol', Symbol('x')],
    ['a function', () => undefined],
    ['a list', [500]],
    ['an empty object', {}],
    ['a status that is a word', { status: 'failed' }],
    ['a status that is no number', { status: Number.NaN }],
    ['something with a code of its own', { code: 'NewCode', message: 'x' }],
  ])('has nothing to say of %s', (_, value) => {
    expect(classify(value)).toBeUndefined();
  });

  it('sees status and headers of a Response, whose body it cannot read at once', () => {
    const response = new Response('{"error":{"code":"Forbidden"}}', {
      status: 403,
      headers: { 'request-id': 'r' },
    });
    expect(classify(response)).toMatchObject({ code: 'Http403', trackingId: 'r' });
    expect(response.bodyUsed).toBe(false);
  });
});
