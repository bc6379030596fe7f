import { containing } from '../support.ts';
import type { Row } from './row.ts';

/** What gateways, Entra, Azure Storage and web servers answer. */
export const others: readonly Row[] = [
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
      refreshUseless: true,
      advice: containing('secret'),
    },
  },
  {
    what: 'Entra with numbers that nobody knows',
    status: 400,
    body: { error: 'invalid_request', error_description: 'x', error_codes: [1, 'x'] },
    says: { code: 'invalid_request', advice: containing('Entra issued no token') },
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
    what: 'a sentence in place of an error',
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
