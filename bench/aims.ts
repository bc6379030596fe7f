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
    what: '`execute`, success, ÷ cockatiel’s wrap(retry, breaker, timeout)',
    value: 'execute ÷ cockatiel',
    aim: 0.04,
    limit: 0.08,
    floor: 'floor ÷ cockatiel',
    peer: 'p-retry > opossum ÷ cockatiel',
  },
  {
    what: 'the same ÷ an async passthrough',
    value: 'execute ÷ passthrough',
    aim: 2.5,
    limit: 4.5,
    floor: 'floor ÷ passthrough',
    peer: 'opossum ÷ passthrough',
  },
  {
    what: 'with a caller’s signal, callee listening, ÷ cockatiel',
    value: 'signal ÷ cockatiel',
    aim: 0.13,
    limit: 0.18,
    floor: 'floor signal ÷ cockatiel',
    peer: '',
  },
  {
    what: 'bytes of a call ÷ cockatiel',
    value: 'bytes ÷ cockatiel',
    aim: 0.12,
    limit: 0.25,
    floor: 'floor bytes ÷ cockatiel',
    peer: 'opossum bytes ÷ cockatiel',
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
    what: 'observer hooks unused ÷ no observers',
    value: 'hooks unused ÷ without',
    aim: 1.02,
    limit: 1.05,
    floor: '',
    peer: '',
  },
  {
    what: 'Prometheus observer on ÷ off',
    value: 'Prometheus on ÷ off',
    aim: 1.25,
    limit: 1.5,
    floor: '',
    peer: '',
  },
  {
    what: 'OpenTelemetry observer, no SDK, on ÷ off',
    value: 'OTel without SDK on ÷ off',
    aim: 1.5,
    limit: 1.8,
    floor: '',
    peer: '',
  },
  {
    what: 'recorded, active and with metrics ÷ bare cockatiel wrap',
    value: 'OTel recorded with metrics ÷ cockatiel',
    aim: 0.55,
    limit: 0.7,
    floor: '',
    peer: 'cockatiel + span ÷ cockatiel',
  },
  {
    what: 'wrapped fetch, 64 in flight: CPU per request ÷ bare',
    value: '64 in flight, CPU ÷ fetch',
    aim: 1.08,
    limit: 1.12,
    floor: 'floor, 64 in flight, CPU ÷ fetch',
    peer: 'opossum, 64 in flight, CPU ÷ fetch',
  },
  {
    what: 'the same: requests per second ÷ bare',
    value: '64 in flight, req/s ÷ fetch',
    aim: 0.95,
    limit: 0.9,
    atLeast: true,
    floor: 'floor, 64 in flight, req/s ÷ fetch',
    peer: '',
  },
  {
    what: 'wrapped fetch ÷ fetch + cockatiel wrap, CPU',
    value: '64 in flight, CPU ÷ fetch + cockatiel',
    aim: 0.72,
    limit: 0.78,
    floor: 'floor, CPU ÷ fetch + cockatiel',
    peer: '',
  },
  {
    what: 'wrapped fetch, 1 in flight, p50 ÷ bare',
    value: '1 in flight, p50 ÷ fetch',
    aim: 1.04,
    limit: 1.08,
    floor: 'floor, 1 in flight, p50 ÷ fetch',
    peer: 'p-retry, 1 in flight, p50 ÷ fetch',
  },
  {
    what: 'the same, p99 ÷ bare',
    value: '1 in flight, p99 ÷ fetch',
    aim: 1.1,
    limit: 1.2,
    floor: '',
    peer: '',
  },
  {
    what: 'our spans and metrics ÷ OpenTelemetry’s undici instrumentation, CPU',
    value: 'our spans and metrics ÷ instrumentation-undici, CPU',
    aim: 0.9,
    limit: 1,
    floor: '',
    peer: '1.00',
  },
  {
    what: 'a failure handed on ÷ throw and catch',
    value: 'rethrow ÷ throw and catch',
    aim: 1.3,
    limit: 1.6,
    floor: '',
    peer: 'cockatiel rethrow ÷ throw and catch',
  },
  {
    what: 'a refusal by an open circuit ÷ cockatiel’s',
    value: 'refusal ÷ cockatiel',
    aim: 0.35,
    limit: 0.5,
    floor: '',
    peer: '1.00',
  },
  {
    what: '`classify` ÷ `JSON.parse` of the body',
    value: 'classify ÷ JSON.parse',
    aim: 1.1,
    limit: 1.3,
    floor: '',
    peer: '',
  },
  {
    what: 'import ÷ cockatiel’s',
    value: 'import ÷ cockatiel',
    aim: 0.35,
    limit: 0.5,
    floor: '',
    peer: '',
  },
  {
    what: 'min + gzip, everything, with cockatiel, KiB',
    value: 'min + gzip, KB',
    aim: 10,
    limit: 14,
    floor: '',
    peer: '',
  },
  {
    what: 'heap over ten million calls, bytes per call',
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
