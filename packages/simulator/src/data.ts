import type { Random } from '@defender-resilience/core';
import type { Alert, Incident, Indicator, Machine, Severity } from './model.ts';
import { between, hex, pick, seededRandom, uuid } from './random.ts';

/** A tenant's contents before any call changed it. */
export interface SeedData {
  readonly machines: readonly Machine[];
  readonly alerts: readonly Alert[];
  readonly incidents: readonly Incident[];
  readonly indicators: readonly Indicator[];
}

const DAY_MS = 86_400_000;
const MACHINES = 60;
const INDICATORS = 20;
const DOMAIN = 'contoso.com';

const PLATFORMS = [
  { platform: 'Windows11', version: '24H2', build: 26100, prefix: 'wks' },
  { platform: 'Windows11', version: '23H2', build: 22631, prefix: 'lap' },
  { platform: 'WindowsServer2022', version: '21H2', build: 20348, prefix: 'srv' },
  { platform: 'macOS', version: '15.3', build: 24, prefix: 'mac' },
  { platform: 'Linux', version: '22.4', build: 5, prefix: 'lnx' },
] as const;

const DETECTIONS: readonly [Detection, ...Detection[]] = [
  detection('Suspicious PowerShell command line', 'Execution', 'T1059.001', 'Medium'),
  detection('Possible credential dumping from LSASS', 'CredentialAccess', 'T1003.001', 'High'),
  detection('Ransomware behavior was blocked', 'Impact', 'T1486', 'High'),
  detection('Unusual scheduled task was created', 'Persistence', 'T1053.005', 'Low'),
  detection('Connection to a command-and-control host', 'CommandAndControl', 'T1071.001', 'High'),
  detection('Malware was prevented', 'Malware', 'T1204.002', 'Informational'),
  detection('Sign-in from an unfamiliar place', 'InitialAccess', 'T1078', 'Medium'),
  detection('Email with a phishing URL was delivered', 'InitialAccess', 'T1566.002', 'Low'),
];

interface Detection {
  readonly title: string;
  readonly category: string;
  readonly technique: string;
  readonly severity: Severity;
}

