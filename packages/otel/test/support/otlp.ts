import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type Decoded, decode, type Message } from './protobuf.ts';

// The parts of opentelemetry-proto 1.x that the tests look at.
const anyValue: Message = {
  1: { name: 'stringValue', type: 'string' },
  2: { name: 'boolValue', type: 'int' },
  3: { name: 'intValue', type: 'int' },
  4: { name: 'doubleValue', type: 'double' },
  5: {
    name: 'arrayValue',
    type: () => ({ 1: { name: 'values', type: anyValue, repeated: true } }),
  },
};
const keyValue: Message = {
  1: { name: 'key', type: 'string' },
  2: { name: 'value', type: anyValue },
};
const resource: Message = { 1: { name: 'attributes', type: keyValue, repeated: true } };
const scope: Message = {
  1: { name: 'name', type: 'string' },
  2: { name: 'version', type: 'string' },
};
const span: Message = {
  1: { name: 'traceId', type: 'hex' },
  2: { name: 'spanId', type: 'hex' },
  4: { name: 'parentSpanId', type: 'hex' },
  5: { name: 'name', type: 'string' },
  6: { name: 'kind', type: 'int' },
  7: { name: 'startTimeUnixNano', type: 'fixed64' },
  8: { name: 'endTimeUnixNano', type: 'fixed64' },
  9: { name: 'attributes', type: keyValue, repeated: true },
  15: {
    name: 'status',
    type: { 2: { name: 'message', type: 'string' }, 3: { name: 'code', type: 'int' } },
  },
};
const traces: Message = {
  1: {
    name: 'resourceSpans',
    repeated: true,
    type: {
      1: { name: 'resource', type: resource },
      2: {
        name: 'scopeSpans',
        repeated: true,
        type: {
          1: { name: 'scope', type: scope },
          2: { name: 'spans', type: span, repeated: true },
          3: { name: 'schemaUrl', type: 'string' },
        },
      },
    },
  },
};
const numberPoint: Message = {
  4: { name: 'asDouble', type: 'double' },
  6: { name: 'asInt', type: 'fixed64' },
  7: { name: 'attributes', type: keyValue, repeated: true },
};
const histogramPoint: Message = {
  4: { name: 'count', type: 'fixed64' },
  7: { name: 'explicitBounds', type: 'doubles' },
  9: { name: 'attributes', type: keyValue, repeated: true },
};
const pointsOf = (point: Message): Message => ({
  1: { name: 'dataPoints', type: point, repeated: true },
});
const metrics: Message = {
  1: {
    name: 'resourceMetrics',
    repeated: true,
    type: {
      1: { name: 'resource', type: resource },
      2: {
        name: 'scopeMetrics',
        repeated: true,
        type: {
          1: { name: 'scope', type: scope },
          2: {
            name: 'metrics',
            repeated: true,
            type: {
              1: { name: 'name', type: 'string' },
              3: { name: 'unit', type: 'string' },
              5: { name: 'gauge', type: pointsOf(numberPoint) },
              7: { name: 'sum', type: pointsOf(numberPoint) },
              9: { name: 'histogram', type: pointsOf(histogramPoint) },
            },
          },
        },
      },
    },
  },
};

const SCHEMAS: Readonly<Record<string, Message>> = { '/v1/traces': traces, '/v1/metrics': metrics };

/** One export, as it arrived. */
interface Export {
  readonly path: string;
  readonly contentType: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
  readonly decoded: Decoded;
}

/** An OTLP receiver over real HTTP. */
export interface OtlpReceiver extends AsyncDisposable {
  readonly url: string;
  readonly exports: readonly Export[];
  /** Everything named `name` in what was exported to `path`, however deep. */
  all(path: string, name: string): readonly Decoded[];
}

/** @param answer - the status that every export is answered with, or `'hang'` for no answer. */
export async function startOtlpReceiver(answer: number | 'hang' = 200): Promise<OtlpReceiver> {
  const exports: Export[] = [];
  const server = createServer((request, response) => {
    request.on('error', () => response.destroy());
    const parts: Uint8Array[] = [];
    request.on('data', (part: Uint8Array) => parts.push(part));
    request.on('end', () => {
      const received = exportOf(request, Buffer.concat(parts));
      exports.push(received);
      if (answer === 'hang') return;
      const json = received.contentType === 'application/json';
      response.writeHead(answer, { 'content-type': received.contentType ?? 'text/plain' });
      response.end(json ? '{}' : undefined);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // A TCP server that listens has no other kind.
  return {
    url: `http://127.0.0.1:${port}`,
    exports,
    all: (path, name) =>
      exports.filter((each) => each.path === path).flatMap(({ decoded }) => named(decoded, name)),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function exportOf({ url = '', headers }: IncomingMessage, body: Buffer): Export {
  const bytes = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const contentType = headers['content-type'];
  return { path: url, contentType, headers, bytes, decoded: decoded(bytes, contentType, url) };
}

function decoded(bytes: Buffer, contentType: string | undefined, path: string): Decoded {
  if (contentType !== 'application/json') return decode(bytes, SCHEMAS[path] ?? {});
  const value: unknown = JSON.parse(bytes.toString());
  return isMessage(value) ? value : {};
}

function named(value: unknown, name: string): Decoded[] {
  if (Array.isArray(value)) return value.flatMap((item) => named(item, name));
  if (!isMessage(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === name && Array.isArray(inner) ? inner.filter(isMessage) : named(inner, name),
  );
}

function isMessage(value: unknown): value is Decoded {
  return typeof value === 'object' && value !== null;
}

/** OTLP's key-value pairs as an object. */
export function attributesOf(message: unknown): Decoded {
  const result: Decoded = {};
  const { attributes } = isMessage(message) ? message : result;
  for (const { key, value } of Array.isArray(attributes) ? attributes.filter(isMessage) : []) {
    result[String(key)] = plain(value);
  }
  return result;
}

function plain(value: unknown): unknown {
  if (!isMessage(value)) return value;
  const [kind, inner] = Object.entries(value)[0] ?? [];
  if (kind === 'boolValue') return Boolean(inner);
  if (kind === 'intValue') return Number(inner);
  if (kind !== 'arrayValue' || !isMessage(inner)) return inner;
  const { values } = inner;
  return Array.isArray(values) ? values.map(plain) : [];
}
