import { datasource, type Json, type JsonObject } from './json.ts';
import type { ColourStep, GraphPanel, StatPanel, StripPanel, TimelinePanel } from './panel.ts';
import type { Query } from './query.ts';

/** So few bars are wide enough to be told apart. */
const BARS = 180;

/** Of exemplars with the same value Grafana keeps one for each sample, so there are many samples. */
const EXEMPLARS = 6_000;

type Mode = 'range' | 'instant' | 'table';

/** The queries of a panel. */
export function targets(queries: readonly Query[], mode: Mode): readonly JsonObject[] {
  return queries.map(({ expr, legend, exemplar, minStep }, index) => ({
    refId: 'ABCDEFGHIJ'.charAt(index),
    datasource,
    expr,
    range: mode === 'range',
    instant: mode !== 'range',
    format: mode === 'table' ? 'table' : 'time_series',
    ...(legend === undefined ? {} : { legendFormat: legend }),
    ...(exemplar ? { exemplar: true } : {}),
    ...(minStep === undefined ? {} : { interval: minStep }),
  }));
}

/** Colours by value. */
export function thresholds(steps: readonly ColourStep[]): JsonObject {
  return {
    mode: 'absolute',
    steps: steps.map(({ from, colour }) => ({ value: from, color: colour })),
  };
}

const noValue = (text: string | undefined): JsonObject =>
  text === undefined ? {} : { noValue: text };

/** One number. */
export function stat(spec: StatPanel): JsonObject {
  const { unit, decimals } = spec;
  return {
    type: 'stat',
    targets: targets(spec.queries, 'instant'),
    options: {
      graphMode: 'none',
      colorMode: 'value',
      justifyMode: 'auto',
      textMode: 'value',
      orientation: 'auto',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
    fieldConfig: {
      defaults: {
        unit,
        ...(decimals === undefined ? {} : { decimals }),
        noValue: spec.noValue ?? '0',
        thresholds: thresholds(spec.colours),
      },
      overrides: [],
    },
  };
}

/** Lines or bars. */
export function graph(spec: GraphPanel): JsonObject {
  const isBars = spec.kind === 'bars';
  const { beside = false, values } = spec.legend;
  const limits = spec.limits ?? [];
  return {
    type: 'timeseries',
    targets: targets(spec.queries, 'range'),
    ...(isBars ? { maxDataPoints: BARS } : {}),
    options: {
      legend: {
        displayMode: beside ? 'table' : 'list',
        placement: beside ? 'right' : 'bottom',
        showLegend: true,
        calcs: values,
      },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
    fieldConfig: {
      defaults: {
        unit: spec.unit,
        min: 0,
        color: { mode: 'palette-classic' },
        ...noValue(spec.noValue),
        ...(limits.length === 0 ? {} : { thresholds: thresholds(limits) }),
        custom: {
          drawStyle: isBars ? 'bars' : 'line',
          fillOpacity: isBars ? 80 : 8,
          lineWidth: isBars ? 0 : 2,
          showPoints: 'never',
          ...(isBars ? { stacking: { mode: 'normal', group: 'A' } } : {}),
          ...(limits.length === 0 ? {} : { thresholdsStyle: { mode: 'dashed' } }),
        },
      },
      overrides: Object.entries(spec.seriesColours ?? {}).map(([name, colour]) => ({
        matcher: { id: 'byName', options: name },
        properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }],
      })),
    },
  };
}

/**
 * Exemplars alone. Grafana draws one at its value, or at the edge of the axis beyond which it lies: an
 * axis from 0 to 2 has those of counters, whose value is 1, in one strip.
 */
export function strip(spec: StripPanel): JsonObject {
  return {
    type: 'timeseries',
    targets: targets(spec.queries, 'range'),
    maxDataPoints: EXEMPLARS,
    options: {
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false, calcs: [] },
      tooltip: { mode: 'none', sort: 'none' },
    },
    fieldConfig: {
      defaults: {
        unit: spec.unit,
        min: 0,
        max: 2,
        custom: {
          drawStyle: 'line',
          lineWidth: 0,
          fillOpacity: 0,
          showPoints: 'never',
          axisPlacement: 'hidden',
          axisGridShow: false,
        },
      },
      overrides: [],
    },
  };
}

/** States over time. */
export function timeline(spec: TimelinePanel): JsonObject {
  const mapped: readonly (readonly [string, Json])[] = spec.states.map(
    ({ value, text, colour }, index) => [String(value), { text, color: colour, index }],
  );
  return {
    type: 'state-timeline',
    targets: targets(spec.queries, 'range'),
    options: {
      mergeValues: true,
      showValue: 'never',
      alignValue: 'left',
      rowHeight: 0.8,
      perPage: 20,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
      tooltip: { mode: 'single', sort: 'none' },
    },
    fieldConfig: {
      defaults: {
        unit: spec.unit,
        ...noValue(spec.noValue),
        mappings: [{ type: 'value', options: Object.fromEntries(mapped) }],
        custom: { lineWidth: 0, fillOpacity: 80 },
      },
      overrides: [],
    },
  };
}
