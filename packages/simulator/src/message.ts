import type { CatalogueEntry, MessageValues, VariableKind } from '@defender-resilience/core';

const VARIABLE = /\{(\w+)\}/g;

/**
 * The message that a service sends with this code.
 *
 * Fills the template that uses the most values without missing one. If there is none, fills the documented
 * template, in which a missing value stays as `{name}`.
 */
export function formatMessage(entry: CatalogueEntry, values: MessageValues): string {
  let chosen = entry.template;
  let used = 0;
  for (const template of [entry.template, ...(entry.otherTemplates ?? [])]) {
    const names = Array.from(template.matchAll(VARIABLE), ([, name = '']) => name);
    if (names.length > used && names.every((name) => Object.hasOwn(values, name))) {
      chosen = template;
      used = names.length;
    }
  }
  return chosen.replace(VARIABLE, (gap, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? gap : written(value, entry.variables?.[name]);
  });
}

/** A value as the service writes it. A value of another kind is written unchanged. */
function written(value: MessageValues[string], kind: VariableKind | undefined): string {
  if (kind === 'timespan' || kind === 'duration') {
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) {
      return kind === 'timespan' ? timespan(value) : `${Math.ceil(value / 1000)} seconds`;
    }
  }
  return String(value);
}

/** .NET's `[d.]hh:mm:ss`, rounded up to a second. */
export function timespan(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  const days = Math.floor(seconds / 86_400);
  const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return days > 0 ? `${days}.${clock}` : clock;
}
