import type { AlertName, SeverityName } from './names.ts';

/** A series that Prometheus computes once for several rules. */
export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

/** A rule that raises an alert. */
export interface AlertingRule {
  readonly alert: AlertName;
  readonly expr: string;
  readonly for: string;
  readonly keep_firing_for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** One rule. */
export type Rule = RecordingRule | AlertingRule;

/** Rules that Prometheus evaluates in order, each seeing what those before it just recorded. */
export interface RuleGroup {
  readonly name: string;
  readonly interval: string;
  readonly rules: readonly Rule[];
}

/** What makes one alert. */
export interface AlertSpec {
  readonly name: AlertName;
  readonly severity: SeverityName;
  readonly expr: string;
  readonly for: string;
  readonly keep?: string;
  /** The window of a burn rate, which distinguishes alerts of the same name. */
  readonly window?: string;
  /** One sentence, the same for every instance of the alert. */
  readonly summary: string;
  /** What the alert is about, before the grouping labels: `{{ $labels.operation }}` or `Defender`. */
  readonly subject: string;
  /** What happened; Prometheus fills `{{ … }}`. */
  readonly happened: string;
  /** Labels besides the grouping labels that are used in links to the dashboard and to tracking IDs. */
  readonly leads?: readonly ('operation' | 'code')[];
}

/** Joins the lines of an expression. */
export function lines(...parts: readonly string[]): string {
  return parts.join('\n');
}
