import type { UPlotConfigBuilder } from '@grafana/ui';
import type uPlot from 'uplot';
import type { Mark } from './prometheus.ts';

const DIAMOND = 5;

/** One kind of event on the time axis of every graph. */
export interface Events {
  readonly colour: string;
  readonly seconds: readonly number[];
  /** The panels that do not draw it. */
  readonly exceptIn: readonly number[];
}

function diamonds(plot: uPlot, exemplars: readonly Mark[]): void {
  const scale = plot.series[1]?.scale;
  if (scale === undefined) return;
  const { ctx, bbox } = plot;
  const size = DIAMOND * devicePixelRatio;
  ctx.fillStyle = '#3d71d9';
  ctx.strokeStyle = '#ffffff';
  for (const { seconds, value } of exemplars) {
    const x = plot.valToPos(seconds * 1000, 'x', true);
    // Grafana draws what lies beyond the axis at its edge.
    const { min = 0, max = 1 } = plot.scales[scale] ?? {};
    const within = Math.min(Math.max(value, min), max);
    const y = Math.min(bbox.top + bbox.height - size, plot.valToPos(within, scale, true));
    ctx.beginPath();
    ctx.moveTo(x, y - size);
    ctx.lineTo(x + size, y);
    ctx.lineTo(x, y + size);
    ctx.lineTo(x - size, y);
    ctx.closePath();
    ctx.fill();
    ctx.stroke();
  }
}

function lines(plot: uPlot, events: readonly Events[]): void {
  const { ctx, bbox } = plot;
  for (const { colour, seconds } of events) {
    ctx.strokeStyle = colour;
    ctx.setLineDash([4, 4]);
    for (const second of seconds) {
      const x = plot.valToPos(second * 1000, 'x', true);
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.setLineDash([]);
  }
}

const drawn = new WeakSet<UPlotConfigBuilder>();

/** Grafana's own layers for exemplars and annotations are not published: these draw the same. */
export function drawMarks(
  builder: UPlotConfigBuilder,
  exemplars: readonly Mark[],
  events: readonly Events[],
): null {
  if (drawn.has(builder)) return null;
  drawn.add(builder);
  builder.addHook('draw', (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    lines(plot, events);
    diamonds(plot, exemplars);
    ctx.restore();
  });
  return null;
}
