import { type Answer, type Call, ok, Refusal, type Route } from '../answer.ts';
import { readBody, textField, textsField } from '../body.ts';
import type { Incident } from '../model.ts';
import { page } from '../odata.ts';
import { xdrIncident } from '../views.ts';

/** The incident that a route's `id` names. */
export function incidentOf(call: Call): Incident {
  const id = call.params['id'] ?? '';
  const incident = call.world.incidents.get(Number(id));
  if (incident === undefined) {
    throw new Refusal('ResourceNotFound', { values: { resource: `Incident ${id}` } });
  }
  return incident;
}

function list(call: Call): Answer {
  const rows = [...call.world.incidents.values()].map((row) => xdrIncident(row, call.world));
  return ok(page(call, rows, { maxTop: 100, defaultTop: 50 }));
}

function get(call: Call): Answer {
  return ok(xdrIncident(incidentOf(call), call.world));
}

function update(call: Call): Answer {
  const incident = incidentOf(call);
  changeIncident(call, incident);
  return ok(xdrIncident(incident, call.world));
}

/** Applies a PATCH; a `comment` is added to those that are there, as the service does. */
export function changeIncident(call: Call, incident: Incident): void {
  const body = readBody(call);
  const now = new Date(call.clock.epoch()).toISOString();
  const comment = textField(body, 'comment');
  incident.status = textField(body, 'status') ?? incident.status;
  incident.assignedTo = textField(body, 'assignedTo') ?? incident.assignedTo;
  incident.classification = textField(body, 'classification') ?? incident.classification;
  incident.determination = textField(body, 'determination') ?? incident.determination;
  incident.tags = textsField(body, 'tags') ?? textsField(body, 'customTags') ?? incident.tags;
  if (comment !== undefined) {
    const entry = { comment, createdBy: 'contoso-automation', createdTime: now };
    incident.comments = [...incident.comments, entry];
  }
  incident.updated = now;
}

export const incidentRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/incidents', handle: list },
  { method: 'GET', path: '/api/incidents/:id', handle: get },
  { method: 'PATCH', path: '/api/incidents/:id', handle: update },
];
