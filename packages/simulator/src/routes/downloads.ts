import { type Answer, ApiError, type Call, type Route } from '../call.ts';

/** The path of downloads: outside the API, without a token in a header. */
export const DOWNLOADS = '/safedownload/';

/** An archive without files; all of its bytes are ASCII. */
const EMPTY_ZIP = `PK\u0005\u0006${'\u0000'.repeat(18)}`;

/** A link that needs no token because it contains a secret, like the real service's links. */
export function downloadUrl(call: Call, actionId: string, fileName: string): string {
  const token = encodeURIComponent(Buffer.from(actionId).toString('base64'));
  return `${call.origin}${DOWNLOADS}${fileName}?token=${token}`;
}

function download(call: Call): Answer {
  const token = call.query.get('token') ?? '';
  if (!call.data.actions.has(Buffer.from(token, 'base64').toString())) {
    throw new ApiError('Forbidden');
  }
  return { status: 200, headers: { 'content-type': 'application/zip' }, body: EMPTY_ZIP };
}

export const downloadRoutes: readonly Route[] = [
  { method: 'GET', path: `${DOWNLOADS}:name`, handle: download },
];
