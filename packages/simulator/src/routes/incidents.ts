import { readBody, textsField } from '../body.ts';
import { type Answer, type Call, notFound, ok, type Route } from '../call.ts';
import type { Incident } from '../data/model.ts';
import { page } from '../odata.ts';
import { xdrIncident } from '../views/xdr.ts';
import { applyChange, INCIDENT_STATUSES, readChange } from './triage.ts';

/** The incident that a route's `id` names. */
export function incidentOf(call: Call): Incident {
  const id = call.params['id'] ?? '';
  const incident = call.data.incidents.get(Number(id));
  if (incident === undefined) {
    throw notFound('Incident', id);
  }
  return incident;
}

function list(call: Call): Answer {
  const view = (incident: Incident): Record<string, unknown> => xdrIncident(incident, call.data);
  const incidents = call.data.incidentList;
  return ok(page(call, incidents, view, { maxTop: 100, defaultTop: 50 }));
}

function get(call: Call): Answer {
  return ok(xdrIncident(incidentOf(call), call.data));
}

function update(call: Call): Answer {
  const incident = incidentOf(call);
  const body = readBody(call);
  const tags = textsField(body, 'tags') ?? incident.tags;
  applyChange(call, incident, readChange(body, INCIDENT_STATUSES));
  incident.tags = tags;
  return ok(xdrIncident(incident, call.data));
}

export const incidentRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/incidents', handle: list },
  { method: 'GET', path: '/api/incidents/:id', handle: get },
  { method: 'PATCH', path: '/api/incidents/:id', handle: update },
];
