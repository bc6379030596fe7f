import { operations } from '@defender-resilience/core';
import { type Call, Refusal } from '../answer.ts';
import {
  choiceField,
  type Fields,
  incorrectBody,
  refuseWrongCase,
  textField,
  textsField,
} from '../body.ts';
import type { Indicator } from '../world/model.ts';
import { iso } from '../world/units.ts';
import { checkDomain } from './domains.ts';
import { checkIp } from './find-machines.ts';
import { checkHash } from './hashes.ts';

/** Active indicators per tenant, as documented. */
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

function checkUrl(url: string): string {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw new Refusal('InvalidUrl', { values: { url } });
  }
  return url;
}

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

function checkParameters(fields: Fields): void {
  refuseWrongCase(
    fields,
    PARAMETERS.map(({ name }) => name),
  );
  for (const { name, required } of PARAMETERS) {
    if (required === true && (fields[name] === undefined || fields[name] === null)) {
      throw new Refusal('MissingRequiredParameter', { values: { parameter: name } });
    }
  }
}

function indicatorValueOf(fields: Fields, type: string): string {
  const value = textField(fields, 'indicatorValue') ?? '';
  // The live service's own spelling.
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
  const total = call.world.indicators.size;
  if (total < MAX_INDICATORS) return;
  throw new Refusal('BadRequest', { message: `Max capacity exceeded. Current Total: ${total}` });
}

/** Adds an indicator, or changes the one of the same value and type. */
export function submit(call: Call, fields: Fields): Indicator {
  checkParameters(fields);
  const indicatorType = choiceField(fields, 'indicatorType', Object.keys(CHECKS)) ?? '';
  const indicatorValue = indicatorValueOf(fields, indicatorType);
  const action = choiceField(fields, 'action', ACTIONS) ?? '';
  const existing = call.world.indicatorOf({ indicatorType, indicatorValue });
  if (existing === undefined) refuseTooMany(call);
  const now = iso(call.clock.epoch());
  const indicator: Indicator = {
    id: existing?.id ?? call.world.newIndicatorId(),
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
  call.world.putIndicator(indicator);
  return indicator;
}
