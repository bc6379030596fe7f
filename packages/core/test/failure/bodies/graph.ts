import { type Row, TRACKING } from './row.ts';

/** What Microsoft Graph answers. */
export const graph: readonly Row[] = [
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
    what: 'the same ID in the spelling of generated clients',
    status: 400,
    body: { error: { code: 'BadRequest', message: 'x', innerError: { clientRequestId: 'c' } } },
    says: { trackingId: 'c' },
  },
  {
    what: 'the ID of the client beside a Defender error in the message',
    status: 400,
    body: {
      error: {
        code: 'BadRequest',
        message: JSON.stringify({ error: { code: 'NotFound', message: 'x' } }),
        innerError: { 'client-request-id': 'outer' },
      },
    },
    says: { code: 'NotFound', trackingId: 'outer' },
  },
  {
    what: 'the ID of the client in the message',
    status: 400,
    body: {
      error: {
        code: 'BadRequest',
        message: JSON.stringify({
          error: { code: 'NotFound', message: 'x', innerError: { clientRequestId: 'inner' } },
        }),
      },
    },
    says: { code: 'NotFound', trackingId: 'inner' },
  },
  {
    what: 'a message without a code',
    status: 400,
    body: { error: { message: 'Something is wrong' } },
    says: { code: 'Http400', source: 'api', message: 'Something is wrong' },
  },
  {
    what: 'a code without a message',
    status: 403,
    body: { error: { code: 'Forbidden' } },
    says: { code: 'Forbidden', source: 'api', message: '' },
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
