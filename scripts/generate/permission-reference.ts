import { type Family, type Operation, operations } from '@defender-resilience/core';

const READ_MACHINES = ['Machine.Read.All', 'Machine.ReadWrite.All'];
const READ_ALERTS = ['Alert.Read.All', 'Alert.ReadWrite.All'];

/**
 * The permissions of an application, least privileged first, by the names of operations: the first that fits.
 *
 * Each was compared in November 2026 with the Permissions table of the operation's own page in MicrosoftDocs/defender-docs,
 * and for Microsoft Graph with permissions/new/permissions.json in microsoftgraph/microsoft-graph-devx-content. Where a page
 * contradicts itself, a comment says what was taken.
 */
const PERMISSIONS: readonly (readonly [RegExp, readonly string[]])[] = [
  // Defender XDR
  [/^incidents\.(?:list|get)$/, ['Incident.Read.All', 'Incident.ReadWrite.All']],
  [/^incidents\.update$/, ['Incident.ReadWrite.All']],
  [/^hunting\.run$/, ['AdvancedHunting.Read.All']],
  // Defender for Endpoint: alerts and the entities in them. The page of alerts.update says Alerts.ReadWrite.All, which
  // does not exist.
  [/^alerts\.(?:update|batchUpdate|create)$/, ['Alert.ReadWrite.All']],
  [/^domains\.alerts$|^machines\.startInvestigation$/, ['Alert.ReadWrite.All']],
  [/^(?:alerts|files|ips|users|machines)\.alerts$|^alerts\.(?:list|get)$/, READ_ALERTS],
  [/^investigations\./, READ_ALERTS],
  [/^alerts\.domains$|^domains\.stats$/, ['URL.Read.All']],
  [/^alerts\.files$|^files\.(?:get|stats)$/, ['File.Read.All']],
  [/^alerts\.ips$|^ips\.stats$/, ['Ip.Read.All']],
  [/^alerts\.user$|^machines\.logonUsers$/, ['User.Read.All']],
  [/^alerts\.machine$|^(?:domains|files)\.machines$/, READ_MACHINES],
  [/^users\.machines$/, ['Machine.ReadWrite.All']],
  [/^indicators\./, ['Ti.ReadWrite', 'Ti.ReadWrite.All']],
  [/^mde\.hunting\.run$/, ['AdvancedQuery.Read.All']],
  // Machines and the actions on them
  [/^machines\.(?:list|get|findByIp|find|findByTag)$/, READ_MACHINES],
  [/^machines\.(?:update|tag|tagMany|setDeviceValue)$/, ['Machine.ReadWrite.All']],
  [/^machines\.(?:isolate|unisolate)$/, ['Machine.Isolate']],
  [/^machines\.runAntiVirusScan$/, ['Machine.Scan']],
  // Its page lists two permissions to read machines as well.
  [/^machines\.stopAndQuarantineFile$/, ['Machine.StopAndQuarantine']],
  [/^machines\.(?:un)?restrictCodeExecution$/, ['Machine.RestrictExecution']],
  [/^machines\.offboard$/, ['Machine.Offboard']],
  [/^machines\.collectInvestigationPackage$/, ['Machine.CollectForensics']],
  [/^machines\.runLiveResponse$/, ['Machine.LiveResponse']],
  [
    /^machineActions\.cancel$/,
    [
      'Machine.CollectForensics',
      'Machine.Isolate',
      'Machine.RestrictExecution',
      'Machine.Scan',
      'Machine.Offboard',
      'Machine.StopAndQuarantine',
      'Machine.LiveResponse',
    ],
  ],
  [/^machineActions\./, READ_MACHINES],
  [/^libraryFiles\./, ['Library.Manage']],
  [/^deviceAvInfo\.list$/, ['Machine.Read.All']],
  [/^scanDefinitions\.(?:list|history|sessionHistory)$|^scanAgents\./, ['Machine.Read.All']],
  [/^scanDefinitions\./, ['Machine.ReadWrite.All']],
  // Vulnerability management
  [
    /^machines\.(?:vulnerabilities|softwareVulnerabilities\w+|softwareVulnerability\w+|secureConfigurations\w+|certificate\w+|infoGatheringExport)$/,
    ['Vulnerability.Read.All'],
  ],
  [
    /^vulnerabilities\.|^(?:software|recommendations)\.vulnerabilities$/,
    ['Vulnerability.Read.All'],
  ],
  [
    /^machines\.(?:software(?:Inventory\w*)?|missingKbs|browserExtensions\w*|hardwareFirmware\w*)$/,
    ['Software.Read.All'],
  ],
  [/^software\.|^browserExtensions\.|^recommendations\.software$/, ['Software.Read.All']],
  [/^machines\.baselineCompliance\w+$/, ['SecurityBaselinesAssessment.Read.All']],
  [/^machines\.recommendations$|^recommendations\./, ['SecurityRecommendation.Read.All']],
  [/^remediationTasks\./, ['RemediationTasks.Read.All']],
  [/^(?:exposureScore|configurationScore)\./, ['Score.Read.All']],
  // Microsoft Graph
  [
    /^graph\.incidents\.(?:list|get)$/,
    ['SecurityIncident.Read.All', 'SecurityIncident.ReadWrite.All'],
  ],
  [/^graph\.incidents\.(?:update|comment)$/, ['SecurityIncident.ReadWrite.All']],
  [/^graph\.alerts_v2\.(?:list|get)$/, ['SecurityAlert.Read.All', 'SecurityAlert.ReadWrite.All']],
  [/^graph\.alerts_v2\./, ['SecurityAlert.ReadWrite.All']],
  [/^graph\.alerts\.(?:list|get)$/, ['SecurityEvents.Read.All', 'SecurityEvents.ReadWrite.All']],
  [/^graph\.alerts\./, ['SecurityEvents.ReadWrite.All']],
  [/^graph\.hunting\.run$/, ['ThreatHunting.Read.All']],
  [
    /^graph\.detectionRules\.(?:list|get)$/,
    ['CustomDetection.Read.All', 'CustomDetection.ReadWrite.All'],
  ],
  [/^graph\.detectionRules\./, ['CustomDetection.ReadWrite.All']],
  [/^graph\.tiIndicators\./, ['ThreatIndicators.ReadWrite.OwnedBy']],
  [
    /^graph\.secureScore.*\.(?:list|get)$/,
    ['SecurityEvents.Read.All', 'SecurityEvents.ReadWrite.All'],
  ],
  [/^graph\.secureScoreControlProfiles\.update$/, ['SecurityEvents.ReadWrite.All']],
];

