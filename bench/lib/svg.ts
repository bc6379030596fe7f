import type { Point } from './suite.ts';

/** A chart of lines over one axis. */
export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Whether each step of the axis multiplies. */
  readonly logarithmic: Readonly<{ x: boolean; y: boolean }>;
  readonly lines: Readonly<Record<string, readonly Point[]>>;
}

const WIDTH = 720;
const HEIGHT = 400;
const LEFT = 70;
const RIGHT = 150;
const TOP = 50;
const BOTTOM = 56;
// Okabe and Ito: told apart by colour-blind readers, on white and on black.
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];

/** Draws a chart as SVG that follows the reader's light or dark theme. */
export function draw(chart: Chart): string {
  const points = Object.values(chart.lines).flat();
  const x = scale(
    points.map((point) => point.x),
    chart.logarithmic.x,
    [LEFT, WIDTH - RIGHT],
  );
  const y = scale(
    points.map((point) => point.y),
    chart.logarithmic.y,
    [HEIGHT - BOTTOM, TOP],
  );
  const lines = Object.entries(chart.lines).map(([name, line], index) =>
    drawLine(name, line, x, y, COLOURS[index % COLOURS.length] ?? ''),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${chart.title}">
<style>
text { font: 13px system-ui, sans-serif; fill: #333 }
.title { font-size: 16px; font-weight: 600 }
.grid { stroke: #8884; fill: none }
.line { fill: none; stroke-width: 2 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } }
</style>
<text class="title" x="${LEFT}" y="24">${chart.title}</text>
${x.ticks.map((tick) => `<path class="grid" d="M${round(x.at(tick))} ${TOP}V${HEIGHT - BOTTOM}"/><text x="${round(x.at(tick))}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${short(tick)}</text>`).join('\n')}
${y.ticks.map((tick) => `<path class="grid" d="M${LEFT} ${round(y.at(tick))}H${WIDTH - RIGHT}"/><text x="${LEFT - 8}" y="${round(y.at(tick)) + 4}" text-anchor="end">${short(tick)}</text>`).join('\n')}
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">${chart.xLabel}</text>
<text x="${LEFT - 60}" y="${TOP - 10}">${chart.yLabel}</text>
${lines.join('\n')}
</svg>
`;
}

interface Scale {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

function scale(
  values: readonly number[],
  logarithmic: boolean,
  [from, to]: readonly [number, number],
): Scale {
  const positive = values.filter((value) => value > 0);
  const largest = Math.max(...positive, 1);
  const ticks = logarithmic
    ? decades(Math.min(...positive), largest)
    : Array.from({ length: 6 }, (_, step) => step * niceStep(largest / 5));
  const map = logarithmic ? Math.log10 : (value: number): number => value;
  const low = map(ticks[0] ?? 0);
  const high = map(ticks.at(-1) ?? 1);
  return {
    ticks,
    at: (value) => from + ((map(value) - low) / (high - low || 1)) * (to - from),
  };
}

function decades(smallest: number, largest: number): readonly number[] {
  const first = Math.floor(Math.log10(smallest));
  const last = Math.max(Math.ceil(Math.log10(largest)), first + 1);
  return Array.from({ length: last - first + 1 }, (_, step) => 10 ** (first + step));
}

function niceStep(least: number): number {
  const unit = 10 ** Math.floor(Math.log10(least));
  return unit * ([1, 2, 2.5, 5, 10].find((factor) => factor * unit >= least) ?? 10);
}

function drawLine(
  name: string,
  line: readonly Point[],
  x: Scale,
  y: Scale,
  colour: string,
): string {
  const places = line.map((point) => [round(x.at(point.x)), round(y.at(point.y))] as const);
  const [endX = 0, endY = 0] = places.at(-1) ?? [];
  const dots = places.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" fill="${colour}"/>`);
  return `<path class="line" stroke="${colour}" d="M${places.map((place) => place.join(' ')).join('L')}"/>${dots.join('')}<text x="${endX + 10}" y="${endY + 4}" style="fill:${colour}">${name}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function short(value: number): string {
  if (value >= 1e6) return `${value / 1e6}M`;
  return value >= 1e3 ? `${value / 1e3}k` : String(round(value));
}
