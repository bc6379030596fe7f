import type { CodeRow } from './entry.ts';
import { XDR_ERRORS } from './sources.ts';

/** The documented codes of status 400: the request itself is at fault. */
export type RequestCode =
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
  | 'ClientVersionNotSupported';

const DOCUMENTED_INPUT = {
  status: 400,
  documented: true,
  families: ['xdr', 'mde'],
  class: 'input',
  verdict: 'terminal',
  docs: XDR_ERRORS,
  source: XDR_ERRORS,
} as const;

export const requestCodes: Readonly<Record<RequestCode, CodeRow>> = {
  BadRequest: {
    ...DOCUMENTED_INPUT,
    families: ['xdr', 'mde', 'graph'],
    template: 'General Bad Request error message.',
    otherTemplates: [
      'Query execution has exceeded the allowed result size. Optimize your query by limiting the number of results and try again.',
      'Query execution has exceeded the allowed limits. The query execution was preempted. This could possibly be due to high CPU and/or memory resource consumption. Optimize your query by following best practices and try again.',
    ],
    otherSources: [
      'https://github.com/MicrosoftDocs/microsoft-365-docs/issues/5874',
      'https://github.com/OpenAEV-Platform/openaev/issues/3983',
    ],
    meaning: 'The request is not one that the API can carry out; the message says why.',
    advice:
      "Read the message and compare path, query options and body with the operation's reference page. For a hunting query: narrow its time range, filter earlier or return fewer rows; the same query fails again.",
  },
  ODataError: {
    ...DOCUMENTED_INPUT,
    template: 'Invalid OData URI query {reason}.',
    meaning: 'An OData option of the URL, such as $filter or $top, cannot be read.',
    advice:
      "Check the spelling of $filter, $top, $skip, $expand and of the property names, percent-encode the values, and keep $top within the operation's limit.",
  },
  InvalidInput: {
    ...DOCUMENTED_INPUT,
    template: 'Invalid input {input}.',
    meaning: 'A value in the request is not one that the operation accepts.',
    advice:
      "Compare the named value with the type, range and list of allowed values on the operation's reference page.",
  },
  InvalidRequestBody: {
    ...DOCUMENTED_INPUT,
    families: ['xdr', 'mde', 'graph'],
    template: 'Invalid request body.',
    otherTemplates: ['Request body is incorrect', 'Missing query.'],
    otherSources: ['https://github.com/MicrosoftDocs/microsoft-365-docs/issues/10581'],
    meaning: 'The JSON body is malformed, or a parameter is misspelt or of the wrong type.',
    advice:
      "Compare the body with the example on the operation's reference page: parameter names are case-sensitive. Serialise it with JSON.stringify, since a raw line break inside a string makes it malformed, and send Content-Type: application/json.",
  },
  InvalidHashValue: {
    ...DOCUMENTED_INPUT,
    template: 'Hash value {hash} is invalid.',
    meaning: 'The file hash is not a hash of the kind that the operation takes.',
    advice:
      'Send 40 hexadecimal digits for SHA-1 or 64 for SHA-256, without spaces or a prefix; actions on files take SHA-1 alone.',
  },
  InvalidDomainName: {
    ...DOCUMENTED_INPUT,
    template: 'Domain name {domain} is invalid.',
    meaning: 'The domain name is not a valid one.',
    advice: 'Send the bare name, such as contoso.com: no scheme, path, port or trailing dot.',
  },
  InvalidIpAddress: {
    ...DOCUMENTED_INPUT,
    template: 'IP address {ip} is invalid.',
    meaning: 'The IP address is not a valid one.',
    advice: 'Send one IPv4 or IPv6 address: no port, network mask or zone.',
  },
  InvalidUrl: {
    ...DOCUMENTED_INPUT,
    template: 'URL {url} is invalid.',
    meaning: 'The URL is not a valid one.',
    advice:
      'Send an absolute URL with its scheme, and percent-encode it where it stands in a path.',
  },
  MaximumBatchSizeExceeded: {
    ...DOCUMENTED_INPUT,
    template: 'Maximum batch size exceeded. Received: {received}, allowed: {allowed}.',
    variables: { received: 'number', allowed: 'number' },
    meaning: 'One call carries more items than the operation takes.',
    advice: 'Split the items into several calls of at most the allowed number each.',
  },
  MissingRequiredParameter: {
    ...DOCUMENTED_INPUT,
    template: 'Parameter {parameter} is missing.',
    meaning: 'A required parameter is not there, or is spelt otherwise than documented.',
    advice:
      "Add the parameter exactly as the operation's reference page spells it: names are case-sensitive.",
  },
  OsPlatformNotSupported: {
    ...DOCUMENTED_INPUT,
    template: 'OS Platform {platform} is not supported for this action.',
    meaning: 'The action does not exist for the operating system of this device.',
    advice:
      "Check the device's osPlatform (GET /api/machines/{id}) against the platforms on the action's reference page, and leave such devices out.",
  },
  ClientVersionNotSupported: {
    ...DOCUMENTED_INPUT,
    template: '{action} is supported on client version {version} and above.',
    otherTemplates: ['{action} is supported on client version {version} and later.'],
    meaning: 'The Defender sensor on the device is too old for the action.',
    advice:
      'Update the device to the named version or a later one (its page in the Defender portal shows the version it has), then ask again.',
  },
};
