import type { Rule, RuleGroup } from '@defender-resilience/prom/monitoring';
import { isRecord, textField } from '../json.ts';

/** Brings an expression into a form in which equal expressions are equal texts. */
export type Normalise = (expr: string) => Promise<string>;

/** A rule by what makes it another one: its group, its name, and the labels that tell rules of one name apart. */
interface Named {
  readonly key: string;
  readonly rule: Readonly<Record<string, unknown>>;
}

/** One line for each rule that is missing, foreign to its group, or different from what is wanted. */
export async function differences(
  wanted: readonly RuleGroup[],
  deployed: unknown,
  normalise: Normalise,
): Promise<readonly string[]> {
  const groups = groupsOf(deployed);
  const found = new Map(groups.flatMap(namedOf).map(({ key, rule }) => [key, rule]));
  const lines: string[] = [];
  for (const { key, rule } of wanted.flatMap(namedOf)) {
    const other = found.get(key);
    found.delete(key);
    if (other === undefined) lines.push(`- ${key} is not deployed`);
    else
      lines.push(
        ...(await fieldsThatDiffer(rule, other, normalise)).map(
          (name) => `~ ${key}: ${name} differs`,
        ),
      );
  }
  const ours = new Set(wanted.map(({ name }) => name));
  // Groups of others are none of our business.
  const foreign = [...found.keys()].filter((key) => ours.has(key.split(' / ', 1)[0] ?? ''));
  return [...lines, ...foreign.map((key) => `+ ${key} is deployed, and not generated`)];
}

interface Group {
  readonly name: string;
  readonly rules: readonly (Rule | Readonly<Record<string, unknown>>)[];
}

/** A rule file as JSON, or what Prometheus answers at `/api/v1/rules`. */
function groupsOf(document: unknown): readonly Group[] {
  const data = isRecord(document) && isRecord(document['data']) ? document['data'] : document;
  const groups = isRecord(data) && Array.isArray(data['groups']) ? data['groups'] : [];
  return groups.filter(isRecord).map((group) => ({
    name: textField(group, 'name') ?? '',
    rules: Array.isArray(group['rules']) ? group['rules'].filter(isRecord) : [],
  }));
}

function namedOf({ name, rules }: Group): readonly Named[] {
  return rules.map((rule) => {
    const fields: Readonly<Record<string, unknown>> = { ...rule };
    const own = textField(fields, 'alert', 'record', 'name') ?? '';
    const { window } = isRecord(fields['labels']) ? fields['labels'] : {};
    const key = `${name} / ${own}${typeof window === 'string' ? ` (${window})` : ''}`;
    return { key, rule: fields };
  });
}

async function fieldsThatDiffer(
  wanted: Readonly<Record<string, unknown>>,
  deployed: Readonly<Record<string, unknown>>,
  normalise: Normalise,
): Promise<readonly string[]> {
  const names: string[] = [];
  const expr = (rule: Readonly<Record<string, unknown>>): Promise<string> =>
    normalise(textField(rule, 'expr', 'query') ?? '');
  if ((await expr(wanted)) !== (await expr(deployed))) names.push('expr');
  if (secondsOf(wanted['for']) !== secondsOf(deployed['for'] ?? deployed['duration']))
    names.push('for');
  const keeps = deployed['keep_firing_for'] ?? deployed['keepFiringFor'];
  if (secondsOf(wanted['keep_firing_for']) !== secondsOf(keeps)) names.push('keep_firing_for');
  for (const name of ['labels', 'annotations']) {
    if (!isSame(wanted[name], deployed[name])) names.push(name);
  }
  return names;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** `1h30m`, or the seconds that Prometheus answers. */
function secondsOf(duration: unknown): number {
  if (typeof duration === 'number') return duration;
  const parts = String(duration ?? '').matchAll(/(\d+)([smhdw])/gy);
  return [...parts].reduce(
    (sum, [, count, unit = 's']) => sum + Number(count) * (UNITS[unit] ?? 1),
    0,
  );
}

function isSame(a: unknown, b: unknown): boolean {
  const sorted = (value: unknown): string =>
    JSON.stringify(
      isRecord(value) ? Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1)) : [],
    );
  return sorted(a) === sorted(b);
}