const APIS: readonly (readonly [Family, string, string])[] = [
  ['xdr', 'Microsoft Defender XDR', 'APIs my organization uses > Microsoft Threat Protection'],
  ['mde', 'Microsoft Defender for Endpoint', 'APIs my organization uses > WindowsDefenderATP'],
  ['graph', 'Microsoft Graph security', 'Microsoft Graph'],
];

const INTRODUCTION = `<!-- Generated by scripts/generate.ts from packages/core/src/catalogue. -->

# Permissions

The application permissions (app roles) that each operation needs. One of those in a row is enough, and the first is the
least privileged. Grant them in the Entra admin center: _App registrations → your app → API permissions → Add a
permission_, then _Grant admin consent_. Then get a new token: a token keeps the roles that it was made with.

The table was compared with Microsoft's pages in November 2026. An operation's name leads to its page, which decides where
the two differ; a dash means that the page names no permission. A 403 \`Forbidden\` names the roles that were required and
those that the token has: \`failureOf(response)?.values\`.`;

/** The table of permissions in Markdown, one row for the operations that share them. */
export function permissionReference(): string {
  const parts = APIS.flatMap(([family, title, path]) => [
    `## ${title}`,
    `Under _${path}_, as _Application permissions_.`,
    table(rowsOf(operations.filter((operation) => operation.family === family))),
  ]);
  return `${[INTRODUCTION, ...parts].join('\n\n')}\n`;
}

function rowsOf(family: readonly Operation[]): Map<string, Operation[]> {
  const rows = new Map<string, Operation[]>();
  for (const operation of family) {
    const [, names = []] = PERMISSIONS.find(([pattern]) => pattern.test(operation.name)) ?? [];
    const permissions = names.map((name) => `\`${name}\``).join(' or ') || '–';
    rows.set(permissions, [...(rows.get(permissions) ?? []), operation]);
  }
  return rows;
}

function table(rows: ReadonlyMap<string, readonly Operation[]>): string {
  const lines = [...rows].map(([permissions, group]) => {
    const names = group.map(({ name, docs }) => `[\`${name}\`](${docs})`);
    return `| ${permissions} | ${names.join(' ')} |`;
  });
  return ['| Permission | Operations |', '| --- | --- |', ...lines].join('\n');
}
