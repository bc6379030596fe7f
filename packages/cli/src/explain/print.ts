import { definitions, wrap } from '../terminal/layout.ts';
import type { Screen } from '../terminal/screen.ts';
import { durationText } from './duration.ts';
import type { Explanation } from './explanation.ts';
import { supportRows } from './support.ts';

/** Formats an explanation for a person to read. */
export function printExplanation(explanation: Explanation, screen: Screen): string {
  const { columns, style } = screen;
  const { docs, nextSteps } = explanation;
  const rows: (readonly [string, string])[] = [['Retry?', answerOf(explanation, screen)]];
  if (explanation.message !== undefined) rows.push(['Message', explanation.message]);
  const details = detailsOf(explanation);
  if (details.length > 0) rows.push(['Details', details.join('\n')]);
  if (nextSteps.length > 0)
    rows.push([
      nextSteps.length > 1 ? 'Next steps' : 'Next step',
      nextSteps.map(bullet(nextSteps)).join('\n'),
    ]);
  if (docs.length > 0) rows.push(['Docs', docs.join('\n')]);
  const styled = rows.map(([name, text]) => [style('bold', name), text] as const);
  return [
    titleOf(explanation, screen),
    ...(explanation.meaning === undefined ? [] : [wrap(explanation.meaning, columns)]),
    '',
    definitions(styled, columns),
    '',
    style('bold', 'For a support case (contains no secret):'),
    definitions(supportRows(explanation), columns, '  '),
  ].join('\n');
}

const bullet =
  (all: readonly string[]) =>
  (step: string, index: number): string =>
    all.length > 1 ? `${index + 1}. ${step}` : step;

function titleOf(
  { code, status, statusAssumed, operation, seen }: Explanation,
  { style }: Screen,
): string {
  const isCodeOfStatus = code === `Http${status}`;
  const name = isCodeOfStatus ? `HTTP ${status}` : code;
  const known =
    status === undefined || isCodeOfStatus ? '' : ` (${statusAssumed ? 'usually ' : ''}${status})`;
  const where = operation === undefined ? '' : `  ${operation}`;
  const count = seen === undefined ? '' : `  ${seen} times`;
  return `${style(['bold', 'cyan'], name)}${known}${style('dim', `${where}${count}`)}`;
}

function answerOf({ verdict, reason }: Explanation, { style }: Screen): string {
  if (verdict === undefined) return `${style('yellow', 'Unknown:')} the code alone does not say.`;
  return verdict === 'retryable'
    ? `${style('green', 'Yes,')} ${reason}`
    : `${style('red', 'No,')} ${reason}`;
}

/** The variable parts of the message, one per line. */
function detailsOf({ values = {}, missingRoles }: Explanation): readonly string[] {
  const lines = Object.entries(values)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${labelOf(name)}: ${valueText(name, value)}`);
  return missingRoles === undefined ? lines : [...lines, `missing: ${missingRoles.join(', ')}`];
}

const LABELS: Readonly<Record<string, string>> = {
  limit: 'limit',
  windowMs: 'per',
  waitMs: 'wait',
  required: 'required roles',
  present: 'roles in the token',
};

function labelOf(name: string): string {
  return LABELS[name] ?? name;
}

function valueText(name: string, value: string | number | readonly string[]): string {
  if (typeof value === 'number') return name.endsWith('Ms') ? durationText(value) : String(value);
  if (typeof value === 'string') return value;
  return value.length === 0 ? 'none' : value.join(', ');
}
