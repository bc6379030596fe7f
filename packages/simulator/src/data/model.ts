export const DAY_MS = 86_400_000;

/** The domain of the simulated organization's devices and accounts. */
export const DOMAIN = 'contoso.com';

/** A time as the APIs write it. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** In Defender's spelling; Graph's is in lower case. */
export type Severity = 'Informational' | 'Low' | 'Medium' | 'High';

interface Comment {
  readonly comment: string;
  readonly createdBy: string;
  readonly createdTime: string;
}

/** The fields of an incident or alert that analysts change. */
export interface Triaged {
  updated: string;
  status: string;
  assignedTo: string | null;
  classification: string | null;
  determination: string | null;
  comments: readonly Comment[];
}

export interface Incident extends Triaged {
  readonly id: number;
  readonly name: string;
  readonly created: string;
  readonly alertIds: readonly string[];
  readonly severity: Severity;
  tags: readonly string[];
}

/** The entities that an alert was raised for. */
export interface Evidence {
  readonly fileName: string;
  readonly sha1: string;
  readonly sha256: string;
  readonly commandLine: string;
  readonly domain: string;
  readonly ip: string;
}

export interface Alert extends Triaged {
  readonly id: string;
  readonly incidentId: number;
  readonly machineId: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly severity: Severity;
  readonly detectionSource: string;
  readonly serviceSource: string;
  readonly technique: string;
  readonly created: string;
  readonly evidence: Evidence;
}

export interface Machine {
  readonly id: string;
  readonly name: string;
  readonly aadDeviceId: string;
  readonly osPlatform: string;
  readonly osVersion: string;
  readonly osBuild: number;
  readonly agentVersion: string;
  readonly ip: string;
  readonly externalIp: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  readonly healthStatus: string;
  readonly riskScore: string;
  readonly exposureLevel: string;
  /** Its user's account, as `name@domain`. */
  readonly user: string;
  /** The device group; one of the groups has no automation level. */
  readonly group: { readonly id: number; readonly name: string };
  tags: readonly string[];
  deviceValue: string;
}

export interface Indicator {
  readonly id: string;
  readonly indicatorValue: string;
  readonly indicatorType: string;
  readonly action: string;
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly recommendedActions: string | null;
  readonly application: string | null;
  readonly expirationTime: string | null;
  readonly rbacGroupNames: readonly string[];
  readonly generateAlert: boolean;
  readonly created: string;
  readonly updated: string;
}

export type ActionStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Cancelled';

export interface MachineAction {
  readonly id: string;
  readonly type: string;
  readonly machineId: string;
  readonly machineName: string;
  readonly comment: string;
  readonly scope: string | null;
  readonly sha1: string | null;
  readonly commands: readonly LiveCommand[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  cancelled: { readonly at: number; readonly comment: string } | undefined;
}

/** One command of a live response session. */
export interface LiveCommand {
  readonly type: string;
  readonly params: readonly { readonly key: string; readonly value: string }[];
}

export interface Investigation {
  readonly id: number;
  readonly machineId: string;
  readonly machineName: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}
