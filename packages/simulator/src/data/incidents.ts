import type { Random } from '@defender-resilience/core';
import { between, hex, pick } from '../random.ts';
import {
  type Alert,
  DOMAIN,
  type Evidence,
  type Incident,
  iso,
  type Machine,
  type Severity,
} from './model.ts';

interface Detection {
  readonly title: string;
  readonly category: string;
  readonly technique: string;
  readonly severity: Severity;
  readonly fileName: string;
  readonly commandLine: string;
}

function detection(
  title: string,
  [category, technique, severity]: readonly [string, string, Severity],
  commandLine: string,
): Detection {
  const [fileName = ''] = commandLine.split(' ');
  return { title, category, technique, severity, fileName, commandLine };
}

const DETECTIONS: readonly [Detection, ...Detection[]] = [
  detection(
    'Suspicious PowerShell command line',
    ['Execution', 'T1059.001', 'Medium'],
    'powershell.exe -NoProfile -EncodedCommand SQBFAFgA',
  ),
  detection(
    'Possible credential dumping from LSASS',
    ['CredentialAccess', 'T1003.001', 'High'],
    'rundll32.exe comsvcs.dll MiniDump 612 lsass.dmp full',
  ),
  detection(
    'Ransomware behavior was blocked',
    ['Impact', 'T1486', 'High'],
    'vssadmin.exe delete shadows /all /quiet',
  ),
  detection(
    'Unusual scheduled task was created',
    ['Persistence', 'T1053.005', 'Low'],
    'schtasks.exe /create /sc minute /tn Updater /tr updater.exe',
  ),
  detection(
    'Connection to a command-and-control host',
    ['CommandAndControl', 'T1071.001', 'High'],
    'curl.exe -s https://update.example.net/beacon',
  ),
  detection('Malware was prevented', ['Malware', 'T1204.002', 'Informational'], 'setup_crack.exe'),
  detection('Sign-in from an unfamiliar place', ['InitialAccess', 'T1078', 'Medium'], 'msedge.exe'),
  detection(
    'Email with a phishing URL was delivered',
    ['InitialAccess', 'T1566.002', 'Low'],
    'outlook.exe',
  ),
];

function makeEvidence(random: Random, { fileName, commandLine }: Detection): Evidence {
  return {
    fileName,
    sha1: hex(random, 40),
    sha256: hex(random, 64),
    commandLine,
    // Reserved for documentation, like the addresses.
    domain: pick(random, ['update.example.net', 'cdn.example.org', 'login.example.com']),
    ip: `198.51.100.${between(random, 1, 254)}`,
  };
}

function makeAlert(
  random: Random,
  incident: { readonly id: number; readonly created: number; readonly updated: number },
  machines: readonly [Machine, ...Machine[]],
): Alert {
  const detected = pick(random, DETECTIONS);
  const { title, category, technique, severity } = detected;
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
    evidence: makeEvidence(random, detected),
  };
}

const SEVERITIES: readonly Severity[] = ['Informational', 'Low', 'Medium', 'High'];

/** Creates one incident with its alerts. */
export function makeIncident(
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
