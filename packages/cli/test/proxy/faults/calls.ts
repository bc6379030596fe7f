import { createHash } from 'node:crypto';

/** A read that has the same answer each time. */
export interface Read {
  readonly path: string;
  /** The body of a POST; empty for a GET. */
  readonly body: string;
}

/** How one call of a client ended. */
export interface Settled extends Read {
  /** 0 where the response broke off. */
  readonly status: number;
  /** The hash of the response's body. */
  readonly sha: string;
  readonly code: string | null;
  readonly attempts: number;
}

export const READS: readonly Read[] = [
  { path: '/api/machines', body: '' },
  { path: '/api/alerts?$top=40', body: '' },
  { path: '/api/alerts?$top=1&$skip=3', body: '' },
  { path: '/api/indicators', body: '' },
  { path: '/api/incidents/10250', body: '' },
  { path: '/api/machines/nobody', body: '' },
  { path: '/api/advancedqueries/run', body: '{"Query":"DeviceInfo | take 5"}' },
  { path: '/api/advancedhunting/run', body: '{"Query":"AlertInfo | take 50"}' },
];

/** What a bulk reader asks for, one page after the other. */
export const PAGES: readonly string[] = [0, 40, 80, 120].map(
  (skip) => `/api/alerts?$top=40&$skip=${skip}`,
);

export const shaOf = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Sends a read with fetch. */
export async function read(base: string, call: Read): Promise<Settled> {
  try {
    const response = await fetch(base + call.path, initOf(call));
    const { status, headers } = response;
    return {
      ...call,
      status,
      sha: shaOf(await response.bytes()),
      code: headers.get('x-defender-code'),
      attempts: Number(headers.get('x-defender-attempts')),
    };
  } catch {
    return broken(call);
  }
}

/** The connection ended in the middle of the answer, as it did for the last attempt of the proxy. */
export function broken(call: Read): Settled {
  return { ...call, status: 0, sha: '', code: null, attempts: 0 };
}

export function initOf({ body }: Read): RequestInit {
  if (body === '') return {};
  return { method: 'POST', body, headers: { 'content-type': 'application/json' } };
}

/** The hashes of the right answers, from the service itself. Those of errors have tracking IDs: they differ. */
export async function rightAnswers(service: string): Promise<ReadonlyMap<string, string>> {
  const right = new Map<string, string>();
  const pages = PAGES.map((path) => ({ path, body: '' }));
  for (const one of [...READS, ...pages]) {
    const { status, sha } = await read(service, one);
    if (status > 0 && status < 400) right.set(one.path, sha);
  }
  return right;
}
