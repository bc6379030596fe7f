import { describe, expect, it } from 'vitest';
import { checked, unknownNames } from '../../monitoring/check-query.ts';
import { series, tableVocabulary, type Vocabulary } from '../../monitoring/vocabulary.ts';

const vocabulary: Vocabulary = new Map([
  ['calls_total', new Set(['job', 'instance', 'code'])],
  ['calls_bucket', new Set(['job', 'le'])],
  ['job:calls:rate5m', new Set(['job'])],
]);

describe('unknownNames', () => {
  it.each([
    'calls_total',
    'sum by (job, code) (rate(calls_total{code=~"a|b", job!="x"}[5m] offset 1h))',
    'sum(rate(calls_total[5m])) without (instance) > 3 * 10',
    'calls_total / on (job) group_left (code) job:calls:rate5m or vector(0)',
    'histogram_quantile(0.95, sum by (le) (rate(calls_bucket{le="+Inf"}[$__rate_interval]))) >= 0',
    'calls_total unless on () calls_total and ignoring (code) calls_total',
    'topk(3, calls_total) == bool 1e3',
    'calls_total{code="sum by (nothing) (else_total{x=\\"y\\"})"}',
  ])('finds nothing strange in %s', (expr) => {
    expect(unknownNames(expr, vocabulary)).toEqual([]);
  });

  it.each([
    ['cals_total', 'there is no metric cals_total'],
    ['rate(calls[5m])', 'there is no metric calls'],
    ['job:calls:rate1h', 'there is no metric job:calls:rate1h'],
    ['calls_total{kode="a"}', 'calls_total has no label kode'],
    ['calls_total{code="a",le="1"}', 'calls_total has no label le'],
    ['sum by (le) (calls_total)', 'no metric of the query has the label le'],
    ['sum(calls_total) without (pod)', 'no metric of the query has the label pod'],
    ['calls_total / on (jop) job:calls:rate5m', 'no metric of the query has the label jop'],
  ])('finds what is strange in %s', (expr, fault) => {
    expect(unknownNames(expr, vocabulary)).toEqual([fault]);
  });
});

describe('checked', () => {
  it('gives a good expression back', () => {
    expect(checked('calls_total', vocabulary)).toBe('calls_total');
  });

  it('refuses a bad one and names every fault', () => {
    expect(() => checked('a{b="c"} + calls_total{d="e"}', vocabulary)).toThrow(
      'there is no metric a; calls_total has no label d, in: a{b="c"}',
    );
  });
});

describe('series', () => {
  it('has a counter’s full name, and three for a histogram', () => {
    expect(series('errors_total')).toBe('defender_client_errors_total');
    expect(series('operation_duration_seconds', 'bucket')).toBe(
      'defender_client_operation_duration_seconds_bucket',
    );
  });

  it('refuses a histogram without its part and a part of what is none', () => {
    expect(() => series('operation_duration_seconds')).toThrow('is a histogram');
    expect(() => series('errors_total', 'sum')).toThrow('is no histogram');
  });

  it('gives buckets alone the label le', () => {
    const has = (name: string): boolean => tableVocabulary.get(name)?.has('le') ?? false;
    expect(has('defender_client_attempt_duration_seconds_bucket')).toBe(true);
    expect(has('defender_client_attempt_duration_seconds_count')).toBe(false);
  });
});
