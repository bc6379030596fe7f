import { choiceField, type Fields, textField } from '../body.ts';
import type { Call } from '../call.ts';
import { iso, type Triaged } from '../data/model.ts';
import { APPLICATION } from '../views/mde.ts';

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
  // Newer pages say "Clean". The misspelled value without a T is the one that the service accepts.
  'Clean',
  'NoEnoughDataToValidate',
  'InsufficientData',
  'Other',
];

/** The fields that an analyst can change. */
export const TRIAGE_FIELDS = [
  'status',
  'assignedTo',
  'classification',
  'determination',
  'comment',
] as const;

/** A change by an analyst; undefined fields stay as they are. */
type Change = Readonly<Record<(typeof TRIAGE_FIELDS)[number], string | undefined>>;

/** @throws ApiError `InvalidInput` for an unknown status, classification or determination */
export function readChange(body: Fields, statuses: readonly string[]): Change {
  return {
    status: choiceField(body, 'status', statuses),
    assignedTo: textField(body, 'assignedTo'),
    classification: choiceField(body, 'classification', CLASSIFICATIONS),
    determination: choiceField(body, 'determination', DETERMINATIONS),
    comment: textField(body, 'comment'),
  };
}

/** Applies a change. A comment is appended, as the service does. */
export function applyChange(call: Call, row: Triaged, change: Change): void {
  row.status = change.status ?? row.status;
  row.assignedTo = change.assignedTo ?? row.assignedTo;
  row.classification = change.classification ?? row.classification;
  row.determination = change.determination ?? row.determination;
  row.updated = iso(call.clock.epoch());
  if (change.comment !== undefined) addComment(call, row, change.comment);
}

/** Limits the memory; beyond it, the oldest comment is forgotten. */
const MAX_COMMENTS = 1000;

export function addComment(call: Call, row: Triaged, comment: string): void {
  const createdTime = iso(call.clock.epoch());
  const entry = { comment, createdBy: APPLICATION, createdTime };
  row.comments = [...row.comments.slice(1 - MAX_COMMENTS), entry];
  row.updated = createdTime;
}
