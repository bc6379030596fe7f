import { isRecord, statusField, textField } from '../../json.ts';
import { type Exchange, present } from '../exchange.ts';

/** Whether a document is a HAR file or one of its entries, as copied from browsers and proxies. */
export function isHar(document: unknown): boolean {
  return entriesOf(document).length > 0;
}

/** The failed exchanges of a HAR file or of one of its entries. */
export function readHar(document: unknown): readonly Exchange[] {
  return entriesOf(document)
    .filter(
      (entry) => (statusField(entry['response'], 'status') ?? 0) >= 400 || hasNetworkError(entry),
    )
    .map(readEntry);
}

type Entry = Readonly<Record<string, unknown>>;

function entriesOf(document: unknown): readonly Entry[] {
  if (!isRecord(document)) return [];
  const { log } = document;
  const entries = isRecord(log) && Array.isArray(log['entries']) ? log['entries'] : [document];
  return entries.filter(
    (entry): entry is Entry =>
      isRecord(entry) && isRecord(entry['request']) && isRecord(entry['response']),
  );
}

/** Browsers write status 0 and their own code for a request without a response. */
function hasNetworkError({ response }: Entry): boolean {
  return textField(response, '_error') !== undefined;
}

function readEntry({ request, response, startedDateTime }: Entry): Exchange {
  const content = isRecord(response) ? response['content'] : undefined;
  const status = statusField(response, 'status');
  return present<Exchange>({
    request: present({
      method: textField(request, 'method') ?? 'GET',
      url: textField(request, 'url') ?? '',
      body: textField(isRecord(request) ? request['postData'] : undefined, 'text'),
    }),
    status,
    headers: headersOf(response),
    body: bodyOf(content),
    code: status === undefined ? networkCode(textField(response, '_error')) : undefined,
    time: typeof startedDateTime === 'string' ? startedDateTime : undefined,
  });
}

function bodyOf(content: unknown): string | undefined {
  const body = textField(content, 'text');
  if (body === undefined || textField(content, 'encoding') !== 'base64') return body;
  return Buffer.from(body, 'base64').toString('utf8');
}

function headersOf(response: unknown): Readonly<Record<string, string>> {
  const headers =
    isRecord(response) && Array.isArray(response['headers']) ? response['headers'] : [];
  const pairs = headers.map(
    (header) =>
      [textField(header, 'name')?.toLowerCase() ?? '', textField(header, 'value') ?? ''] as const,
  );
  return Object.fromEntries(pairs.filter(([name]) => name !== '' && !name.startsWith(':')));
}

/** Chromium's codes and the equivalent codes of Node. */
const NETWORK_CODES: Readonly<Record<string, string>> = {
  'net::ERR_CONNECTION_RESET': 'ECONNRESET',
  'net::ERR_CONNECTION_CLOSED': 'ECONNRESET',
  'net::ERR_CONNECTION_REFUSED': 'ECONNREFUSED',
  'net::ERR_CONNECTION_TIMED_OUT': 'ETIMEDOUT',
  'net::ERR_TIMED_OUT': 'ETIMEDOUT',
  'net::ERR_NAME_NOT_RESOLVED': 'ENOTFOUND',
  'net::ERR_CERT_AUTHORITY_INVALID': 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'net::ERR_CERT_DATE_INVALID': 'CERT_HAS_EXPIRED',
};

function networkCode(error: string | undefined): string | undefined {
  return error === undefined ? undefined : (NETWORK_CODES[error] ?? error);
}
