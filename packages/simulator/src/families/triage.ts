import type { Call } from '../answer.ts';
import { choiceField, type Fields, textField } from '../body.ts';
import { APPLICATION } from '../views/mde.ts';
import type { Triaged } from '../world/model.ts';
import { iso } from '../world/units.ts';

export const INCIDENT_STATUSES: readonly string[] = ['Active', 'InProgress', 'Resolved'];
export const ALERT_STATUSES: readonly string[] = ['New', 'InProgress', 'Resolved'];

const CLASSIFICATIONS = [
  'Unknown',
  'TruePositive',
  'InformationalExpectedActivity',
  'FalsePositive',
];

const DETERMINATIONS = [
  'Unknown',
  'MultiStagedAttack',
  'MaliciousUserActivity',
  'CompromisedAccount',
  'CompromisedUser',
  'Malware',
  'Phishing',
  'UnwantedSoftware',
  'SecurityTesting',
  'LineOfBusinessApplication',
  'ConfirmedActivity',
  'ConfirmedUserActivity',
  'NotMalicious',
  // "Clean" in newer pages; the other spelling without a T is the one that is accepted.
  'Clean',
  'NoEnoughDataToValidate',
  'InsufficientData',
  'Other',
];

/** The body's parameters of a change by an analyst. */
export const TRIAGE_FIELDS = [
  'status',
  'assignedTo',
  'classification',
  'determination',
  'comment',
] as const;

/** A change by an analyst; what is undefined stays. */
type Change = Readonly<Record<(typeof TRIAGE_FIELDS)[number], string | undefined>>;

/** Reads a change; `InvalidInput` where a value is none of those that are known. */
export function readChange(body: Fields, statuses: readonly string[]): Change {
  return {
    status: choiceField(body, 'status', statuses),
    assignedTo: textField(body, 'assignedTo'),
    classification: choiceField(body, 'classification', CLASSIFICATIONS),
    determination: choiceField(body, 'determination', DETERMINATIONS),
    comment: textField(body, 'comment'),
  };
}

/** Applies a change; a comment is added to those that are there, as the service does. */
export function applyChange(call: Call, row: Triaged, change: Change): void {
  row.status = change.status ?? row.status;
  row.assignedTo = change.assignedTo ?? row.assignedTo;
  row.classification = change.classification ?? row.classification;
  row.determination = change.determination ?? row.determination;
  row.updated = iso(call.clock.epoch());
  if (change.comment !== undefined) addComment(call, row, change.comment);
}

/** However often a row is commented on, memory stays bounded. */
const MAX_COMMENTS = 1000;

export function addComment(call: Call, row: Triaged, comment: string): void {
  const createdTime = iso(call.clock.epoch());
  const entry = { comment, createdBy: APPLICATION, createdTime };
  row.comments = [...row.comments.slice(1 - MAX_COMMENTS), entry];
  row.updated = createdTime;
}
