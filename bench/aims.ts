import { number, percent, table } from './lib/markdown.ts';

type Values = Readonly<Record<string, number>>;

/** One thing that is aimed at. */
interface Aim {
  readonly what: string;
  readonly value: string;
  readonly aim: number;
  readonly limit: number;
  /** Whether more is better. */
  readonly atLeast?: boolean;
  readonly show?: (value: number) => string;
  /** What the hand-written floor and the best peer reach: a value of this run, or words. */
  readonly floor: string;
  readonly peer: string;
}

const AIMS: readonly Aim[] = [
  {
    what: 'wrapped fetch over HTTP, 64 in flight: CPU per request ÷ bare fetch',
    value: '64 in flight, CPU ÷ bare',
    aim: 1.14,
    limit: 1.17,
    floor: 'floor, 64 in flight, CPU ÷ bare',
    peer: 'best peer, 64 in flight, CPU ÷ bare',
  },
  {
    what: 'the same ÷ fetch with a signal of its own',
    value: '64 in flight, CPU ÷ fetch with a signal',
    aim: 1.02,
    limit: 1.05,
    floor: 'floor, 64 in flight, CPU ÷ fetch with a signal',
    peer: 'cockatiel, 64 in flight, CPU ÷ fetch with a signal',
  },
  {
    what: 'the same, 1 in flight: p50 ÷ bare',
    value: '1 in flight, p50 ÷ bare',
    aim: 1.08,
    limit: 1.12,
    floor: 'floor, 1 in flight, p50 ÷ bare',
    peer: 'p-retry, 1 in flight, p50 ÷ bare',
  },
  {
    what: 'the same, 1 in flight: p99 ÷ bare',
    value: '1 in flight, p99 ÷ bare',
    aim: 1.1,
    limit: 1.2,
    floor: 'floor, 1 in flight, p99 ÷ bare',
    peer: 'p-retry, 1 in flight, p99 ÷ bare',
  },
  {
    what: 'bytes per request above fetch with a signal',
    value: 'bytes above fetch with a signal',
    aim: 2_000,
    limit: 3_000,
    floor: 'floor, bytes above fetch with a signal',
    peer: 'cockatiel, bytes above fetch with a signal',
  },
  {
    what: '`execute`, success, ÷ cockatiel’s wrap(retry, breaker, timeout)',
    value: 'execute ÷ cockatiel',
    aim: 0.04,
    limit: 0.06,
    floor: 'floor ÷ cockatiel',
    peer: 'p-retry > opossum ÷ cockatiel',
  },
  {
    what: 'the same ÷ an async passthrough',
    value: 'execute ÷ passthrough',
    aim: 2.5,
    limit: 3.5,
    floor: 'floor ÷ passthrough',
    peer: 'opossum ÷ passthrough',
  },
  {
    what: 'Prometheus observer: CPU of a wrapped fetch over HTTP, on ÷ off',
    value: 'Prometheus over HTTP, on ÷ off',
    aim: 1.03,
    limit: 1.05,
    floor: '',
    peer: '',
  },
  {
    what: 'Prometheus observer: added to a call in a loop, µs',
    value: 'Prometheus adds, µs',
    aim: 2,
    limit: 3,
    floor: '',
    peer: 'prom-client by hand adds, µs',
  },
  {
    what: 'OpenTelemetry observer, recorded, with metrics: CPU of a fetch over HTTP ÷ instrumentation-undici',
    value: 'OpenTelemetry ÷ instrumentation-undici',
    aim: 1.08,
    limit: 1.15,
    floor: '',
    peer: '1.00',
  },
  {
    what: 'recorded, active and with metrics ÷ cockatiel’s bare wrap',
    value: 'OTel recorded with metrics ÷ cockatiel',
    aim: 0.85,
    limit: 0.95,
    floor: '',
    peer: 'cockatiel + span ÷ cockatiel',
  },
  {
    what: 'OpenTelemetry observer without an SDK, on ÷ off, `execute`',
    value: 'OTel without SDK on ÷ off',
    aim: 1.1,
    limit: 1.25,
    floor: '',
    peer: '',
  },
  {
    what: '`classify` ÷ `JSON.parse` of the body',
    value: 'classify ÷ JSON.parse',
    aim: 5,
    limit: 6,
    floor: '',
    peer: '',
  },
  {
    what: 'a failure handed on ÷ throw and catch',
    value: 'rethrow ÷ throw and catch',
    aim: 2.5,
    limit: 2.8,
    floor: '',
    peer: 'cockatiel rethrow ÷ throw and catch',
  },
  {
    what: 'a refusal by an open circuit ÷ cockatiel’s',
    value: 'refusal ÷ cockatiel',
    aim: 0.35,
    limit: 0.45,
    floor: '',
    peer: '1.00',
  },
  {
    what: '`classify` alone, minified and compressed, KiB',
    value: 'classify alone, min + gzip, KiB',
    aim: 20,
    limit: 20,
    floor: '',
    peer: '',
  },
  {
    what: 'bytes held per call in flight',
    value: 'held by ours: execute',
    aim: 1_024,
    limit: 1_536,
    floor: 'held by hand-written floor',
    peer: 'held by cockatiel wrap(retry, breaker, timeout)',
  },
  {
    what: 'heap over millions of calls, bytes per call',
    value: 'heap growth, bytes per call',
    aim: 0.05,
    limit: 0.2,
    floor: '0',
    peer: '',
  },
  {
    what: 'ns per call at 100,000 in flight ÷ at 100',
    value: 'ns at 100,000 in flight ÷ at 100',
    aim: 1.5,
    limit: 3,
    floor: 'floor, ns at 100,000 in flight ÷ at 100',
    peer: '',
  },
  {
    what: '500 at 10 %: success',
    value: '10 %: success',
    aim: 0.995,
    limit: 0.99,
    atLeast: true,
    show: percent,
    floor: '100 %',
    peer: '100 %',
  },
  {
    what: '500 at 10 %: requests per call',
    value: '10 %: requests per call',
    aim: 1.12,
    limit: 1.15,
    floor: '1.10',
    peer: '1.10',
  },
  {
    what: '500 at 50 %: success',
    value: '50 %: success',
    aim: 0.85,
    limit: 0.8,
    atLeast: true,
    show: percent,
    floor: 'half of the requests sent',
    peer: '',
  },
  {
    what: '500 at 50 %: requests per call',
    value: '50 %: requests per call',
    aim: 1.75,
    limit: 1.8,
    floor: '',
    peer: '',
  },
  {
    what: '500 always, 200 s: requests per call',
    value: 'always: requests per call',
    aim: 0.2,
    limit: 0.25,
    floor: '0.19',
    peer: 'opossum: requests per call at 500 always',
  },
  {
    what: 'first success after an outage of 200 s, from when a probe was due, s',
    value: 'outage: first success after a probe was due, s',
    aim: 5,
    limit: 7,
    floor: 'one probe',
    peer: '',
  },
  {
    what: '240 calls to 60 a minute: success',
    value: 'burst: success',
    aim: 1,
    limit: 1,
    atLeast: true,
    show: percent,
    floor: '100 %',
    peer: '100 %',
  },
  {
    what: 'the same: 429s per call',
    value: 'burst: 429s per call',
    aim: 0.021,
    limit: 0.05,
    floor: '0.02',
    peer: '1.50',
  },
  {
    what: 'the same: early retries',
    value: 'burst: early',
    aim: 0,
    limit: 0,
    show: percent,
    floor: 'none',
    peer: 'none',
  },
];

/** The table of aims: what was reached, and what was not. */
export function aimTable(values: Values): string {
  const rows = AIMS.map((aim) => {
    const show = aim.show ?? number;
    const measured = values[aim.value] ?? Number.NaN;
    return [
      aim.what,
      show(aim.aim),
      show(aim.limit),
      `**${Number.isFinite(measured) ? show(measured) : '–'}**`,
      verdict(aim, measured),
      shown(aim.floor, values, show),
      shown(aim.peer, values, show),
    ];
  });
  return table(['what', 'aim', 'limit', 'measured', '', 'floor', 'best peer'], rows);
}

function verdict({ aim, limit, atLeast }: Aim, measured: number): string {
  if (!Number.isFinite(measured)) return 'not measured';
  const reaches = (bound: number): boolean => (atLeast ? measured >= bound : measured <= bound);
  if (reaches(aim)) return 'aim';
  return reaches(limit) ? 'limit' : 'missed';
}

function shown(text: string, values: Values, show: (value: number) => string): string {
  const value = values[text];
  return value === undefined ? text : show(value);
}
