import { operations } from '@defender-resilience/core';
import {
  choiceField,
  type Fields,
  fieldsList,
  incorrectBody,
  readBody,
  refuseLargeBatch,
  refuseWrongCase,
  requireParameters,
  textField,
  textsField,
} from '../body.ts';
import {
  type Answer,
  ApiError,
  type Call,
  notFound,
  ok,
  type Route,
  requireFeature,
} from '../call.ts';
import { type Indicator, iso } from '../data/model.ts';
import { errorMessage } from '../errors.ts';
import { page } from '../odata.ts';
import { mdeIndicator } from '../views/mde.ts';
import { checkDomain, checkHash, checkIp, checkUrl } from './identifiers.ts';

const RULES = { maxTop: 10_000, defaultTop: 10_000 } as const;
const MAX_BATCH = 500;

/** The documented limit of active indicators in a tenant. */
const MAX_INDICATORS = 15_000;

const ACTIONS = [
  'Allowed',
  'Audit',
  'Block',
  'BlockAndRemediate',
  'Warn',
  'Alert',
  'AlertAndBlock',
];
const SEVERITIES = ['Informational', 'Low', 'Medium', 'High'];

/** How the value of an indicator of each type is checked. */
const CHECKS: Readonly<Record<string, (value: string) => string>> = {
  FileSha1: (value) => checkHash(value, ['sha1']),
  FileSha256: (value) => checkHash(value, ['sha256']),
  FileMd5: (value) => checkHash(value, ['md5']),
  CertificateThumbprint: (value) => checkHash(value, ['sha1']),
  IpAddress: checkIp,
  DomainName: checkDomain,
  Url: checkUrl,
};

const PARAMETERS =
  operations.find(({ name }) => name === 'indicators.submit')?.bodyParameters ?? [];

function indicatorValueOf(fields: Fields, type: string): string {
  const value = textField(fields, 'indicatorValue') ?? '';
  // The live service's own misspelling.
  if (value === '') throw incorrectBody('Recieved an empty indicator value.');
  return CHECKS[type]?.(value) ?? value;
}

function generateAlertOf(fields: Fields, action: string): boolean {
  const value = fields['generateAlert'] ?? false;
  if (typeof value !== 'boolean') throw incorrectBody();
  if (action === 'Audit' && !value) {
    throw incorrectBody('generateAlert must be true for the action Audit.');
  }
  return value;
}

function refuseTooMany(call: Call): void {
  const total = call.data.indicators.size;
  if (total < MAX_INDICATORS) return;
  throw new ApiError('BadRequest', { message: `Max capacity exceeded. Current Total: ${total}` });
}

/** Adds an indicator, or replaces the one of the same value and type. */
function submit(call: Call, fields: Fields): Indicator {
  // The items of an import are checked like the body of a single indicator.
  refuseWrongCase(
    fields,
    PARAMETERS.map(({ name }) => name),
  );
  requireParameters(fields, PARAMETERS);
  const indicatorType = choiceField(fields, 'indicatorType', Object.keys(CHECKS)) ?? '';
  const indicatorValue = indicatorValueOf(fields, indicatorType);
  const action = choiceField(fields, 'action', ACTIONS) ?? '';
  const existing = call.data.indicatorOf({ indicatorType, indicatorValue });
  if (existing === undefined) refuseTooMany(call);
  const now = iso(call.clock.epoch());
  const indicator: Indicator = {
    id: existing?.id ?? call.data.newIndicatorId(),
    indicatorValue,
    indicatorType,
    action,
    title: textField(fields, 'title') ?? '',
    description: textField(fields, 'description') ?? '',
    severity: choiceField(fields, 'severity', SEVERITIES) ?? 'Informational',
    recommendedActions: textField(fields, 'recommendedActions') ?? null,
    application: textField(fields, 'application') ?? null,
    expirationTime: textField(fields, 'expirationTime') ?? null,
    rbacGroupNames: textsField(fields, 'rbacGroupNames') ?? [],
    generateAlert: generateAlertOf(fields, action),
    created: existing?.created ?? now,
    updated: now,
  };
  call.data.putIndicator(indicator);
  return indicator;
}

function list(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  return ok(page(call, [...call.data.indicators.values()], mdeIndicator, RULES));
}

function post(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  return ok(mdeIndicator(submit(call, readBody(call))));
}

/** The result for one item: an invalid one fails alone, and the answer is still 200. */
function importOne(call: Call, item: Fields): object {
  const indicator = item['indicatorValue'] ?? null;
  try {
    const { id } = submit(call, item);
    return { id, indicator, isFailed: false, failureReason: null };
  } catch (refusal) {
    if (!(refusal instanceof ApiError)) throw refusal;
    const failureReason = errorMessage(refusal.code, refusal.details);
    return { id: null, indicator, isFailed: true, failureReason };
  }
}

function importMany(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  const items = fieldsList(readBody(call), 'Indicators');
  refuseLargeBatch(items.length, MAX_BATCH);
  return ok({
    '@odata.context': `${call.origin}/api/$metadata#Collection(microsoft.windowsDefenderATP.api.ImportIndicatorResult)`,
    value: items.map((item) => importOne(call, item)),
  });
}

function requireIndicator(call: Call, id: string): void {
  if (call.data.indicators.has(id)) return;
  throw notFound('Indicator', id);
}

function batchDelete(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  const ids = textsField(readBody(call), 'IndicatorIds') ?? [];
  refuseLargeBatch(ids.length, MAX_BATCH);
  for (const id of ids) requireIndicator(call, id);
  for (const id of ids) call.data.removeIndicator(id);
  return { status: 204 };
}

function remove(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  const id = call.params['id'] ?? '';
  requireIndicator(call, id);
  call.data.removeIndicator(id);
  return { status: 204 };
}

export const indicatorRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/indicators', handle: list },
  { method: 'POST', path: '/api/indicators', handle: post },
  { method: 'POST', path: '/api/indicators/import', handle: importMany },
  { method: 'POST', path: '/api/indicators/BatchDelete', handle: batchDelete },
  { method: 'DELETE', path: '/api/indicators/:id', handle: remove },
];
