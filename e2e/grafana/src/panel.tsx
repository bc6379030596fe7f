import {
  type DataFrame,
  dateTime,
  getDisplayProcessor,
  renderTextPanelMarkdown,
  type TimeRange,
} from '@grafana/data';
import { LegendDisplayMode, type VizLegendOptions } from '@grafana/schema';
import {
  BigValue,
  BigValueColorMode,
  BigValueGraphMode,
  PanelChrome,
  TimeSeries,
} from '@grafana/ui';
import { TableNG } from '@grafana/ui/unstable';
import { type ReactNode, useEffect, useState } from 'react';
import { type Answer, exemplarFrames, graphFrames, stepOf, tableFrames, theme } from './frames.ts';
import { drawMarks, type Events } from './marks.ts';
import type { Panel, Setup } from './model.ts';
import { interpolate, type Mark, Prometheus } from './prometheus.ts';
import { Timeline } from './timeline.tsx';

const LEGEND: VizLegendOptions = {
  calcs: [],
  showLegend: true,
  displayMode: LegendDisplayMode.List,
  placement: 'bottom',
};

interface Shown {
  readonly frames: DataFrame[];
  readonly exemplars: readonly Mark[];
  readonly samples: number;
  readonly error?: string;
}

/** The exemplars of the queries that draw them. */
async function exemplarsOf(panel: Panel, setup: Setup): Promise<Mark[]> {
  const prometheus = new Prometheus(setup);
  const step = stepOf(panel, setup);
  const found = await Promise.all(
    (panel.targets ?? []).map(({ expr, exemplar }) =>
      expr !== undefined && exemplar ? prometheus.exemplars(expr, step) : [],
    ),
  );
  return found.flat();
}

/** A table of the exemplars of another panel. */
async function loadExemplars(panel: Panel, panelId: number, setup: Setup): Promise<Shown> {
  const source = setup.dashboard.panels.find(({ id }) => id === panelId);
  if (source === undefined) throw new Error(`There is no panel ${panelId}`);
  const marks = await exemplarsOf(source, setup);
  return { frames: await exemplarFrames(marks, panel), exemplars: [], samples: marks.length };
}

async function load(panel: Panel, setup: Setup): Promise<Shown> {
  const targets = panel.targets ?? [];
  const [first] = targets;
  if (first?.panelId !== undefined) return loadExemplars(panel, first.panelId, setup);
  const step = stepOf(panel, setup);
  const prometheus = new Prometheus(setup);
  const answer: Answer = await Promise.all(
    targets.map(async (target) => ({
      target,
      series: await (target.instant
        ? prometheus.instant(target.expr ?? '')
        : prometheus.range(target.expr ?? '', step)),
    })),
  );
  const frames =
    panel.type === 'table' ? await tableFrames(answer, panel) : graphFrames(answer, panel, setup);
  const samples = answer.flatMap(({ series }) => series.flatMap((one) => one.samples)).length;
  return { frames, exemplars: await exemplarsOf(panel, setup), samples };
}

function timeRange({ from, to }: Setup): TimeRange {
  const range = { from: dateTime(from * 1000), to: dateTime(to * 1000) };
  return { ...range, raw: range };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function Stat({
  panel,
  frames,
  width,
  height,
}: Size & { panel: Panel; frames: DataFrame[] }): ReactNode {
  const field = frames[0]?.fields[1];
  const value = field?.values.findLast((one) => one !== null);
  const display =
    field?.display ?? getDisplayProcessor({ theme, field: { config: panel.fieldConfig.defaults } });
  return (
    <BigValue
      colorMode={panel.options.colorMode ?? BigValueColorMode.None}
      graphMode={panel.options.graphMode ?? BigValueGraphMode.None}
      theme={theme}
      width={width}
      height={height}
      value={{ ...display(value), title: '' }}
    />
  );
}

function Body(
  props: Size & { panel: Panel; setup: Setup; shown: Shown; events: readonly Events[] },
): ReactNode {
  const { panel, setup, shown, events, width, height } = props;
  const { frames, exemplars } = shown;
  if (shown.samples === 0 && panel.type !== 'stat') return <Nothing panel={panel} />;
  switch (panel.type) {
    case 'stat':
      return <Stat panel={panel} frames={frames} width={width} height={height} />;
    case 'table':
      return (
        frames[0] && (
          <TableNG data={frames[0]} width={width} height={height} sortBy={panel.options.sortBy} />
        )
      );
    case 'state-timeline':
      return <Timeline frames={frames} height={height} />;
    default:
      return (
        <TimeSeries
          frames={frames}
          width={width}
          height={height}
          timeRange={timeRange(setup)}
          timeZone="utc"
          legend={{ ...LEGEND, ...panel.options.legend }}
          options={panel.options}
        >
          {(builder) => drawMarks(builder, exemplars, events)}
        </TimeSeries>
      );
  }
}

/** What Grafana shows in place of a graph or table without data. */
function Nothing({ panel }: { panel: Panel }): ReactNode {
  return (
    <div
      data-testid="nothing"
      style={{
        height: '100%',
        display: 'flex',
        alignItems: 'center',
        justifyContent: 'center',
        textAlign: 'center',
        color: theme.colors.text.secondary,
      }}
    >
      {panel.fieldConfig.defaults.noValue ?? 'No data'}
    </div>
  );
}

function Text({ panel }: { panel: Panel }): ReactNode {
  const html = renderTextPanelMarkdown(
    interpolate(panel.options.content ?? '', { instance: 'All' }),
  );
  // Grafana's own renderer has cleaned it.
  return <div className="markdown-html" dangerouslySetInnerHTML={{ __html: html }} />;
}

/** One panel of the dashboard. Its `data-state` tells the test how it is. */
export function PanelView(
  props: Size & { panel: Panel; setup: Setup; events: readonly Events[] },
): ReactNode {
  const { panel, setup, events, width, height } = props;
  const [shown, setShown] = useState<Shown>();
  useEffect(() => {
    load(panel, setup).then(setShown, (error: unknown) => {
      setShown({ frames: [], exemplars: [], samples: 0, error: String(error) });
    });
  }, [panel, setup]);
  const isText = panel.type === 'text';
  const state = shown === undefined ? 'loading' : (shown.error ?? 'done');
  return (
    <div
      data-testid={`panel-${panel.id}`}
      data-state={isText ? 'done' : state}
      data-samples={shown?.samples}
      data-exemplars={shown?.exemplars.length}
    >
      <PanelChrome
        title={panel.title}
        width={width}
        height={height}
        description={panel.description}
      >
        {(innerWidth, innerHeight) =>
          isText ? (
            <Text panel={panel} />
          ) : (
            shown && (
              <Body
                panel={panel}
                setup={setup}
                shown={shown}
                events={events}
                width={innerWidth}
                height={innerHeight}
              />
            )
          )
        }
      </PanelChrome>
    </div>
  );
}
