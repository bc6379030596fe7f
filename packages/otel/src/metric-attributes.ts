import {
  ATTR_CIRCUIT,
  ATTR_CIRCUIT_STATE,
  ATTR_CIRCUIT_TO,
  ATTR_ERROR_CLASS,
  ATTR_QUOTA_GROUP,
  ATTR_QUOTA_PER,
} from './attribute-names.ts';
import type { AttributeRow } from './attributes.ts';

/** The attributes that only metrics have. */
export const metricAttributes: readonly AttributeRow[] = Object.freeze([
  {
    name: ATTR_ERROR_CLASS,
    type: 'string',
    on: ['metric'],
    when: 'on failure, unless the caller aborted',
    meaning: 'The kind of problem that the code stands for',
    example: 'permission',
  },
  {
    name: ATTR_CIRCUIT,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: 'The circuit: host and operation; the operation alone for `execute` and `wrap`',
    example: 'api.security.microsoft.com incidents.list',
  },
  {
    name: ATTR_CIRCUIT_STATE,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: '`closed`, `open` or `half_open`',
    example: 'open',
  },
  {
    name: ATTR_CIRCUIT_TO,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: 'The state that the circuit changed to: `closed`, `open` or `half_open`',
    example: 'open',
  },
  {
    name: ATTR_QUOTA_GROUP,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: 'The operations that share one quota; `_OTHER` beyond 50 groups',
    example: 'incidents',
  },
  {
    name: ATTR_QUOTA_PER,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: 'The window in which calls are counted: `minute` or `hour`',
    example: 'minute',
  },
] as const satisfies readonly AttributeRow[]);
