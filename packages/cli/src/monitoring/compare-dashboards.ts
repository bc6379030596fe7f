import { isDeepStrictEqual } from 'node:util';
import type { GrafanaDashboard } from '@defender-resilience/prom/monitoring';
import { isRecord, textField } from '../json.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A part of a dashboard: a panel, a variable, an annotation, or its settings. */
interface Part {
  readonly key: string;
  readonly label: string;
  readonly fields: Fields;
}

/** One line for each part of a dashboard that is missing, added or different. */
export function dashboardDifferences(
  wanted: GrafanaDashboard,
  deployed: Fields,
): readonly string[] {
  const found = new Map(partsOf(deployed).map((part) => [part.key, part]));
  const lines = partsOf(wanted).flatMap(({ key, label, fields }) => {
    const name = `${wanted.uid}${label}`;
    const other = found.get(key);
    found.delete(key);
    if (other === undefined) return [`- ${name} is not deployed`];
    const names = fieldsThatDiffer(fields, other.fields);
    if (names.length === 0) return [];
    return [`~ ${name}: ${names.join(', ')} ${names.length === 1 ? 'differs' : 'differ'}`];
  });
  const added = [...found.values()].map(
    ({ label }) => `+ ${wanted.uid}${label} is deployed, but not generated`,
  );
  return [...lines, ...added];
}

function partsOf(dashboard: Fields): readonly Part[] {
  // Grafana assigns the ID, and increments the version at each save.
  const { id: _id, version: _version, panels, templating, annotations, ...settings } = dashboard;
  return [
    { key: 'settings', label: '', fields: settings },
    ...listIn(templating).map((fields) => named('variable', fields)),
    ...listIn(annotations).map((fields) => named('annotation', fields)),
    ...panelsIn(panels).map((fields) => {
      const key = `panel ${String(fields['id'])}`;
      const title = textField(fields, 'title');
      return { key, label: ` / ${key}${title === undefined ? '' : ` "${title}"`}`, fields };
    }),
  ];
}

function named(kind: string, fields: Fields): Part {
  const key = `${kind} ${textField(fields, 'name') ?? '(no name)'}`;
  return { key, label: ` / ${key}`, fields };
}

function listIn(section: unknown): readonly Fields[] {
  return isRecord(section) && Array.isArray(section['list'])
    ? section['list'].filter(isRecord)
    : [];
}

/** A collapsed row contains its panels; an open one precedes them. */
function panelsIn(panels: unknown): readonly Fields[] {
  if (!Array.isArray(panels)) return [];
  return panels.filter(isRecord).flatMap((panel) => {
    const { panels: inside, ...own } = panel;
    return [own, ...panelsIn(inside)];
  });
}

function fieldsThatDiffer(wanted: Fields, deployed: Fields): readonly string[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(deployed)]);
  return [...names].filter((name) => !isDeepStrictEqual(wanted[name], deployed[name]));
}
