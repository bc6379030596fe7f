import {
  ATTR_CIRCUIT,
  ATTR_CIRCUIT_STATE,
  ATTR_QUOTA_GROUP,
  ATTR_QUOTA_PER,
} from './attribute-names.ts';
import type { AttributeRow } from './attribute-row.ts';

/** The attributes of what is observed: they stand on gauges, and on no span. */
export const gaugeAttributes: readonly AttributeRow[] = Object.freeze([
  {
    name: ATTR_CIRCUIT,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: 'The circuit: host and operation',
    example: 'api.security.microsoft.com incidents.list',
  },
  {
    name: ATTR_CIRCUIT_STATE,
    type: 'string',
    on: ['metric'],
    when: 'always',
    meaning: '`closed`, `open` or `half-open`',
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
    meaning: 'What the calls are counted by: `minute` or `hour`',
    example: 'minute',
  },
] as const satisfies readonly AttributeRow[]);
