import { type Alert, DAY_MS, iso, type Machine } from '../data/model.ts';
import type { TenantData } from '../data/tenant-data.ts';

/** One row of a hunting result: its values by column. A time is an ISO text. */
export type HuntingRow = Readonly<Record<string, unknown>>;

/** The rows that hunting queries return, by the table that they begin with. */
export type HuntingResults = Readonly<Record<string, readonly HuntingRow[]>>;

/** A column of a result, with its type as the APIs name it. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

/** The columns that rows have, in the order in which they first appear. */
export function columnsOf(rows: readonly HuntingRow[]): readonly Column[] {
  const types = new Map<string, string | undefined>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      types.set(name, types.get(name) ?? typeOf(value));
    }
  }
  return Array.from(types, ([name, type = 'String']) => ({ name, type }));
}

function typeOf(value: unknown): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number') return Number.isInteger(value) ? 'Int64' : 'Double';
  if (typeof value === 'boolean') return 'SByte';
  if (typeof value === 'object') return 'Object';
  return /^\d{4}-\d\d-\d\dT[\d:.]{5,20}Z$/.test(String(value)) ? 'DateTime' : 'String';
}

function device({ id, name }: Machine): HuntingRow {
  return { DeviceId: id, DeviceName: name };
}

function deviceInfo(machine: Machine): HuntingRow {
  return {
    Timestamp: machine.lastSeen,
    ...device(machine),
    ClientVersion: machine.agentVersion,
    PublicIP: machine.externalIp,
    OSPlatform: machine.osPlatform,
    OSVersion: machine.osVersion,
    OSBuild: machine.osBuild,
    MachineGroup: machine.group.name,
    ExposureLevel: machine.exposureLevel,
    OnboardingStatus: 'Onboarded',
  };
}

function alertInfo(alert: Alert): HuntingRow {
  return {
    Timestamp: alert.created,
    AlertId: alert.id,
    Title: alert.title,
    Category: alert.category,
    Severity: alert.severity,
    ServiceSource: 'Microsoft Defender for Endpoint',
    DetectionSource: alert.detectionSource,
    AttackTechniques: alert.technique,
  };
}

function alertEvidence(alert: Alert, data: TenantData): HuntingRow {
  const { fileName, sha1, sha256, commandLine, domain, ip } = alert.evidence;
  const machine = data.machines.get(alert.machineId);
  return {
    Timestamp: alert.created,
    AlertId: alert.id,
    EntityType: 'Process',
    EvidenceRole: 'Related',
    FileName: fileName,
    SHA1: sha1,
    SHA256: sha256,
    ProcessCommandLine: commandLine,
    RemoteIP: ip,
    RemoteUrl: domain,
    ...(machine === undefined ? { DeviceId: alert.machineId, DeviceName: '' } : device(machine)),
  };
}

const PER_DEVICE = 3;

/** The events of each device, spread evenly over the week before the newest incident. */
function events(
  { machineList, newestAt }: TenantData,
  fields: (machine: Machine, index: number) => HuntingRow,
): readonly HuntingRow[] {
  const count = machineList.length * PER_DEVICE;
  return Array.from({ length: PER_DEVICE }, () => machineList)
    .flat()
    .map((machine, index) => ({
      Timestamp: iso(newestAt - (index * 7 * DAY_MS) / count),
      ...device(machine),
      ...fields(machine, index),
    }));
}

const ENCODED_COMMANDS = ['SQBFAFgA', 'ZQBjAGgAbwA=', 'dwBoAG8AYQBtAGkA'];
const PARENTS = ['explorer.exe', 'services.exe', 'excel.exe', 'outlook.exe'];
const PORTS = [8443, 4444, 9001];
const LOGON_TYPES = ['Interactive', 'Network', 'RemoteInteractive', 'Batch'];

function oneOf<Item>(items: readonly Item[], index: number): Item | undefined {
  return items[index % items.length];
}

/** The default tables, unless a test or scenario sets others. */
const DEFAULT_TABLES: Readonly<Record<string, (data: TenantData) => readonly HuntingRow[]>> = {
  DeviceInfo: ({ machineList }) => machineList.map(deviceInfo),
  AlertInfo: ({ alertList }) => alertList.map(alertInfo),
  AlertEvidence: (data) => data.alertList.map((alert) => alertEvidence(alert, data)),
  DeviceProcessEvents: (data) =>
    events(data, (_machine, index) => ({
      ActionType: 'ProcessCreated',
      FileName: 'powershell.exe',
      ProcessId: 500 + index,
      ProcessCommandLine: `powershell.exe -NoProfile -EncodedCommand ${oneOf(ENCODED_COMMANDS, index)}`,
      InitiatingProcessFileName: oneOf(PARENTS, index),
    })),
  DeviceNetworkEvents: (data) =>
    events(data, (_machine, index) => ({
      ActionType: 'ConnectionSuccess',
      RemoteIP: '203.0.113.66',
      RemotePort: oneOf(PORTS, index),
      RemoteUrl: 'update.example.net',
      InitiatingProcessFileName: 'powershell.exe',
    })),
  DeviceLogonEvents: (data) =>
    events(data, ({ user }, index) => ({
      ActionType: 'LogonFailed',
      LogonType: oneOf(LOGON_TYPES, index),
      AccountName: user.split('@')[0],
    })),
};

/** The names of the default tables. */
export const TABLE_NAMES: readonly string[] = Object.keys(DEFAULT_TABLES);

/** The rows of a table: those that were set, else the default ones; undefined for an unknown table. */
export function rowsOf(
  table: string,
  results: HuntingResults,
  data: TenantData,
): readonly HuntingRow[] | undefined {
  if (Object.hasOwn(results, table)) return results[table];
  return Object.hasOwn(DEFAULT_TABLES, table) ? DEFAULT_TABLES[table]?.(data) : undefined;
}
