import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { outcomeOf } from './tools.ts';
import type { Samples } from './traffic.ts';

/** One case of `promtool test rules`. */
export interface RuleCase {
  readonly samples: readonly Samples[];
  /** What an expression gives at a minute: series → value. */
  readonly expressions?: readonly {
    readonly expr: string;
    readonly minute: number;
    readonly gives: Readonly<Record<string, number>>;
  }[];
  /** The alerts of one name that fire at a minute, word for word. */
  readonly alerts?: readonly {
    readonly name: string;
    readonly minute: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  }[];
}

/** Runs of equal samples in promtool's short form. */
function shorthand(samples: readonly (number | '_')[]): string {
  const parts: string[] = [];
  for (let at = 0; at < samples.length; ) {
    const value = samples[at];
    let end = at + 1;
    while (samples[end] === value) end += 1;
    // `_x3` is three gaps, but `5x3` is four fives.
    const times = end - at;
    parts.push(value === '_' ? `_x${times}` : `${value}${times > 1 ? `x${times - 1}` : ''}`);
    at = end;
  }
  return parts.join(' ');
}

function testFile(rulesPath: string, { samples, expressions = [], alerts = [] }: RuleCase): string {
  return stringify({
    rule_files: [rulesPath],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: samples.flatMap((map) =>
          [...map].map(([series, values]) => ({ series, values: shorthand(values) })),
        ),
        promql_expr_test: expressions.map(({ expr, minute, gives }) => ({
          expr,
          eval_time: `${minute}m`,
          exp_samples: Object.entries(gives).map(([labels, value]) => ({ labels, value })),
        })),
        alert_rule_test: alerts.map(({ name, minute, labels, annotations }) => ({
          alertname: name,
          eval_time: `${minute}m`,
          exp_alerts: [{ exp_labels: labels, exp_annotations: annotations }],
        })),
      },
    ],
  });
}

/** What promtool says of a case: empty when all is as the case expects. */
export async function complaints(
  promtool: string,
  rules: string,
  ruleCase: RuleCase,
): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'rules-'));
  try {
    const rulesPath = join(directory, 'rules.yaml');
    const testPath = join(directory, 'test.yaml');
    await writeFile(rulesPath, rules);
    await writeFile(testPath, testFile(rulesPath, ruleCase));
    const { ok, output } = await outcomeOf(promtool, ['test', 'rules', testPath]);
    return ok ? '' : output;
  } finally {
    await rm(directory, { recursive: true });
  }
}
