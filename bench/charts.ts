import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Point } from './lib/suite.ts';
import { draw } from './lib/svg.ts';

type Series = Readonly<Record<string, readonly Point[]>>;

/** Draws what grows with what, from the series of the suites. */
export async function drawCharts(series: Series, folder: string): Promise<void> {
  const of = (name: string): readonly Point[] => series[name] ?? [];
  const charts: Readonly<Record<string, string>> = {
    'calls-in-flight.svg': draw({
      title: 'Cost of a call by the calls in flight',
      xLabel: 'calls in flight',
      yLabel: 'ns per call',
      logarithmic: { x: true, y: true },
      lines: {
        floor: of('floor in flight'),
        ours: of('ours in flight'),
        cockatiel: of('cockatiel in flight'),
      },
    }),
    'operations.svg': draw({
      title: 'Cost of a call by the operations in turn',
      xLabel: 'operations',
      yLabel: 'ns per call',
      logarithmic: { x: true, y: false },
      lines: { ours: of('ours by operations') },
    }),
    'observers.svg': draw({
      title: 'Cost of a call by the observers',
      xLabel: 'observers, each with every hook',
      yLabel: 'ns per call',
      logarithmic: { x: false, y: false },
      lines: { ours: of('ours by observers') },
    }),
  };
  await mkdir(folder, { recursive: true });
  for (const [name, svg] of Object.entries(charts)) await writeFile(join(folder, name), svg);
}
