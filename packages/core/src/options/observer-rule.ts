import { isFunction, isPlainObject, isRecord } from '../is.ts';
import { property, type Rule } from '../validation/check-options.ts';
import { nearestOption } from '../validation/nearest-option.ts';

const HOOKS: readonly string[] = ['call', 'circuit', 'quota', 'quotas', 'flush'];
const CALL_HOOKS: readonly string[] = ['attempt', 'retry', 'throttled', 'end', 'run', 'headers'];

/** Accepts an observer. A misspelt hook is a fault, because it would never be called. */
export const observer: Rule = { accepts: 'an observer', test: isRecord, faults: observerFaults };

function observerFaults(value: object, path: string): readonly string[] {
  const names = Object.keys(value);
  const faults = names.flatMap((name) => hookFaults(value, name, path));
  if (faults.length > 0 || HOOKS.some((hook) => hook in value)) return faults;
  return names.length === 0 && isPlainObject(value)
    ? []
    : [`${path} has none of the hooks of an observer: ${HOOKS.join(', ')}`];
}

function hookFaults(value: object, name: string, path: string): readonly string[] {
  const given = property(value, name);
  if (HOOKS.includes(name)) {
    return given === undefined || isFunction(given) ? [] : [`${path}.${name} must be a function`];
  }
  if (!isFunction(given)) return [];
  if (CALL_HOOKS.includes(name)) {
    return [`${path}.${name} is a hook of a single call: return it from ${path}.call`];
  }
  const nearest = nearestOption(name, HOOKS);
  if (nearest !== undefined) return [`${path}.${name} is not a hook; did you mean ${nearest}?`];
  // An instance of a class may have other fields of its own.
  return isPlainObject(value) ? [`${path}.${name} is not a hook of an observer`] : [];
}
