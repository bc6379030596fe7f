import {
  encodeLabels,
  encodeSamples,
  remoteWriteEncoded,
} from '../test/monitoring/lab/history/remote-write.ts';
import { failingCode, operationName, type Size, tenantName } from './clients.ts';

const MINUTE_MS = 60_000;
const HOUR = 60;
const DAY = 24 * HOUR;

/** What a series shows in a minute; undefined if it has no sample. */
type Pattern = (minute: number) => number | undefined;

/** A poll every three minutes, and a failure every hour. */
const POLLED: Pattern = (minute) => (minute % 3 === 0 ? 1 : 0);
const FAILED: Pattern = (minute) => (minute % HOUR === 0 ? 1 : 0);
const SELDOM: Pattern = (minute) => (minute % DAY === 0 ? 1 : 0);
const BUSY: Pattern = () => 7;
const ALWAYS: Pattern = () => 1;
/** Of groups that are evaluated every three minutes. */
const SUM: Pattern = (minute) => (minute % 3 === 0 ? 1_400 : undefined);
const SHARE: Pattern = (minute) => (minute % 3 === 0 ? 0.01 : undefined);

interface PastSeries {
  readonly labels: Buffer;
  readonly pattern: Pattern;
  /** From how many minutes before the end on it is there, where not from the start. */
  readonly last?: number;
}

type Labels = Readonly<Record<string, string>>;

function series(name: string, labels: Labels, pattern: Pattern, last?: number): PastSeries {
  const all = { __name__: `defender:${name}`, job: 'connector', ...labels };
  return { labels: encodeLabels(all), pattern, ...(last === undefined ? {} : { last }) };
}

function ofOperation(tenant: string, index: number): readonly PastSeries[] {
  const operation = operationName(index);
  const code = failingCode(index);
  const of = { tenant, operation };
  const isRefused = code === 'Forbidden';
  return [
    series('calls:delta1m', { ...of, outcome: 'success' }, POLLED),
    series('calls:delta1m', { ...of, outcome: 'failure', code }, FAILED),
    // Read at one moment of the past: three hours, or a day ago.
    series('calls:sum3d', of, SUM, 4 * HOUR),
    ...(isRefused ? [series('refused:sum3d', { ...of, code }, SUM, 4 * HOUR)] : []),
    ...(isRefused ? [series('refused_share:ratio1d', { ...of, code }, SHARE, DAY + HOUR)] : []),
  ];
}

function ofTenant(tenant: string): readonly PastSeries[] {
  return [
    series('faults:delta1m', { tenant }, SELDOM),
    series('valid:delta1m', { tenant }, BUSY),
    series('attempts:delta1m', { tenant, status: '200' }, BUSY),
    series('attempts:delta1m', { tenant, status: '403' }, FAILED),
    series('attempts:delta1m', { tenant, status: '500' }, SELDOM),
    series('processes:count', { tenant }, ALWAYS),
    series('steady:count', { tenant }, ALWAYS),
  ];
}

function seriesOf({ tenants, operations }: Size): readonly PastSeries[] {
  return Array.from({ length: tenants }, (_, index) => tenantName(index)).flatMap((tenant) => [
    ...ofTenant(tenant),
    ...Array.from({ length: operations }, (_, index) => ofOperation(tenant, index)).flat(),
  ]);
}

/**
 * Writes what the rules have recorded in the past days, a sample each minute, as far as their ranges and offsets
 * read it. The past ends now. Gives the number of samples.
 */
export async function writePast(url: string, size: Size, days: number): Promise<number> {
  const all = seriesOf(size);
  const to = Math.floor(Date.now() / MINUTE_MS);
  let written = 0;
  for (let left = days * DAY; left > 0; left -= HOUR) {
    const hours = new Map<Pattern, Hour>();
    const bodies: Buffer[] = [];
    for (const { labels, pattern, last = Number.POSITIVE_INFINITY } of all) {
      if (left > last) continue;
      const hour = hours.get(pattern) ?? hourOf(pattern, to - left);
      hours.set(pattern, hour);
      bodies.push(Buffer.concat([labels, hour.encoded]));
      written += hour.count;
    }
    await remoteWriteEncoded(url, bodies);
  }
  return written;
}

/** An hour of samples, encoded once for all series of a pattern. */
interface Hour {
  readonly encoded: Buffer;
  readonly count: number;
}

function hourOf(pattern: Pattern, from: number): Hour {
  const minutes = Array.from({ length: HOUR }, (_, index) => from + index);
  const samples = minutes.flatMap((minute) => {
    const value = pattern(minute);
    return value === undefined ? [] : [[minute * MINUTE_MS, value] as const];
  });
  return { encoded: encodeSamples(samples), count: samples.length };
}
