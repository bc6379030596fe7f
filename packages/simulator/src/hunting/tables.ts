import type { Alert, Machine } from '../world/model.ts';
import type { World } from '../world/world.ts';
import type { Column, ColumnType, Row, Table } from './table.ts';

/** One table of the hunting schema: its columns, and the rows that a world gives it. */
interface Definition {
  readonly columns: readonly Column[];
  rows(world: World): readonly Row[];
}

const TYPES: Readonly<Record<string, ColumnType>> = { t: 'DateTime', s: 'String', n: 'Int64' };

/** Columns from their names; `:t` marks a time, `:n` a number, nothing a text. */
function columns(...names: readonly string[]): readonly Column[] {
  return names.map((text) => {
    const [name = '', type = 's'] = text.split(':');
    return { name, type: TYPES[type] ?? 'String' };
  });
}

function device({ id, name }: Machine): Row {
  return { DeviceId: id, DeviceName: name };
}

function deviceInfo(machine: Machine): Row {
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

function alertInfo(alert: Alert): Row {
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

function alertEvidence(alert: Alert, world: World): Row {
  const { fileName, sha1, sha256, commandLine, domain, ip } = alert.evidence;
  const machine = world.machines.get(alert.machineId);
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

const DEFINITIONS: Readonly<Record<string, Definition>> = {
  DeviceInfo: {
    columns: columns(
      'Timestamp:t',
      'DeviceId',
      'DeviceName',
      'ClientVersion',
      'PublicIP',
      'OSPlatform',
      'OSVersion',
      'OSBuild:n',
      'MachineGroup',
      'ExposureLevel',
      'OnboardingStatus',
    ),
    rows: ({ machineList }) => machineList.map(deviceInfo),
  },
  AlertInfo: {
    columns: columns(
      'Timestamp:t',
      'AlertId',
      'Title',
      'Category',
      'Severity',
      'ServiceSource',
      'DetectionSource',
      'AttackTechniques',
    ),
    rows: ({ alertList }) => alertList.map(alertInfo),
  },
  AlertEvidence: {
    columns: columns(
      'Timestamp:t',
      'AlertId',
      'EntityType',
      'EvidenceRole',
      'FileName',
      'SHA1',
      'SHA256',
      'ProcessCommandLine',
      'RemoteIP',
      'RemoteUrl',
      'DeviceId',
      'DeviceName',
    ),
    rows: (world) => world.alertList.map((alert) => alertEvidence(alert, world)),
  },
  DeviceProcessEvents: {
    columns: columns(
      'Timestamp:t',
      'DeviceId',
      'DeviceName',
      'ActionType',
      'FileName',
      'SHA1',
      'ProcessId:n',
      'ProcessCommandLine',
      'InitiatingProcessFileName',
    ),
    rows: ({ events }) =>
      events.processes.map((event) => ({
        Timestamp: event.at,
        ...device(event.machine),
        ActionType: event.actionType,
        FileName: event.fileName,
        SHA1: event.sha1,
        ProcessId: event.processId,
        ProcessCommandLine: event.commandLine,
        InitiatingProcessFileName: event.parent,
      })),
  },
  DeviceNetworkEvents: {
    columns: columns(
      'Timestamp:t',
      'DeviceId',
      'DeviceName',
      'ActionType',
      'RemoteIP',
      'RemotePort:n',
      'RemoteUrl',
      'InitiatingProcessFileName',
    ),
    rows: ({ events }) =>
      events.network.map((event) => ({
        Timestamp: event.at,
        ...device(event.machine),
        ActionType: event.actionType,
        RemoteIP: event.remoteIp,
        RemotePort: event.remotePort,
        RemoteUrl: event.remoteUrl,
        InitiatingProcessFileName: event.fileName,
      })),
  },
  DeviceLogonEvents: {
    columns: columns(
      'Timestamp:t',
      'DeviceId',
      'DeviceName',
      'ActionType',
      'LogonType',
      'AccountName',
    ),
    rows: ({ events }) =>
      events.logons.map((event) => ({
        Timestamp: event.at,
        ...device(event.machine),
        ActionType: event.actionType,
        LogonType: event.logonType,
        AccountName: event.accountName,
      })),
  },
};

/** The names of all tables. */
export const TABLE_NAMES: readonly string[] = Object.keys(DEFINITIONS);

/** The table of a name; undefined when there is none. */
export function tableOf(world: World, name: string): Table | undefined {
  const definition = Object.hasOwn(DEFINITIONS, name) ? DEFINITIONS[name] : undefined;
  return definition && { columns: definition.columns, rows: definition.rows(world) };
}
