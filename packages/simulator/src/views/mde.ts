import {
  type Alert,
  type Indicator,
  type Investigation,
  iso,
  type Machine,
  type MachineAction,
} from '../data/model.ts';
import type { TenantData } from '../data/tenant-data.ts';

/** The application that all changes through the API are attributed to. */
export const APPLICATION = 'contoso-automation';

function evidenceOf(alert: Alert, machine: Machine | undefined): readonly object[] {
  const { evidence, created } = alert;
  const [accountName, domainName] = machine?.user.split('@') ?? [];
  return [
    {
      entityType: 'Process',
      evidenceCreationTime: created,
      sha1: evidence.sha1,
      sha256: evidence.sha256,
      fileName: evidence.fileName,
      processCommandLine: evidence.commandLine,
    },
    { entityType: 'Ip', evidenceCreationTime: created, ipAddress: evidence.ip },
    ...(accountName === undefined
      ? []
      : [{ entityType: 'User', evidenceCreationTime: created, accountName, domainName }]),
  ];
}

/** An alert as `/api/alerts` shows it. */
export function mdeAlert(alert: Alert, data: TenantData): Record<string, unknown> {
  const machine = data.machines.get(alert.machineId);
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
    computerDnsName: machine?.name ?? null,
    mitreTechniques: [alert.technique],
    comments: alert.comments,
    evidence: evidenceOf(alert, machine),
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
    rbacGroupId: machine.group.id,
    rbacGroupName: machine.group.name,
    riskScore: machine.riskScore,
    exposureLevel: machine.exposureLevel,
    isAadJoined: true,
    aadDeviceId: machine.aadDeviceId,
    machineTags: machine.tags,
  };
}

/** The account that uses a machine, as `/logonusers` shows it. */
export function mdeUser(machine: Machine): Record<string, unknown> {
  const [accountName = ''] = machine.user.split('@');
  return {
    id: `contoso\\${accountName}`,
    accountName,
    accountDomain: 'contoso',
    firstSeen: machine.firstSeen,
    lastSeen: machine.lastSeen,
    logonTypes: 'Interactive',
    isDomainAdmin: false,
    isOnlyNetworkUser: false,
  };
}

/** A machine action as `/api/machineactions` shows it. */
export function mdeAction(
  action: MachineAction,
  data: TenantData,
  now: number,
): Record<string, unknown> {
  const { status, since } = data.statusOf(action, now);
  const { cancelled } = action;
  return {
    id: action.id,
    type: action.type,
    title: null,
    requestor: APPLICATION,
    requestSource: 'PublicApi',
    requestorComment: action.comment,
    status,
    machineId: action.machineId,
    computerDnsName: action.machineName,
    creationDateTimeUtc: iso(action.createdAt),
    lastUpdateDateTimeUtc: iso(since),
    cancellationRequestor: cancelled === undefined ? null : APPLICATION,
    cancellationComment: cancelled?.comment ?? null,
    cancellationDateTimeUtc: cancelled === undefined ? null : iso(cancelled.at),
    errorHResult: 0,
    scope: action.scope,
    externalId: null,
    relatedFileInfo:
      action.sha1 === null ? null : { fileIdentifier: action.sha1, fileIdentifierType: 'Sha1' },
    commands: action.commands.map((command, index) => ({
      index,
      startTime: null,
      endTime: null,
      commandStatus: status === 'Succeeded' ? 'Completed' : 'Created',
      errors: [],
      command,
    })),
  };
}

/** An automated investigation as `/api/investigations` shows it. */
export function mdeInvestigation(investigation: Investigation): Record<string, unknown> {
  return {
    id: String(investigation.id),
    startTime: iso(investigation.startedAt),
    endTime: null,
    state: 'Running',
    cancelledBy: null,
    statusDetails: null,
    machineId: investigation.machineId,
    computerDnsName: investigation.machineName,
    triggeringAlertId: null,
  };
}

/** An indicator as `/api/indicators` shows it. */
export function mdeIndicator(indicator: Indicator): Record<string, unknown> {
  const { created, updated, ...fields } = indicator;
  return {
    ...fields,
    source: 'WebApi',
    sourceType: 'AadApp',
    createdBy: APPLICATION,
    creationTimeDateTimeUtc: created,
    lastUpdateTime: updated,
  };
}
