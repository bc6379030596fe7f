import type { QuotaRefusal } from './group-quota.ts';

const SPANS = { minute: '00:01:00', hour: '01:00:00' } as const;

/** Whole seconds, rounded up: who waits them is let through. */
export function secondsOf(waitMs: number): number {
  return Math.ceil(wholeMs(waitMs) / 1000);
}

/** The text of a real 429, as minemeld's issue tracker quotes it. */
export function quotaMessage(limit: number, per: 'minute' | 'hour', seconds: number): string {
  return `API calls quota exceeded! Maximum allowed ${limit} per ${SPANS[per]} for the key Destination+TenantID+AppID. You can send requests again in ${seconds} seconds.`;
}

function timespan(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

/** What a refused call is told. */
export function refusalMessage(refusal: QuotaRefusal): string {
  const seconds = secondsOf(refusal.waitMs);
  if (refusal.kind === 'count') return quotaMessage(refusal.limit, refusal.per, seconds);
  // The portal's error list tells the sentence, but not how the duration is written.
  return `You have exceeded processing resources allocated to this tenant. You can run queries again in ${timespan(seconds)}.`;
}

/** Graph's documentation of throttling shows these texts, which tell no wait: a header does. */
export const GRAPH_THROTTLED: {
  readonly message: string;
  readonly inner: Readonly<Record<string, string>>;
} = {
  message: 'Please retry again later.',
  inner: { code: '429', message: 'Please retry after', status: '429' },
};

/** Whole milliseconds, rounded up. The difference of two times is off by less than a nanosecond. */
export function wholeMs(waitMs: number): number {
  return Math.ceil(Number(waitMs.toFixed(6)));
}
