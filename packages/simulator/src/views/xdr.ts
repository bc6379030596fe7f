import type { Alert, Incident, Machine } from '../data/model.ts';
import type { TenantData } from '../data/tenant-data.ts';

function accountOf({ user }: Machine): object {
  const [accountName, domainName] = user.split('@');
  return { accountName, domainName };
}

function fileEntity({ evidence, created }: Alert, machine: Machine | undefined): object {
  return {
    entityType: 'Process',
    evidenceCreationTime: created,
    verdict: 'Suspicious',
    remediationStatus: 'None',
    sha1: evidence.sha1,
    sha256: evidence.sha256,
    fileName: evidence.fileName,
    processCommandLine: evidence.commandLine,
    deviceId: machine?.id ?? null,
  };
}

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
    rbacGroupId: machine.group.id,
    rbacGroupName: machine.group.name,
    firstSeen: machine.firstSeen,
    tags: machine.tags,
    defenderAvStatus: 'Updated',
    onboardingStatus: 'Onboarded',
    loggedOnUsers: [accountOf(machine)],
  };
}

function xdrAlert(alert: Alert, data: TenantData): object {
  const machine = data.machines.get(alert.machineId);
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
    entities: [fileEntity(alert, machine)],
  };
}

/** An incident as `/api/incidents` shows it. */
export function xdrIncident(incident: Incident, data: TenantData): Record<string, unknown> {
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
      const alert = data.alerts.get(id);
      return alert ? [xdrAlert(alert, data)] : [];
    }),
  };
}