function detection(
  title: string,
  category: string,
  technique: string,
  severity: Severity,
): Detection {
  return { title, category, technique, severity };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function makeMachine(random: Random, index: number, newestAt: number): Machine {
  const { platform, version, build, prefix } = pick(random, PLATFORMS);
  const number = String(index + 1).padStart(3, '0');
  return {
    id: hex(random, 40),
    name: `${prefix}-${number}.${DOMAIN}`,
    aadDeviceId: uuid(random),
    osPlatform: platform,
    osVersion: version,
    osBuild: build,
    agentVersion: `10.8760.${build}.${between(random, 1000, 4999)}`,
    ip: `10.20.${Math.floor(index / 200)}.${10 + (index % 200)}`,
    // From the blocks that are set aside for documentation.
    externalIp: `203.0.113.${between(random, 1, 254)}`,
    firstSeen: iso(newestAt - between(random, 40, 400) * DAY_MS),
    lastSeen: iso(newestAt - between(random, 0, 60) * 3_600_000),
    healthStatus: pick(random, ['Active', 'Active', 'Active', 'Inactive']),
    riskScore: pick(random, ['None', 'Low', 'Medium', 'High']),
    exposureLevel: pick(random, ['Low', 'Medium', 'High']),
    user: `user${number}@${DOMAIN}`,
    tags: pick(random, [[], ['vip'], ['kiosk'], ['finance', 'eu']]),
    deviceValue: 'Normal',
  };
}

function makeAlert(
  random: Random,
  incident: { readonly id: number; readonly created: number; readonly updated: number },
  machines: readonly [Machine, ...Machine[]],
): Alert {
  const { title, category, technique, severity } = pick(random, DETECTIONS);
  return {
    id: `da${between(random, 6e17, 6.4e17)}_${between(random, -2e9, 2e9)}`,
    incidentId: incident.id,
    machineId: pick(random, machines).id,
    title,
    description: `${title} on a device of the organization.`,
    category,
    severity,
    detectionSource: pick(random, ['WindowsDefenderAtp', 'WindowsDefenderAv', 'CustomDetection']),
    serviceSource: 'MicrosoftDefenderForEndpoint',
    technique,
    created: iso(incident.created),
    updated: iso(incident.updated),
    status: pick(random, ['New', 'InProgress', 'Resolved']),
    assignedTo: null,
    classification: null,
    determination: null,
    comments: [],
  };
}

const SEVERITIES: readonly Severity[] = ['Informational', 'Low', 'Medium', 'High'];

function makeIncident(
  random: Random,
  id: number,
  updated: number,
  machines: readonly [Machine, ...Machine[]],
): { readonly incident: Incident; readonly alerts: readonly Alert[] } {
  const created = updated - between(random, 1, 72) * 1_800_000;
  const alerts = Array.from({ length: between(random, 1, 3) }, () =>
    makeAlert(random, { id, created, updated }, machines),
  );
  const worst = Math.max(...alerts.map(({ severity }) => SEVERITIES.indexOf(severity)));
  const status = pick(random, ['Active', 'Active', 'InProgress', 'Resolved']);
  const incident: Incident = {
    id,
    name: `${alerts[0]?.title ?? 'Incident'} on ${alerts.length === 1 ? 'one endpoint' : 'multiple endpoints'}`,
    created: iso(created),
    updated: iso(updated),
    alertIds: alerts.map((alert) => alert.id),
    severity: SEVERITIES[worst] ?? 'Medium',
    status,
    assignedTo: status === 'Active' ? null : `analyst${between(random, 1, 4)}@${DOMAIN}`,
    classification: status === 'Resolved' ? 'TruePositive' : 'Unknown',
    determination: status === 'Resolved' ? 'Malware' : 'NotAvailable',
    tags: pick(random, [[], ['triage'], ['ransomware', 'p1']]),
    comments: [],
  };
  return { incident, alerts };
}

function makeIndicator(random: Random, index: number, newestAt: number): Indicator {
  const created = iso(newestAt - between(random, 1, 90) * DAY_MS);
  return {
    id: String(900 + index),
    indicatorValue: hex(random, 64),
    indicatorType: 'FileSha256',
    action: pick(random, ['Block', 'Audit', 'Warn']),
    title: `Blocked file ${index + 1}`,
    description: 'From the weekly list of the threat research team.',
    severity: pick(random, SEVERITIES_FOR_INDICATORS),
    recommendedActions: null,
    application: null,
    expirationTime: iso(newestAt + 90 * DAY_MS),
    generateAlert: true,
    created,
    updated: created,
  };
}

const SEVERITIES_FOR_INDICATORS = ['Informational', 'Low', 'Medium', 'High'] as const;

/** Makes a tenant's contents: the same for the same options. Newest incidents come first. */
export function seedData(options: {
  readonly seed: number;
  readonly incidents: number;
  readonly newestAt: number;
}): SeedData {
  const random = seededRandom(options.seed);
  const { newestAt } = options;
  const first = makeMachine(random, 0, newestAt);
  const machines: [Machine, ...Machine[]] = [first];
  for (let index = 1; index < MACHINES; index += 1) {
    machines.push(makeMachine(random, index, newestAt));
  }
  let updated = newestAt;
  const made = Array.from({ length: options.incidents }, (_, index) => {
    const result = makeIncident(random, 10_000 + options.incidents - index, updated, machines);
    updated -= between(random, 5, 180) * 60_000;
    return result;
  });
  return {
    machines,
    incidents: made.map(({ incident }) => incident),
    alerts: made.flatMap(({ alerts }) => alerts),
    indicators: Array.from({ length: INDICATORS }, (_, index) =>
      makeIndicator(random, index, newestAt),
    ),
  };
}
