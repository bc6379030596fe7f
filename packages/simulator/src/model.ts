/** How bad an incident or alert is; Graph spells it in lower case. */
export type Severity = 'Informational' | 'Low' | 'Medium' | 'High';

/** Where the work on an incident stands. */
export type IncidentStatus = 'Active' | 'InProgress' | 'Resolved' | 'Redirected';

export interface Comment {
  readonly comment: string;
  readonly createdBy: string;
  readonly createdTime: string;
}

export interface Incident {
  readonly id: number;
  readonly name: string;
  readonly created: string;
  readonly alertIds: readonly string[];
  readonly severity: Severity;
  updated: string;
  status: string;
  assignedTo: string | null;
  classification: string;
  determination: string;
  tags: readonly string[];
  comments: readonly Comment[];
}

export interface Alert {
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
  updated: string;
  status: string;
  assignedTo: string | null;
  classification: string | null;
  determination: string | null;
  comments: readonly Comment[];
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
  readonly user: string;
  tags: readonly string[];
  deviceValue: string;
}

export interface Indicator {
  readonly id: string;
  readonly indicatorValue: string;
  readonly indicatorType: string;
  action: string;
  title: string;
  description: string;
  severity: string;
  recommendedActions: string | null;
  application: string | null;
  expirationTime: string | null;
  generateAlert: boolean;
  readonly created: string;
  updated: string;
}

export interface MachineAction {
  readonly id: string;
  readonly type: string;
  readonly machineId: string;
  readonly machineName: string;
  readonly comment: string;
  readonly scope: string | null;
  readonly created: string;
  status: 'Pending' | 'InProgress' | 'Succeeded' | 'Cancelled';
  updated: string;
}
