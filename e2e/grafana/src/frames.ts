import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  createTheme,
  type DataFrame,
  FieldConfigOptionsRegistry,
  type FieldConfigPropertyItem,
  FieldType,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';
import type { Panel, Setup, Target } from './model.ts';
import type { Mark, Series } from './prometheus.ts';

export const theme = createTheme({ colors: { mode: 'dark' } });

const transformers = new Map(
  Object.values(standardTransformers).map((transformer) => [transformer.id, transformer]),
);

standardTransformersRegistry.setInit(() =>
  [...transformers.values()].map((transformer) => ({
    id: transformer.id,
    name: transformer.name,
    editor: () => null,
    transformation: async () => transformer,
    imageDark: '',
    imageLight: '',
  })),
);

const STANDARD = [
  ...['displayName', 'unit', 'decimals', 'min', 'max', 'noValue'],
  ...['mappings', 'thresholds', 'color', 'links'],
];

/** The properties that a panel's settings and overrides can set, each taken as it is. */
function registryFor(panel: Panel): FieldConfigOptionsRegistry {
  const item = (path: string, isCustom: boolean): FieldConfigPropertyItem => ({
    id: isCustom ? `custom.${path}` : path,
    path,
    isCustom,
    name: path,
    editor: () => null,
    override: () => null,
    process: (value) => value,
    shouldApply: () => true,
    settings: {},
  });
  const overrides = panel.fieldConfig.overrides.flatMap(({ properties }) => properties);
  const custom = new Set([
    ...Object.keys(panel.fieldConfig.defaults.custom ?? {}),
    ...overrides.filter(({ id }) => id.startsWith('custom.')).map(({ id }) => id.slice(7)),
  ]);
  return new FieldConfigOptionsRegistry(() => [
    ...STANDARD.map((path) => item(path, false)),
    ...[...custom].map((path) => item(path, true)),
  ]);
}

function legend(format: string | undefined, metric: Series['metric']): string {
  if (format !== undefined)
    return format.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? '');
  return Object.values(metric).join(' ') || 'Value';
}

/** A series over time, with a gap wherever Prometheus has no sample, as Grafana's data source makes it. */
function timeFrame(
  { metric, samples }: Series,
  target: Target,
  { from, to }: Setup,
  step: number,
): DataFrame {
  const bySecond = new Map(
    samples.map(([seconds, value]) => [Math.round(seconds * 1000), Number(value)]),
  );
  const times: number[] = [];
  for (let at = from; at <= to; at += step) times.push(Math.round(at * 1000));
  const displayNameFromDS = legend(target.legendFormat, metric);
  return {
    refId: target.refId,
    length: times.length,
    fields: [
      { name: 'Time', type: FieldType.time, config: {}, values: times },
      {
        name: 'Value',
        type: FieldType.number,
        labels: { ...metric },
        config: { displayNameFromDS },
        values: times.map((time) => bySecond.get(time) ?? null),
      },
    ],
  };
}

/** A row for each series, a column for each label. */
function tableFrame(series: readonly Series[], { refId }: Target, alone: boolean): DataFrame {
  const labels = [...new Set(series.flatMap(({ metric }) => Object.keys(metric)))];
  const first = series.map(({ samples }) => samples[0]);
  return {
    refId,
    length: series.length,
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        config: {},
        values: first.map((sample) => Number(sample?.[0]) * 1000),
      },
      ...labels.map((name) => ({
        name,
        type: FieldType.string,
        config: {},
        values: series.map(({ metric }) => metric[name]),
      })),
      {
        name: alone ? 'Value' : `Value #${refId}`,
        type: FieldType.number,
        config: {},
        values: first.map((sample) => Number(sample?.[1])),
      },
    ],
  };
}

function overridden(data: DataFrame[], panel: Panel): DataFrame[] {
  const frames = applyFieldOverrides({
    data,
    fieldConfig: structuredClone(panel.fieldConfig),
    fieldConfigRegistry: registryFor(panel),
    replaceVariables: (text) => text,
    theme,
    timeZone: 'utc',
  });
  cacheFieldDisplayNames(frames);
  return frames;
}

export type Answer = readonly { readonly target: Target; readonly series: readonly Series[] }[];

/** The frames of a graph or a timeline. */
export function graphFrames(answer: Answer, panel: Panel, setup: Setup): DataFrame[] {
  const step = stepOf(panel, setup);
  const frames = answer.flatMap(({ target, series }) =>
    series.map((one) => timeFrame(one, target, setup, step)),
  );
  return overridden(frames, panel);
}

/** The distance of samples in a panel, in seconds. */
export function stepOf({ maxDataPoints, targets }: Panel, { from, to, step }: Setup): number {
  if (maxDataPoints === undefined) return step;
  const least = targets?.some(({ interval }) => interval === '1s') ? 1 : step;
  return Math.max(least, Math.ceil((to - from) / maxDataPoints / least) * least);
}

/** What Grafana's data source makes of exemplars: a row each, a column for each label. */
export async function exemplarFrames(marks: readonly Mark[], panel: Panel): Promise<DataFrame[]> {
  const labels = [...new Set(marks.flatMap((mark) => Object.keys(mark.labels)))];
  const frame: DataFrame = {
    refId: 'A',
    length: marks.length,
    fields: [
      {
        name: 'Time',
        type: FieldType.time,
        config: {},
        values: marks.map(({ seconds }) => seconds * 1_000),
      },
      {
        name: 'Value',
        type: FieldType.number,
        config: {},
        values: marks.map(({ value }) => value),
      },
      ...labels.map((name) => ({
        name,
        type: FieldType.string,
        config: {},
        values: marks.map((mark) => mark.labels[name] ?? ''),
      })),
    ],
  };
  const transformed = await lastValueFrom(transformDataFrame(panel.transformations ?? [], [frame]));
  return overridden(transformed, panel);
}

/** The one frame of a table, after the panel's transformations. */
export async function tableFrames(answer: Answer, panel: Panel): Promise<DataFrame[]> {
  const frames = answer.map(({ target, series }) =>
    tableFrame(series, target, answer.length === 1),
  );
  const transformed = await lastValueFrom(transformDataFrame(panel.transformations ?? [], frames));
  return overridden(transformed, panel);
}
