import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TableSortByFieldStateBuilder,
  TooltipDisplayMode,
  VisibilityMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type DynamicConfigValue,
  FieldColorBuilder,
  FieldColorModeId,
  MappingType,
  type Panel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TextBuilder, TextMode } from '@grafana/grafana-foundation-sdk/text';
import { PanelBuilder as GraphBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type {
  Column,
  GraphPanel,
  PanelSpec,
  StatPanel,
  TablePanel,
  TextPanel,
  TimelinePanel,
} from './panel.ts';
import type { Query } from './query.ts';
import { datasource } from './variables.ts';

const REF_IDS = 'ABCDEFGH';

const refId = (index: number): string => REF_IDS.charAt(index);

function target({ expr, legend, exemplar }: Query, index: number): DataqueryBuilder {
  const built = new DataqueryBuilder().refId(refId(index)).datasource(datasource).expr(expr);
  if (legend !== undefined) built.legendFormat(legend);
  if (exemplar) built.exemplar(true);
  return built;
}

const ranges = (queries: readonly Query[]): Builder<Dataquery>[] =>
  queries.map((query, index) => target(query, index).range());

const instants = (queries: readonly Query[], format: PromQueryFormat): Builder<Dataquery>[] =>
  queries.map((query, index) => target(query, index).instant().format(format));

function stat(spec: StatPanel): StatBuilder {
  const panel = new StatBuilder()
    .targets(instants(spec.queries, PromQueryFormat.TimeSeries))
    .unit(spec.unit)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None)
    .noValue(spec.noValue ?? '0')
    .thresholds(
      new ThresholdsConfigBuilder()
        .mode(ThresholdsMode.Absolute)
        .steps(spec.colours.map(({ from, colour }) => ({ value: from, color: colour }))),
    );
  return spec.decimals === undefined ? panel : panel.decimals(spec.decimals);
}

function graph(spec: GraphPanel): GraphBuilder {
  const bars = spec.kind === 'bars';
  const panel = new GraphBuilder()
    .targets(ranges(spec.queries))
    .unit(spec.unit)
    .min(0)
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic))
    .drawStyle(bars ? GraphDrawStyle.Bars : GraphDrawStyle.Line)
    .fillOpacity(bars ? 80 : 8)
    .lineWidth(bars ? 0 : 2)
    .showPoints(VisibilityMode.Never)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    )
    .tooltip(
      new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending),
    );
  if (bars) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  return Object.entries(spec.seriesColours ?? {}).reduce(
    (built, [name, colour]) =>
      built.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor: colour } }]),
    panel,
  );
}

function timeline(spec: TimelinePanel): TimelineBuilder {
  const options = spec.states.map(
    ({ value, text, colour }, index) => [String(value), { text, color: colour, index }] as const,
  );
  return new TimelineBuilder()
    .targets(ranges(spec.queries))
    .unit(spec.unit)
    .mergeValues(true)
    .showValue(VisibilityMode.Never)
    .fillOpacity(80)
    .lineWidth(0)
    .rowHeight(0.8)
    .mappings([{ type: MappingType.ValueToText, options: Object.fromEntries(options) }])
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .showLegend(true),
    );
}

function columnProperties({ title, unit, decimals, link }: Column): DynamicConfigValue[] {
  return [
    { id: 'displayName', value: title },
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(link === undefined ? [] : [{ id: 'links', value: [{ ...link, targetBlank: false }] }]),
  ];
}

function table(spec: TablePanel): TableBuilder {
  const { columns } = spec;
  const panel = new TableBuilder()
    .targets(instants(spec.queries, PromQueryFormat.Table))
    .unit(spec.unit)
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
        renameByName: {},
      },
    })
    .sortBy([new TableSortByFieldStateBuilder().displayName(spec.sortBy).desc(true)]);
  return columns.reduce(
    (built, column) => built.overrideByName(column.field, columnProperties(column)),
    panel,
  );
}

function text({ content }: TextPanel): TextBuilder {
  return new TextBuilder().mode(TextMode.Markdown).content(content);
}

function visualisation(
  spec: PanelSpec,
): StatBuilder | GraphBuilder | TimelineBuilder | TableBuilder | TextBuilder {
  switch (spec.kind) {
    case 'stat':
      return stat(spec);
    case 'lines':
    case 'bars':
      return graph(spec);
    case 'timeline':
      return timeline(spec);
    case 'table':
      return table(spec);
    case 'text':
      return text(spec);
  }
}

/** A panel as Grafana reads it. */
export function buildPanel(spec: PanelSpec, id: number): Builder<Panel> {
  const panel = visualisation(spec)
    .id(id)
    .title(spec.title)
    .description(spec.description)
    .span(spec.width)
    .height(spec.height);
  return spec.kind === 'text' ? panel : panel.datasource(datasource);
}
