import type { Random } from '@defender-resilience/core';
import { between, hex, pick, uuid } from '../random.ts';
import { DAY_MS, DOMAIN, iso, type Machine } from './model.ts';

const MACHINES = 60;
const DEFAULT_GROUP = { id: 0, name: 'UnassignedGroup' } as const;
const NO_AUTOMATION_GROUP = { id: 7, name: 'Lab' } as const;
/** Too old for response actions. */
const LEGACY_AGENT = '10.3720.14393.0';

const PLATFORMS = [
  { platform: 'Windows11', version: '24H2', build: 26100, prefix: 'wks' },
  { platform: 'Windows11', version: '23H2', build: 22631, prefix: 'lap' },
  { platform: 'WindowsServer2022', version: '21H2', build: 20348, prefix: 'srv' },
  { platform: 'macOS', version: '15.3', build: 24, prefix: 'mac' },
  { platform: 'Linux', version: '22.4', build: 5, prefix: 'lnx' },
] as const;

/** Devices for which some actions fail, whatever the seed. */
const SPECIAL_MACHINES = [
  {
    number: '900',
    platform: 'Windows10',
    version: '1607',
    build: 14393,
    prefix: 'old',
    agent: LEGACY_AGENT,
    group: DEFAULT_GROUP,
  },
  {
    number: '901',
    platform: 'Windows11',
    version: '24H2',
    build: 26100,
    prefix: 'lab',
    agent: undefined,
    group: NO_AUTOMATION_GROUP,
  },
] as const;

interface MachineKind {
  readonly number: string;
  readonly platform: string;
  readonly version: string;
  readonly build: number;
  readonly prefix: string;
  readonly agent: string | undefined;
  readonly group: Machine['group'];
}

function ordinaryMachine(random: Random, index: number): MachineKind {
  const number = String(index + 1).padStart(3, '0');
  return { ...pick(random, PLATFORMS), number, agent: undefined, group: DEFAULT_GROUP };
}

function makeMachine(random: Random, index: number, kind: MachineKind, newestAt: number): Machine {
  const { number, platform, version, build, prefix, agent, group } = kind;
  return {
    id: hex(random, 40),
    name: `${prefix}-${number}.${DOMAIN}`,
    aadDeviceId: uuid(random),
    osPlatform: platform,
    osVersion: version,
    osBuild: build,
    agentVersion: agent ?? `10.8760.${build}.${between(random, 1000, 4999)}`,
    ip: `10.20.${Math.floor(index / 200)}.${10 + (index % 200)}`,
    // From an address block that is reserved for documentation.
    externalIp: `203.0.113.${between(random, 1, 254)}`,
    firstSeen: iso(newestAt - between(random, 40, 400) * DAY_MS),
    lastSeen: iso(newestAt - between(random, 0, 60) * 3_600_000),
    healthStatus: pick(random, ['Active', 'Active', 'Active', 'Inactive']),
    riskScore: pick(random, ['None', 'Low', 'Medium', 'High']),
    exposureLevel: pick(random, ['Low', 'Medium', 'High']),
    user: `user${number}@${DOMAIN}`,
    group,
    tags: pick(random, [[], ['vip'], ['kiosk'], ['finance', 'eu']]),
    deviceValue: 'Normal',
  };
}

/** Creates a tenant's devices: ordinary ones, and those for which some actions fail. */
export function makeMachines(
  random: Random,
  newestAt: number,
): { readonly ordinary: readonly [Machine, ...Machine[]]; readonly special: readonly Machine[] } {
  const ordinary = (index: number): Machine =>
    makeMachine(random, index, ordinaryMachine(random, index), newestAt);
  const machines: [Machine, ...Machine[]] = [ordinary(0)];
  for (let index = 1; index < MACHINES; index += 1) machines.push(ordinary(index));
  const special = SPECIAL_MACHINES.map((kind, index) =>
    makeMachine(random, MACHINES + index, kind, newestAt),
  );
  return { ordinary: machines, special };
}
