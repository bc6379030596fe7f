import { type Fields, readBody, textField, textsField } from '../body.ts';
import { type Answer, type Call, type Handler, ok, type Route } from '../call.ts';
import type { Alert, Incident, Triaged } from '../data/model.ts';
import { page } from '../odata.ts';
import { graphAlert, graphIncident } from '../views/graph.ts';
import { alertOf } from './alerts.ts';
import { incidentOf } from './incidents.ts';
import {
  ALERT_STATUSES,
  addComment,
  applyChange,
  INCIDENT_STATUSES,
  readChange,
} from './triage.ts';

const INCIDENT_RULES = { maxTop: 50, defaultTop: 50, overLimit: 'BadRequest' } as const;
const ALERT_RULES = { maxTop: 2000, defaultTop: 100, overLimit: 'BadRequest' } as const;

/** Without the comment, which Graph accepts only in a separate request. */
const CHANGE_FIELDS = ['status', 'assignedTo', 'classification', 'determination', 'customTags'];

function alertsIn(call: Call, incident: Incident): readonly Alert[] {
  return incident.alertIds.flatMap((id) => call.data.alerts.get(id) ?? []);
}

function incidentView(call: Call): (incident: Incident) => Record<string, unknown> {
  const expanded = call.query.get('$expand')?.toLowerCase() === 'alerts';
  return (incident) => ({
    ...graphIncident(incident),
    ...(expanded
      ? { alerts: alertsIn(call, incident).map((alert) => graphAlert(alert, call.data)) }
      : {}),
  });
}

function alertView(call: Call): (alert: Alert) => Record<string, unknown> {
  return (alert) => graphAlert(alert, call.data);
}

function listIncidents(call: Call): Answer {
  return ok(page(call, call.data.incidentList, incidentView(call), INCIDENT_RULES));
}

function getIncident(call: Call): Answer {
  return ok(incidentView(call)(incidentOf(call)));
}

function incidentAlerts(call: Call): Answer {
  return ok(page(call, alertsIn(call, incidentOf(call)), alertView(call), ALERT_RULES));
}

function listAlerts(call: Call): Answer {
  return ok(page(call, call.data.alertList, alertView(call), ALERT_RULES));
}

function getAlert(call: Call): Answer {
  return ok(alertView(call)(alertOf(call)));
}

function readTriage(call: Call): Fields {
  const { comment: _comment, ...body } = readBody(call, { names: CHANGE_FIELDS });
  return body;
}

function updateIncident(call: Call): Answer {
  const incident = incidentOf(call);
  const body = readTriage(call);
  const tags = textsField(body, 'customTags') ?? incident.tags;
  applyChange(call, incident, readChange(body, INCIDENT_STATUSES));
  incident.tags = tags;
  return ok(incidentView(call)(incident));
}

function updateAlert(call: Call): Answer {
  const alert = alertOf(call);
  applyChange(call, alert, readChange(readTriage(call), ALERT_STATUSES));
  return ok(alertView(call)(alert));
}

function commentOn(rowOf: (call: Call) => Triaged): Handler {
  return (call) => {
    const row = rowOf(call);
    const body = readBody(call, { names: ['comment'] });
    addComment(call, row, textField(body, 'comment') ?? '');
    return ok({ value: row.comments });
  };
}

function routesBelow(version: string): readonly Route[] {
  const base = `/${version}/security`;
  return [
    { method: 'GET', path: `${base}/incidents`, handle: listIncidents },
    { method: 'GET', path: `${base}/incidents/:id`, handle: getIncident },
    { method: 'PATCH', path: `${base}/incidents/:id`, handle: updateIncident },
    { method: 'POST', path: `${base}/incidents/:id/comments`, handle: commentOn(incidentOf) },
    { method: 'GET', path: `${base}/incidents/:id/alerts`, handle: incidentAlerts },
    { method: 'GET', path: `${base}/alerts_v2`, handle: listAlerts },
    { method: 'GET', path: `${base}/alerts_v2/:id`, handle: getAlert },
    { method: 'PATCH', path: `${base}/alerts_v2/:id`, handle: updateAlert },
    { method: 'POST', path: `${base}/alerts_v2/:id/comments`, handle: commentOn(alertOf) },
  ];
}

export const graphRoutes: readonly Route[] = ['v1.0', 'beta'].flatMap(routesBelow);
