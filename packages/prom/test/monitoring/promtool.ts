import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type RuleGroup, ruleGroups } from '../../monitoring/index.ts';
import { type Samples, scrape } from './scenarios/fake-client.ts';
import { clock, type Firing, type Scenario } from './scenarios/scenario.ts';
import { majorOf, outcomeOf } from './tools.ts';

/** Labels that say nothing about what an alert is on. */
const UNSAID = 'without (alertstate, severity, class, circuit)';
const FIRING = 'ALERTS{alertstate="firing"}';

/** Runs of equal samples in promtool's short form. */
function shorthand(samples: readonly (number | '_' | 'stale')[]): string {
  const parts: string[] = [];
  for (let at = 0; at < samples.length; ) {
    const value = samples[at];
    let end = at + 1;
    while (samples[end] === value) end += 1;
    const times = end - at;
    if (value === 'stale') parts.push(...Array.from({ length: times }, () => 'stale'));
    // `_x3` is three gaps, but `5x3` is four fives.
    else if (value === '_') parts.push(`_x${times}`);
    else parts.push(`${value}${times > 1 ? `+0x${times - 1}` : ''}`);
    at = end;
  }
  return parts.join(' ');
}

const minutesOf = (time: string): number => clock(time) / 60;

interface Span {
  readonly labels: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

function spanOf({ alert, on = {}, from, to }: Firing, end: number): Span {
  const name = `Defender${alert}`;
  const labels = Object.entries({ alertname: name, job: 'siem', ...on });
  return {
    name,
    labels: `{${labels.map(([label, value]) => `${label}="${value}"`).join(', ')}}`,
    from: minutesOf(from),
    to: to === undefined ? end : minutesOf(to),
  };
}

/** What fires at the edges of each span, and for how many minutes, so that nothing flaps in between. */
function checks({ length, firing }: Scenario): readonly object[] {
  const end = minutesOf(length);
  const spans = firing.map((one) => spanOf(one, end));
  const edges = spans.flatMap(({ from, to }) => [from - 1, from, to, to + 1]);
  const minutes = [...new Set([...edges, end])].filter((minute) => minute >= 0 && minute <= end);
  const counts = new Map<string, number>();
  for (const { name, from, to } of spans) {
    counts.set(name, (counts.get(name) ?? 0) + to - from + 1);
  }
  return [
    ...minutes
      .toSorted((a, b) => a - b)
      .map((minute) => ({
        expr: `group ${UNSAID} (${FIRING})`,
        eval_time: `${minute}m`,
        exp_samples: spans
          .filter(({ from, to }) => from <= minute && minute <= to)
          .map(({ labels }) => ({ labels, value: 1 })),
      })),
    {
      expr: `sum by (alertname) (count_over_time(${FIRING}[${end}m]))`,
      eval_time: `${end}m`,
      exp_samples: [...counts].map(([name, value]) => ({
        labels: `{alertname="${name}"}`,
        value,
      })),
    },
  ];
}

/** Turns scraped samples into those of another source, such as OpenTelemetry. */
export type Translation = (samples: Samples) => Samples;

function testFile(
  scenario: Scenario,
  groups: readonly RuleGroup[],
  rulesPath: string,
  translated: Translation,
): string {
  const samples = translated(scrape(scenario.processes, minutesOf(scenario.length)));
  return stringify({
    rule_files: [rulesPath],
    evaluation_interval: '1m',
    group_eval_order: groups.map(({ name }) => name),
    tests: [
      {
        name: scenario.name,
        interval: '1m',
        input_series: [...samples].map(([series, values]) => ({
          series,
          values: shorthand(values),
        })),
        promql_expr_test: checks(scenario),
      },
    ],
  });
}

/**
 * Ranges that are a millisecond longer. Prometheus 3 leaves out the sample at the start of a range, which makes
 * an alert on a range end a minute sooner; so the times of a scenario are the same with every version.
 */
function withStarts(groups: readonly RuleGroup[]): readonly RuleGroup[] {
  return groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => ({
      ...rule,
      expr: rule.expr.replaceAll(/\[(\w+)\]/g, '[$11ms]'),
    })),
  }));
}

/** The rules with whose options a scenario is played. */
function groupsFor({ rules: options }: Scenario): readonly RuleGroup[] {
  return ruleGroups(options);
}

/** What promtool says of a scenario: empty when just the alerts that it lists fire, and when it says. */
export async function complaints(
  promtool: string,
  scenario: Scenario,
  groups: readonly RuleGroup[] = groupsFor(scenario),
  translated: Translation = (samples) => samples,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rules-'));
  try {
    const [rulesPath, testPath] = ['rules.json', 'test.yaml'].map((name) => join(directory, name));
    if (rulesPath === undefined || testPath === undefined) throw new Error('No paths');
    const played = (await majorOf(promtool)) < 3 ? groups : withStarts(groups);
    await writeFile(rulesPath, JSON.stringify({ groups: played }));
    await writeFile(testPath, testFile(scenario, played, rulesPath, translated));
    const { ok, output } = await outcomeOf(promtool, ['test', 'rules', testPath]);
    return ok ? '' : output;
  } finally {
    await rm(directory, { recursive: true });
  }
}
