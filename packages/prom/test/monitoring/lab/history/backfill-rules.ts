import { seconds } from '../../../../monitoring/duration.ts';
import type { PrometheusApi } from '../prometheus.ts';
import { remoteWrite, type WrittenSeries } from './remote-write.ts';

/** A rule of a rule file, as far as it matters here. */
export interface PastRule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

interface Past {
  readonly url: string;
  readonly api: PrometheusApi;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
}

const STEP = 60;
/** When an alert fired, of when its expression held: as long as `for`, without a gap. */
function firing(times: readonly number[], patience: number): { at: number; since: number }[] {
  const fired: { at: number; since: number }[] = [];
  let since = Number.NaN;
  let last = Number.NaN;
  for (const at of times) {
    if (!(at - last <= STEP)) since = at;
    last = at;
    if (at - since >= patience) fired.push({ at, since });
  }
  return fired;
}

async function pastOf(rule: PastRule, { api, from, to }: Past): Promise<WrittenSeries[]> {
  const found = await api.range(rule.expr, { from, to, step: STEP });
  return found.flatMap(({ metric, samples }): WrittenSeries[] => {
    const { __name__: _, ...own } = metric;
    const labels = { ...own, ...rule.labels };
    if (rule.record !== undefined) {
      const recorded = samples.map(([at, value]) => [at * 1_000, Number(value)] as const);
      return [{ labels: { ...labels, __name__: rule.record }, samples: recorded }];
    }
    const alert = { ...labels, alertname: rule.alert ?? '' };
    const fired = firing(
      samples.map(([at]) => at),
      seconds(rule.for ?? '0s'),
    );
    return [
      {
        labels: { ...alert, __name__: 'ALERTS', alertstate: 'firing' },
        samples: fired.map(({ at }) => [at * 1_000, 1] as const),
      },
      {
        labels: { ...alert, __name__: 'ALERTS_FOR_STATE' },
        samples: fired.map(({ at, since }) => [at * 1_000, since] as const),
      },
    ];
  });
}

/**
 * Evaluates rules over the past, one after the other, and writes what they would have recorded and
 * which alerts would have fired.
 */
export async function backfillRules(rules: readonly PastRule[], past: Past): Promise<void> {
  for (const rule of rules) {
    const series = await pastOf(rule, past);
    await remoteWrite(
      past.url,
      series.filter(({ samples }) => samples.length > 0),
    );
  }
}
