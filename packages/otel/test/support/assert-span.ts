import { type Attributes, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { expect } from 'vitest';
import type { AttributePlace } from '../../src/attributes.ts';
import { attributeTable } from '../../src/attributes.ts';
import type { FinishedSpan } from './sdks.ts';

/** All of a span: it must have no attribute that is not listed. */
export interface ExpectedSpan {
  readonly name: string;
  readonly kind: 'CLIENT' | 'INTERNAL';
  /** @defaultValue `'UNSET'` */
  readonly status?: 'UNSET' | 'ERROR';
  readonly parent?: FinishedSpan;
  readonly attributes: Attributes;
}

/** Checks everything that a span of this package shows. */
export function assertSpan(span: FinishedSpan | undefined, expected: ExpectedSpan): FinishedSpan {
  if (span === undefined) throw new Error(`There is no span ${expected.name}`);
  expect({
    name: span.name,
    kind: SpanKind[span.kind],
    status: SpanStatusCode[span.status.code],
    description: span.status.message,
    parent: span.parentSpanContext?.spanId,
    attributes: span.attributes,
    events: span.events,
    links: span.links,
    ended: span.ended,
  }).toEqual({
    name: expected.name,
    kind: expected.kind,
    status: expected.status ?? 'UNSET',
    description: undefined,
    parent: expected.parent?.spanContext().spanId,
    attributes: expected.attributes,
    events: [],
    links: [],
    ended: true,
  });
  const { traceId } = span.spanContext();
  if (expected.parent !== undefined) expect(traceId).toBe(expected.parent.spanContext().traceId);
  expect(span.duration[0] + span.duration[1]).toBeGreaterThanOrEqual(0);
  expect(span.instrumentationScope).toMatchObject({
    name: '@defender-resilience/otel',
    schemaUrl: 'https://opentelemetry.io/schemas/1.44.0',
  });
  assertDocumented(span.attributes, 'defender.outcome' in span.attributes ? 'call' : 'attempt');
  return span;
}

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  int: (value) => Number.isInteger(value),
  boolean: (value) => typeof value === 'boolean',
  'string[]': (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
};

/** Every attribute is in the table, for this place and with this type. */
export function assertDocumented(attributes: Attributes, place: AttributePlace): void {
  const faults = Object.entries(attributes).filter(([name, value]) => {
    const row = attributeTable.find((candidate) => candidate.name === name);
    return row === undefined || !row.on.includes(place) || !TYPES[row.type]?.(value);
  });
  expect(faults, `attributes on a ${place} that the table does not hold`).toEqual([]);
}

/** The spans of one parent, in the order in which they ended. */
export function childrenOf(
  spans: readonly FinishedSpan[],
  parent: FinishedSpan,
): readonly FinishedSpan[] {
  const { spanId } = parent.spanContext();
  return spans.filter((span) => span.parentSpanContext?.spanId === spanId);
}

/** The only span of that name. */
export function spanNamed(spans: readonly FinishedSpan[], name: string): FinishedSpan {
  const [span, ...others] = spans.filter((candidate) => candidate.name === name);
  if (span === undefined || others.length > 0) {
    throw new Error(`Not one span ${name} in ${spans.map((each) => each.name).join(', ')}`);
  }
  return span;
}
