import type { Explanation } from './explanation.ts';

/** The fields for Microsoft's support: only codes, numbers, names of operations and IDs. */
type Known = Pick<Explanation, 'code' | 'status' | 'trackingId' | 'time' | 'route' | 'operation'>;

/** The rows that Microsoft's support asks for, with its names for them. */
export function supportRows(known: Known): readonly (readonly [name: string, text: string])[] {
  const { trackingId, time, route, operation } = known;
  const where = route === undefined ? operation : `${route} (${operation})`;
  return [
    ['Error', errorOf(known)],
    [
      'Tracking ID',
      trackingId ?? "(not in the input: the body's target, or the header request-id)",
    ],
    ['Time', time ?? '(not in the input: say when it was, in UTC)'],
    ['Operation', where ?? '(not in the input: say the method and the path)'],
  ];
}

/** The rows as text to paste into a support case. */
export function supportText(known: Known): string {
  return supportRows(known)
    .map(([name, text]) => `${name}: ${text}`)
    .join('\n');
}

function errorOf({ code, status }: Known): string {
  if (status === undefined) return code;
  return code === `Http${status}` ? `HTTP ${status}` : `${status} ${code}`;
}
