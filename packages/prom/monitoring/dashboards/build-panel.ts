import { runbookLinks } from './addresses.ts';
import { graph, stat, strip, timeline } from './build-graph.ts';
import { exemplarTable, linkJson, table } from './build-table.ts';
import { dashboardSource, datasource, type JsonObject } from './json.ts';
import type { PanelSpec } from './panel.ts';

/** What the panels of a dashboard need to know of it. */
export interface Board {
  /** The address of the runbooks; empty if nobody said. */
  readonly runbooks: string;
  /** The ids of the panels whose exemplars tables list, by the panels' keys. */
  readonly sources: ReadonlyMap<string, number>;
}

/** Where a panel is in Grafana's grid of 24 columns. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

function visualisation(spec: PanelSpec, { sources }: Board): JsonObject {
  switch (spec.kind) {
    case 'stat':
      return stat(spec);
    case 'lines':
    case 'bars':
      return graph(spec);
    case 'strip':
      return strip(spec);
    case 'timeline':
      return timeline(spec);
    case 'table':
      return table(spec);
    case 'exemplars': {
      const id = sources.get(spec.of);
      if (id === undefined) throw new TypeError(`There is no panel ${spec.of}`);
      return exemplarTable(spec, id);
    }
    case 'text':
      return { type: 'text', options: { mode: 'markdown', content: spec.content } };
  }
}

function sourceOf({ kind }: PanelSpec): JsonObject {
  if (kind === 'text') return {};
  return { datasource: kind === 'exemplars' ? dashboardSource : datasource };
}

/** A panel as Grafana reads it. */
export function buildPanel(spec: PanelSpec, id: number, { x, y }: Place, board: Board): JsonObject {
  const links = runbookLinks(board.runbooks, spec.runbooks ?? []);
  return {
    id,
    title: spec.title,
    description: spec.description,
    gridPos: { x, y, w: spec.width, h: spec.height },
    ...sourceOf(spec),
    ...visualisation(spec, board),
    ...(links.length === 0 ? {} : { links: links.map(linkJson) }),
  };
}
