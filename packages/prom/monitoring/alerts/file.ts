import { Document } from 'yaml';
import { ruleGroups } from './groups.ts';
import type { RuleGroup } from './rule.ts';

const HEADER = ` Alerts on calls to Microsoft's Defender APIs, and the counts that they start from.
 Generated from the metric table: change packages/prom/monitoring, not this file.
 The runbooks' and Grafana's addresses are in runbook_url and dashboard_url: replace them by your own.`;

/** Rules as Prometheus reads them. */
export function rulesYaml(groups: readonly RuleGroup[]): string {
  const document = new Document({ groups });
  document.commentBefore = HEADER;
  return document.toString({ lineWidth: 0 });
}

/** The committed rule files: path from the repository's root → content. */
export function alertFiles(): Readonly<Record<string, string>> {
  return { 'packages/prom/alerts/defender-client.yaml': rulesYaml(ruleGroups) };
}
