import type { Rule, RuleGroup } from '@defender-resilience/prom/monitoring';
import { isRecord, textField } from '../json.ts';

/** Converts an expression to a form in which equal expressions are equal texts. */
export type Normalise = (expr: string) => Promise<string>;

/** A rule with its identity: its name, and the labels that distinguish rules of the same name. */
interface Named {
  readonly name: string;
  readonly rule: Readonly<Record<string, unknown>>;
}

interface Group {
  readonly name: string;
  readonly interval: unknown;
  readonly rules: readonly (Rule | Readonly<Record<string, unknown>>)[];
}

/**
 * One line for each group and rule that is missing, added or different. If several files have a group of the
 * same name, as with rules for two selectors, compares the most similar one.
 */
export async function differences(
  wanted: readonly RuleGroup[],
  deployed: unknown,
  normalise: Normalise,
): Promise<readonly string[]> {
  const groups = groupsOf(deployed);
  const once = memoized(normalise);
  const lines: string[] = [];
  for (const group of wanted) {
    let fewest: readonly string[] | undefined;
    for (const other of groups.filter(({ name }) => name === group.name)) {
      const found = await differencesOf(group, other, once);
      if (fewest === undefined || found.length < fewest.length) fewest = found;
    }
    lines.push(...(fewest ?? [`- ${group.name} is not deployed`]));
  }
  return lines;
}

async function differencesOf(
  wanted: RuleGroup,
  deployed: Group,
  normalise: Normalise,
): Promise<readonly string[]> {
  const isTimely = secondsOf(wanted.interval) === secondsOf(deployed.interval);
  const lines = isTimely ? [] : [`~ ${wanted.name}: interval differs`];
  const left = [...namedOf(deployed)];
  const take = (index: number): Named | undefined =>
    index < 0 ? undefined : left.splice(index, 1)[0];
  const changed: Named[] = [];
  // Rules of the same name, such as those for several jobs, are first paired with equal ones.
  for (const { name, rule } of namedOf(wanted)) {
    const same = await Promise.all(
      left.map(
        async (other) =>
          other.name === name && (await fieldsThatDiffer(rule, other.rule, normalise)).length === 0,
      ),
    );
    if (take(same.indexOf(true)) === undefined) changed.push({ name, rule });
  }
  for (const { name, rule } of changed) {
    const key = `${wanted.name} / ${name}`;
    const other = take(left.findIndex((one) => one.name === name));
    if (other === undefined) lines.push(`- ${key} is not deployed`);
    else {
      const fields = await fieldsThatDiffer(rule, other.rule, normalise);
      lines.push(...fields.map((field) => `~ ${key}: ${field} differs`));
    }
  }
  return [
    ...lines,
    ...left.map(({ name }) => `+ ${wanted.name} / ${name} is deployed, but not generated`),
  ];
}

function memoized(normalise: Normalise): Normalise {
  const known = new Map<string, Promise<string>>();
  return (expr) => {
    const normal = known.get(expr) ?? normalise(expr);
    known.set(expr, normal);
    return normal;
  };
}

/** The groups of a rule file as JSON, or of Prometheus's response at `/api/v1/rules`. */
function groupsOf(document: unknown): readonly Group[] {
  const data = isRecord(document) && isRecord(document['data']) ? document['data'] : document;
  const groups = isRecord(data) && Array.isArray(data['groups']) ? data['groups'] : [];
  return groups.filter(isRecord).map((group) => ({
    name: textField(group, 'name') ?? '',
    interval: group['interval'],
    rules: Array.isArray(group['rules']) ? group['rules'].filter(isRecord) : [],
  }));
}

function namedOf({ rules }: Pick<Group, 'rules'>): readonly Named[] {
  return rules.map((rule) => {
    const fields: Readonly<Record<string, unknown>> = { ...rule };
    const own = textField(fields, 'alert', 'record', 'name') ?? '';
    const { window } = isRecord(fields['labels']) ? fields['labels'] : {};
    const name = `${own}${typeof window === 'string' ? ` (${window})` : ''}`;
    return { name, rule: fields };
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

/** Seconds of a duration such as `1h30m`, or a number of seconds as in Prometheus's response. */
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
