import { type LabelName, type MetricLabel, OTHER } from './definition.ts';

const STATES = ['closed', 'open', 'half_open'];

/** Statuses that an API or a proxy in front of it sends. All others are counted by their class. */
const STATUSES = [
  ...'200 201 202 203 204 206 207 301 302 303 304 307 308 400 401 402 403 404 405 406'.split(' '),
  ...'407 408 409 410 411 412 413 414 415 416 417 421 422 423 424 425 426 428 429 431'.split(' '),
  ...'451 500 501 502 503 504 505 507 508 509 511 520 521 522 523 524 525 526 529'.split(' '),
  ...'1xx 2xx 3xx 4xx 5xx none'.split(' '),
];

export const code: MetricLabel = {
  name: 'code',
  values: { kind: 'codes' },
  meaning:
    'The error code in the catalogue’s spelling, or a code such as `Http503` for a response without one.',
};

export const codeOrNone: MetricLabel = {
  name: 'code',
  values: { kind: 'codes', or: '' },
  meaning: 'The error code; empty for `success` and `cancelled`.',
};

export const errorClass: MetricLabel = {
  ...listed(
    'class',
    'input auth permission not_found conflict throttle server transport local',
    'The kind of problem that the code stands for.',
  ),
  determinedBy: 'code',
};

export const giveUpReason: MetricLabel = listed(
  'reason',
  'terminal retries_exhausted budget_exhausted deadline wait_too_long not_replayable circuit_open throttled closed',
  'Why there was no further attempt.',
);

export const operation: MetricLabel = {
  name: 'operation',
  values: { kind: 'first', limit: 'maxOperations' },
  meaning: 'The name from the table of operations, such as `incidents.list`, or the caller’s own.',
};

/** The operation of a circuit. */
export const circuitOperation: MetricLabel = { ...operation, determinedBy: 'circuit' };

export const outcome: MetricLabel = listed(
  'outcome',
  'success failure cancelled rejected',
  'How the call ended; `rejected`: the wrapper did not send it.',
);

export const status: MetricLabel = {
  name: 'status',
  values: { kind: 'listed', values: STATUSES },
  meaning: 'The HTTP status; `4xx` and the like for a rare one; `none` if there was none.',
};

export const method: MetricLabel = listed(
  'method',
  `GET HEAD POST PUT PATCH DELETE OPTIONS QUERY ${OTHER} none`,
  'The HTTP method; `none` for a wrapped function.',
);

export const statusClass: MetricLabel = listed(
  'status_class',
  '1xx 2xx 3xx 4xx 5xx none',
  'The class of the HTTP status; `none` if there was none.',
);

export const retryReason: MetricLabel = {
  name: 'reason',
  values: { kind: 'codes' },
  meaning: 'The error code of the failed attempt.',
};

export const waitSource: MetricLabel = listed(
  'source',
  'retry_after backoff token_refresh',
  'Whether the service asked for the wait, the backoff chose it, or a new token was needed.',
);

export const rejectionReason: MetricLabel = listed(
  'reason',
  `circuit_open throttled ${OTHER}`,
  'Why the call was not sent.',
);

export const quotaGroup: MetricLabel = {
  name: 'quota_group',
  values: { kind: 'first', limit: 'maxQuotaGroups' },
  meaning: 'The operations that share one documented quota, such as `incidents`.',
};

export const holdReason: MetricLabel = listed(
  'reason',
  'pause quota',
  'Whether the service had asked for a pause, or the quota was used up.',
);

export const per: MetricLabel = listed(
  'per',
  'minute hour',
  'The window that the limit applies to.',
);

export const changeReason: MetricLabel = listed(
  'reason',
  'announced throttled recovered',
  'Whether the service announced its limit, refused a call, or the limit was restored.',
);

export const circuit: MetricLabel = {
  name: 'circuit',
  values: { kind: 'first', limit: 'maxCircuits' },
  meaning: 'Host and operation; the operation alone for a wrapped function.',
};

export const circuitState: MetricLabel = {
  name: 'state',
  values: { kind: 'listed', values: STATES },
  meaning: 'The state of the circuit.',
};

export const circuitTo: MetricLabel = {
  name: 'to',
  values: { kind: 'listed', values: STATES },
  meaning: 'The state that the circuit changed to.',
};

export const version: MetricLabel = {
  name: 'version',
  values: { kind: 'constant' },
  meaning: 'The version of `@defender-resilience/prom`.',
};

function listed(name: LabelName, values: string, meaning: string): MetricLabel {
  return { name, values: { kind: 'listed', values: values.split(' ') }, meaning };
}
