const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1_000],
];

/** `8 seconds`, `1 minute`, `250 milliseconds`: uses the largest unit that gives a short number. */
export function durationText(ms: number): string {
  for (const [name, length] of UNITS) {
    const count = ms / length;
    if (count < 1) continue;
    const rounded = Math.round(count * 10) / 10;
    return `${rounded} ${name}${rounded === 1 ? '' : 's'}`;
  }
  return `${Math.round(ms)} milliseconds`;
}
