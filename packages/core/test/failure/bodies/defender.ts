import { containing } from '../support.ts';
import { type Row, TRACKING } from './row.ts';

/** What Defender XDR and Defender for Endpoint answer. */
export const defender: readonly Row[] = [
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
      refreshUseless: true,
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
    says: { refreshUseless: true },
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
    what: 'the status in place of a code',
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
