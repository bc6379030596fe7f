import type { Alert, Incident, Triaged } from '../data/model.ts';
import type { TenantData } from '../data/tenant-data.ts';

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** Graph says `unknown` if Defender leaves a value empty or not available. */
function known(value: string | null): string {
  return value === null || value === 'NotAvailable' ? 'unknown' : lowerFirst(value);
}

function comments(row: Triaged): readonly object[] {
  return row.comments.map(({ comment, createdBy, createdTime }) => ({
    comment,
    createdByDisplayName: createdBy,
    createdDateTime: createdTime,
  }));
}

function evidence(alert: Alert, data: TenantData): readonly object[] {
  const machine = data.machines.get(alert.machineId);
  const { fileName, sha1, sha256, commandLine } = alert.evidence;
  return [
    ...(machine === undefined
      ? []
      : [
          {
            '@odata.type': '#microsoft.graph.security.deviceEvidence',
            createdDateTime: alert.created,
            verdict: 'unknown',
            mdeDeviceId: machine.id,
            azureAdDeviceId: machine.aadDeviceId,
            deviceDnsName: machine.name,
            osPlatform: machine.osPlatform,
            healthStatus: lowerFirst(machine.healthStatus),
            riskScore: lowerFirst(machine.riskScore),
          },
        ]),
    {
      '@odata.type': '#microsoft.graph.security.processEvidence',
      createdDateTime: alert.created,
      verdict: 'suspicious',
      processCommandLine: commandLine,
      imageFile: { fileName, sha1, sha256 },
    },
  ];
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
    classification: known(incident.classification),
    determination: known(incident.determination),
    status: lowerFirst(incident.status),
    severity: lowerFirst(incident.severity),
    customTags: incident.tags,
    systemTags: [],
    comments: comments(incident),
  };
}

/** An alert as Graph's `alerts_v2` shows it. */
export function graphAlert(alert: Alert, data: TenantData): Record<string, unknown> {
  return {
    id: alert.id,
    providerAlertId: alert.id,
    incidentId: String(alert.incidentId),
    status: lowerFirst(alert.status),
    severity: lowerFirst(alert.severity),
    classification: known(alert.classification),
    determination: known(alert.determination),
    serviceSource: lowerFirst(alert.serviceSource),
    detectionSource: lowerFirst(alert.detectionSource),
    title: alert.title,
    description: alert.description,
    category: alert.category,
    assignedTo: alert.assignedTo,
    createdDateTime: alert.created,
    lastUpdateDateTime: alert.updated,
    mitreTechniques: [alert.technique],
    comments: comments(alert),
    evidence: evidence(alert, data),
  };
}
