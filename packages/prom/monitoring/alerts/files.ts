import { alertmanager } from './alertmanager.ts';
import type { RulesOptions } from './options.ts';
import { rules } from './rules.ts';

/** The committed defaults of the package, and the options that each is generated with. */
const FILES: Readonly<Record<string, RulesOptions>> = {
  'defender-client.yaml': {},
  'defender-client-otlp.yaml': { source: 'otlp' },
  'prometheus-rule.yaml': { format: 'operator' },
};

/** The committed files: path from the repository's root → content. */
export function alertFiles(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {
    'packages/prom/alerts/alertmanager.yml': alertmanager(),
  };
  for (const [name, options] of Object.entries(FILES)) {
    files[`packages/prom/alerts/${name}`] = rules(options);
  }
  return files;
}
