import { choiceField, readBody, textField, textsField } from '../body.ts';
import { type Answer, type Call, notFound, ok, type Route } from '../call.ts';
import { type Alert, iso, type Machine, type Severity } from '../data/model.ts';
import { page } from '../odata.ts';
import { between, hex } from '../random.ts';
import { mdeAlert, mdeMachine, mdeUser } from '../views/mde.ts';
import { findMachine } from './machines.ts';
import { ALERT_STATUSES, applyChange, readChange, TRIAGE_FIELDS } from './triage.ts';

const RULES = { maxTop: 10_000, defaultTop: 10_000 } as const;
const SEVERITIES = ['Informational', 'Low', 'Medium', 'High'] as const;

function findAlert(call: Call, id: string): Alert {
  const alert = call.data.alerts.get(id);
  if (alert === undefined) {
    throw notFound('Alert', id);
  }
  return alert;
}

/** The alert that a route's `id` names. */
export function alertOf(call: Call): Alert {
  return findAlert(call, call.params['id'] ?? '');
}

/** A page of alerts as Defender for Endpoint shows them. */
export function alertPage(call: Call, alerts: readonly Alert[]): Answer {
  return ok(page(call, alerts, (alert) => mdeAlert(alert, call.data), RULES));
}

function list(call: Call): Answer {
  return alertPage(call, call.data.alertList);
}

function get(call: Call): Answer {
  return ok(mdeAlert(alertOf(call), call.data));
}

function update(call: Call): Answer {
  const alert = alertOf(call);
  // The documentation's table and its example differ in letter case, so both are accepted.
  const body = readBody(call, { names: TRIAGE_FIELDS, anyCase: true });
  applyChange(call, alert, readChange(body, ALERT_STATUSES));
  return ok(mdeAlert(alert, call.data));
}

function batchUpdate(call: Call): Answer {
  const body = readBody(call);
  const change = readChange(body, ALERT_STATUSES);
  const alerts = (textsField(body, 'alertIds') ?? []).map((id) => findAlert(call, id));
  for (const alert of alerts) applyChange(call, alert, change);
  // Documented: 200 without a body.
  return { status: 200 };
}

function severityOf(text: string | undefined): Severity {
  return SEVERITIES.find((severity) => severity === text) ?? 'Medium';
}

function newAlert(call: Call, body: ReturnType<typeof readBody>, machine: Machine): Alert {
  const { random } = call.data;
  const now = iso(call.clock.epoch());
  const field = (name: string): string => textField(body, name) ?? '';
  return {
    id: `da${between(random, 6e17, 6.4e17)}_${between(random, -2e9, 2e9)}`,
    // The newest incident, as if the alert had been correlated with it.
    incidentId: call.data.incidentList[0]?.id ?? 0,
    machineId: machine.id,
    title: field('title'),
    description: field('description'),
    category: field('category'),
    severity: severityOf(choiceField(body, 'severity', SEVERITIES)),
    detectionSource: 'CustomerTI',
    serviceSource: 'MicrosoftDefenderForEndpoint',
    technique: 'T1059',
    created: field('eventTime') || now,
    updated: now,
    status: 'New',
    assignedTo: null,
    classification: null,
    determination: null,
    comments: [],
    evidence: {
      fileName: 'unknown.exe',
      sha1: hex(random, 40),
      sha256: hex(random, 64),
      commandLine: '',
      domain: 'update.example.net',
      ip: '198.51.100.1',
    },
  };
}

function createByReference(call: Call): Answer {
  const body = readBody(call);
  const machine = findMachine(call, textField(body, 'machineId') ?? '');
  const alert = newAlert(call, body, machine);
  call.data.addAlert(alert);
  return ok(mdeAlert(alert, call.data));
}

function related(values: (alert: Alert, call: Call) => readonly object[]) {
  return (call: Call): Answer => ok({ value: values(alertOf(call), call) });
}

function machine(call: Call): Answer {
  return ok(mdeMachine(findMachine(call, alertOf(call).machineId)));
}

function user(call: Call): Answer {
  return ok(mdeUser(findMachine(call, alertOf(call).machineId)));
}

export const alertRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/alerts', handle: list },
  { method: 'POST', path: '/api/alerts/batchUpdate', handle: batchUpdate },
  { method: 'POST', path: '/api/alerts/CreateAlertByReference', handle: createByReference },
  { method: 'GET', path: '/api/alerts/:id', handle: get },
  { method: 'PATCH', path: '/api/alerts/:id', handle: update },
  { method: 'GET', path: '/api/alerts/:id/machine', handle: machine },
  { method: 'GET', path: '/api/alerts/:id/user', handle: user },
  {
    method: 'GET',
    path: '/api/alerts/:id/files',
    handle: related(({ evidence: { sha1, sha256, fileName } }) => [{ sha1, sha256, fileName }]),
  },
  {
    method: 'GET',
    path: '/api/alerts/:id/ips',
    handle: related(({ evidence }) => [{ id: evidence.ip }]),
  },
  {
    method: 'GET',
    path: '/api/alerts/:id/domains',
    handle: related(({ evidence }) => [{ host: evidence.domain }]),
  },
];
