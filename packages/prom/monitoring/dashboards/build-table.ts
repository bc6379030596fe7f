import { targets, thresholds } from './build-graph.ts';
import { dashboardSource, type JsonObject } from './json.ts';
import type { Column, ExemplarTablePanel, Link, TablePanel } from './panel.ts';

const property = (id: string, value: JsonObject[string]): JsonObject => ({ id, value });

/** A link as panels and fields have it. */
export const linkJson = ({ title, url, newTab = false }: Link): JsonObject => ({
  title,
  url,
  targetBlank: newTab,
});

function mappings(texts: NonNullable<Column['texts']>): JsonObject {
  const options = Object.entries(texts).map(
    ([value, { text, colour }], index) =>
      [value, { text, index, ...(colour === undefined ? {} : { color: colour }) }] as const,
  );
  return property('mappings', [{ type: 'value', options: Object.fromEntries(options) }]);
}

function override(column: Column): JsonObject {
  const { field, title, unit, decimals, width, links, texts, colours } = column;
  return {
    matcher: { id: 'byName', options: field },
    properties: [
      property('displayName', title),
      // The text for an empty table would stand in empty cells as well.
      property('noValue', ''),
      ...(unit === undefined ? [] : [property('unit', unit)]),
      ...(decimals === undefined ? [] : [property('decimals', decimals)]),
      ...(width === undefined ? [] : [property('custom.width', width)]),
      ...(texts === undefined ? [] : [mappings(texts)]),
      ...(links === undefined || links.length === 0
        ? []
        : [property('links', links.map(linkJson))]),
      ...(colours === undefined
        ? []
        : [
            property('thresholds', thresholds(colours)),
            property('color', { mode: 'thresholds' }),
            property('custom.cellOptions', { type: 'color-background', mode: 'basic' }),
          ]),
    ],
  };
}

function organized(columns: readonly Column[]): readonly JsonObject[] {
  return [
    // Only named columns: other labels of the user's series do not become columns.
    {
      id: 'filterFieldsByName',
      options: { include: { names: columns.map(({ field }) => field) } },
    },
    {
      id: 'organize',
      options: {
        excludeByName: {},
        indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
        renameByName: {},
      },
    },
  ];
}

/** Grafana matches the words that JavaScript has for nothing. */
const HAS_VALUE = '^(?!undefined$|null$).+';

function look(spec: TablePanel | ExemplarTablePanel, unit: string): JsonObject {
  return {
    type: 'table',
    options: {
      frameIndex: 0,
      showHeader: true,
      cellHeight: 'sm',
      sortBy: [{ displayName: spec.sortBy, desc: true }],
    },
    fieldConfig: {
      defaults: {
        unit,
        ...(spec.noValue === undefined ? {} : { noValue: spec.noValue }),
        custom: { align: 'auto', inspect: false, filterable: false, minWidth: 80 },
      },
      overrides: spec.columns.map(override),
    },
  };
}

/** A table of what queries answer, joined by their labels. */
export function table(spec: TablePanel): JsonObject {
  return {
    ...look(spec, spec.unit),
    targets: targets(spec.queries, 'table'),
    transformations: [{ id: 'merge', options: {} }, ...organized(spec.columns)],
  };
}

/** A table of another panel's exemplars: Grafana treats them as annotations of that panel. */
export function exemplarTable(spec: ExemplarTablePanel, panelId: number): JsonObject {
  return {
    ...look(spec, 'none'),
    targets: [{ refId: 'A', datasource: dashboardSource, panelId, topic: 'annotations' }],
    transformations: [
      {
        id: 'filterByValue',
        options: {
          type: 'include',
          match: 'all',
          filters: [
            { fieldName: spec.key, config: { id: 'regex', options: { value: HAS_VALUE } } },
          ],
        },
      },
      ...organized(spec.columns),
    ],
  };
}
