import { type Answer, type Call, Refusal, type Route } from '../answer.ts';
import { DOWNLOADS } from '../downloads.ts';

/** An archive without files: all of its bytes are ASCII. */
const EMPTY_ZIP = `PK\u0005\u0006${'\u0000'.repeat(18)}`;

/** An address that gives a file to whoever has it, as the real service's do: the secret is in it. */
export function downloadUrl(call: Call, actionId: string, fileName: string): string {
  const token = encodeURIComponent(Buffer.from(actionId).toString('base64'));
  return `${call.origin}${DOWNLOADS}${fileName}?token=${token}`;
}

function download(call: Call): Answer {
  const token = call.query.get('token') ?? '';
  if (!call.world.actions.has(Buffer.from(token, 'base64').toString())) {
    throw new Refusal('Forbidden');
  }
  return { status: 200, headers: { 'content-type': 'application/zip' }, body: EMPTY_ZIP };
}

export const downloadRoutes: readonly Route[] = [
  { method: 'GET', path: `${DOWNLOADS}:name`, handle: download },
];
