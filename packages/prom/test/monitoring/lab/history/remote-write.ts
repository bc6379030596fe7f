import type { Labels, SampleExemplar } from './sample.ts';

/** A series with its samples and exemplars in the order of time, times in milliseconds. */
export interface WrittenSeries {
  readonly labels: Labels;
  readonly samples: readonly (readonly [time: number, value: number])[];
  readonly exemplars?: readonly (readonly [time: number, exemplar: SampleExemplar])[];
}

const LENGTH_DELIMITED = 2;
const FIXED64 = 1;
const VARINT = 0;

function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

const tag = (field: number, type: number): Buffer => varint((field << 3) | type);

function message(field: number, content: Buffer): Buffer {
  return Buffer.concat([tag(field, LENGTH_DELIMITED), varint(content.length), content]);
}

const text = (field: number, value: string): Buffer => message(field, Buffer.from(value));

function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return Buffer.concat([tag(field, FIXED64), bytes]);
}

const integer = (field: number, value: number): Buffer =>
  Buffer.concat([tag(field, VARINT), varint(value)]);

/** Prometheus wants labels sorted by name. */
function labels(given: Labels): Buffer[] {
  return Object.entries(given)
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => message(1, Buffer.concat([text(1, name), text(2, value)])));
}

/** The samples of a `prometheus.TimeSeries`, which series of the same values can share. */
export function encodeSamples(samples: WrittenSeries['samples']): Buffer {
  return Buffer.concat(
    samples.map(([time, value]) => message(2, Buffer.concat([double(1, value), integer(2, time)]))),
  );
}

/** The labels of a `prometheus.TimeSeries`. */
export function encodeLabels(given: Labels): Buffer {
  return Buffer.concat(labels(given));
}

/** `prometheus.TimeSeries` of the remote write protocol 1.0. */
function timeSeries({ labels: given, samples, exemplars = [] }: WrittenSeries): Buffer {
  return Buffer.concat([
    encodeLabels(given),
    encodeSamples(samples),
    ...exemplars.map(([time, exemplar]) =>
      message(
        3,
        Buffer.concat([...labels(exemplar.labels), double(2, exemplar.value), integer(3, time)]),
      ),
    ),
  ]);
}

/** Snappy's block format, everything as one literal. */
function snappy(content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(content.length - 1);
  return Buffer.concat([varint(content.length), Buffer.from([63 << 2]), length, content]);
}

/**
 * Writes series into a Prometheus that runs with `--web.enable-remote-write-receiver`.
 *
 * @throws Error if Prometheus refuses them.
 */
export async function remoteWrite(url: string, series: readonly WrittenSeries[]): Promise<void> {
  await remoteWriteEncoded(url, series.map(timeSeries));
}

/** Writes series whose labels and samples are encoded. Throws as {@link remoteWrite} does. */
export async function remoteWriteEncoded(url: string, series: readonly Buffer[]): Promise<void> {
  if (series.length === 0) return;
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-encoding': 'snappy',
      'content-type': 'application/x-protobuf',
      'x-prometheus-remote-write-version': '0.1.0',
    },
    body: snappy(Buffer.concat(series.map((one) => message(1, one)))),
  });
  if (!response.ok) throw new Error(`Remote write: ${response.status} ${await response.text()}`);
}
