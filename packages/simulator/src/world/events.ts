import type { Random } from '@defender-resilience/core';
import { between, hex, pick, seededRandom } from '../random.ts';
import type { Machine } from './model.ts';
import { DAY_MS, iso } from './units.ts';

/** One thing that a device reported. */
interface DeviceEvent {
  readonly at: string;
  readonly machine: Machine;
  readonly actionType: string;
}

interface ProcessEvent extends DeviceEvent {
  readonly fileName: string;
  readonly commandLine: string;
  readonly processId: number;
  readonly sha1: string;
  readonly parent: string;
}

interface NetworkEvent extends DeviceEvent {
  readonly remoteIp: string;
  readonly remotePort: number;
  readonly remoteUrl: string;
  readonly fileName: string;
}

interface LogonEvent extends DeviceEvent {
  readonly logonType: string;
  readonly accountName: string;
}

/** What all devices reported, newest first. */
export interface DeviceEvents {
  readonly processes: readonly ProcessEvent[];
  readonly network: readonly NetworkEvent[];
  readonly logons: readonly LogonEvent[];
}

const PER_MACHINE = 10;

const COMMANDS = [
  'svchost.exe -k netsvcs -p',
  'powershell.exe -NoProfile -File C:\\ops\\inventory.ps1',
  'msedge.exe --no-startup-window',
  'cmd.exe /c whoami',
  'teams.exe --type=renderer',
  'powershell.exe -EncodedCommand SQBFAFgA',
] as const;

const DESTINATIONS = [
  { remoteUrl: 'login.example.com', remoteIp: '198.51.100.10', remotePort: 443 },
  { remoteUrl: 'cdn.example.org', remoteIp: '198.51.100.20', remotePort: 443 },
  { remoteUrl: 'update.example.net', remoteIp: '203.0.113.66', remotePort: 8443 },
] as const;

function fileOf(commandLine: string): string {
  return commandLine.split(' ')[0] ?? '';
}

function processEvent(random: Random, common: Omit<DeviceEvent, 'actionType'>): ProcessEvent {
  const commandLine = pick(random, COMMANDS);
  return {
    ...common,
    actionType: 'ProcessCreated',
    commandLine,
    fileName: fileOf(commandLine),
    processId: between(random, 500, 30_000),
    sha1: hex(random, 40),
    parent: pick(random, ['explorer.exe', 'services.exe', 'winlogon.exe']),
  };
}

function networkEvent(random: Random, common: Omit<DeviceEvent, 'actionType'>): NetworkEvent {
  return {
    ...common,
    ...pick(random, DESTINATIONS),
    actionType: pick(random, ['ConnectionSuccess', 'ConnectionSuccess', 'ConnectionFailed']),
    fileName: fileOf(pick(random, COMMANDS)),
  };
}

function logonEvent(random: Random, common: Omit<DeviceEvent, 'actionType'>): LogonEvent {
  return {
    ...common,
    actionType: pick(random, ['LogonSuccess', 'LogonSuccess', 'LogonSuccess', 'LogonFailed']),
    logonType: pick(random, ['Interactive', 'Network', 'RemoteInteractive']),
    accountName: common.machine.user.split('@')[0] ?? '',
  };
}

/** Makes what the devices reported in the week before `newestAt`: the same for the same seed. */
export function makeEvents(
  machines: readonly Machine[],
  { seed, newestAt }: { readonly seed: number; readonly newestAt: number },
): DeviceEvents {
  const random = seededRandom(seed + 3);
  const reported = <Event extends DeviceEvent>(
    make: (random: Random, common: Omit<DeviceEvent, 'actionType'>) => Event,
  ): readonly Event[] =>
    machines
      .flatMap((machine) =>
        Array.from({ length: PER_MACHINE }, () =>
          make(random, { machine, at: iso(newestAt - between(random, 0, 7 * DAY_MS)) }),
        ),
      )
      .toSorted((left, right) => (left.at < right.at ? 1 : -1));
  return {
    processes: reported(processEvent),
    network: reported(networkEvent),
    logons: reported(logonEvent),
  };
}
