import type { Alert, Incident, Indicator, Machine, MachineAction } from './model.ts';
import type { World } from './world.ts';

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

const AGENT_FIELDS = { rbacGroupId: 0, rbacGroupName: 'UnassignedGroup' } as const;

function xdrDevice(machine: Machine): object {
  return {
    mdatpDeviceId: machine.id,
    aadDeviceId: machine.aadDeviceId,
    deviceDnsName: machine.name,
    osPlatform: machine.osPlatform,
    version: machine.osVersion,
    osProcessor: 'x64',
    osBuild: machine.osBuild,
    healthStatus: machine.healthStatus,
    riskScore: machine.riskScore,
    ...AGENT_FIELDS,
    firstSeen: machine.firstSeen,
    tags: machine.tags,
    defenderAvStatus: 'Updated',
    onboardingStatus: 'Onboarded',
    loggedOnUsers: [],
  };
}

function xdrAlert(alert: Alert, world: World): object {
  const machine = world.machines.get(alert.machineId);
  return {
    alertId: alert.id,
    providerAlertId: alert.id,
    incidentId: alert.incidentId,
    serviceSource: alert.serviceSource,
    creationTime: alert.created,
    lastUpdatedTime: alert.updated,
    resolvedTime: alert.status === 'Resolved' ? alert.updated : null,
    firstActivity: alert.created,
    lastActivity: alert.updated,
    title: alert.title,
    description: alert.description,
    category: alert.category,
    status: alert.status,
    severity: alert.severity,
    investigationId: null,
    investigationState: 'UnsupportedAlertType',
    classification: alert.classification,
    determination: alert.determination,
    detectionSource: alert.detectionSource,
    assignedTo: alert.assignedTo,
    actorName: null,
    threatFamilyName: null,
    mitreTechniques: [alert.technique],
    devices: machine ? [xdrDevice(machine)] : [],
    entities: [],
  };
}

/** An incident as `/api/incidents` shows it. */
export function xdrIncident(incident: Incident, world: World): Record<string, unknown> {
  return {
    incidentId: incident.id,
    incidentUri: `https://security.microsoft.com/incidents/${incident.id}`,
    redirectIncidentId: null,
    incidentName: incident.name,
    createdTime: incident.created,
    lastUpdateTime: incident.updated,
    assignedTo: incident.assignedTo,
    classification: incident.classification,
    determination: incident.determination,
    status: incident.status,
    severity: incident.severity,
    tags: incident.tags,
    comments: incident.comments,
    alerts: incident.alertIds.flatMap((id) => {
      const alert = world.alerts.get(id);
      return alert ? [xdrAlert(alert, world)] : [];
    }),
  };
}

/** An alert as `/api/alerts` shows it. */
export function mdeAlert(alert: Alert, world: World): Record<string, unknown> {
  return {
    id: alert.id,
    incidentId: alert.incidentId,
    investigationId: null,
    assignedTo: alert.assignedTo,
    severity: alert.severity,
    status: alert.status,
    classification: alert.classification,
    determination: alert.determination,
    investigationState: 'UnsupportedAlertType',
    detectionSource: alert.detectionSource,
    category: alert.category,
    threatFamilyName: null,
    title: alert.title,
    description: alert.description,
    alertCreationTime: alert.created,
    firstEventTime: alert.created,
    lastEventTime: alert.updated,
    lastUpdateTime: alert.updated,
    resolvedTime: alert.status === 'Resolved' ? alert.updated : null,
    machineId: alert.machineId,
    computerDnsName: world.machines.get(alert.machineId)?.name ?? null,
    mitreTechniques: [alert.technique],
    comments: alert.comments,
    evidence: [],
  };
}

/** A machine as `/api/machines` shows it. */
export function mdeMachine(machine: Machine): Record<string, unknown> {
  return {
    id: machine.id,
    computerDnsName: machine.name,
    firstSeen: machine.firstSeen,
    lastSeen: machine.lastSeen,
    osPlatform: machine.osPlatform,
    osProcessor: 'x64',
    version: machine.osVersion,
    osBuild: machine.osBuild,
    agentVersion: machine.agentVersion,
    lastIpAddress: machine.ip,
    lastExternalIpAddress: machine.externalIp,
    healthStatus: machine.healthStatus,
    onboardingStatus: 'Onboarded',
    deviceValue: machine.deviceValue,
    ...AGENT_FIELDS,
    riskScore: machine.riskScore,
    exposureLevel: machine.exposureLevel,
    isAadJoined: true,
    aadDeviceId: machine.aadDeviceId,
    machineTags: machine.tags,
  };
}

/** A machine action as `/api/machineactions` shows it. */
export function mdeAction(action: MachineAction): Record<string, unknown> {
  return {
    id: action.id,
    type: action.type,
    scope: action.scope,
    requestor: 'analyst1@contoso.com',
    requestorComment: action.comment,
    status: action.status,
    machineId: action.machineId,
    computerDnsName: action.machineName,
    creationDateTimeUtc: action.created,
    lastUpdateDateTimeUtc: action.updated,
    errorHResult: 0,
  };
}

/** An indicator as `/api/indicators` shows it. */
export function mdeIndicator(indicator: Indicator): Record<string, unknown> {
  const { created, updated, ...fields } = indicator;
  return {
    ...fields,
    source: 'WebApi',
    sourceType: 'AadApp',
    createdBy: 'contoso-automation',
    creationTimeDateTimeUtc: created,
    lastUpdateTime: updated,
    rbacGroupNames: [],
  };
}

/** An incident as Graph shows it. */
export function graphIncident(incident: Incident): Record<string, unknown> {
  return {
    id: String(incident.id),
    incidentWebUrl: `https://security.microsoft.com/incidents/${incident.id}`,
    redirectIncidentId: null,
    displayName: incident.name,
    createdDateTime: incident.created,
    lastUpdateDateTime: incident.updated,
    assignedTo: incident.assignedTo,
    classification: lowerFirst(incident.classification),
    determination: lowerFirst(incident.determination),
    status: lowerFirst(incident.status),
    severity: lowerFirst(incident.severity),
    customTags: incident.tags,
    systemTags: [],
    comments: incident.comments.map(({ comment, createdBy, createdTime }) => ({
      comment,
      createdByDisplayName: createdBy,
      createdDateTime: createdTime,
    })),
  };
}

/** An alert as Graph's `alerts_v2` shows it. */
export function graphAlert(alert: Alert): Record<string, unknown> {
  return {
    id: alert.id,
    providerAlertId: alert.id,
    incidentId: String(alert.incidentId),
    status: lowerFirst(alert.status),
    severity: lowerFirst(alert.severity),
    classification: alert.classification,
    determination: alert.determination,
    serviceSource: lowerFirst(alert.serviceSource),
    detectionSource: lowerFirst(alert.detectionSource),
    title: alert.title,
    description: alert.description,
    category: alert.category,
    assignedTo: alert.assignedTo,
    createdDateTime: alert.created,
    lastUpdateDateTime: alert.updated,
    mitreTechniques: [alert.technique],
    comments: alert.comments,
    evidence: [],
  };
}
