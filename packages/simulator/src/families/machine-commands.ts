import { type Answer, type Call, ok, Refusal, type Route, requireFeature } from '../answer.ts';
import {
  choiceField,
  type Fields,
  fieldsList,
  incorrectBody,
  readBody,
  refuseWrongCase,
  textField,
} from '../body.ts';
import type { Feature } from '../features.ts';
import { mdeAction, mdeInvestigation } from '../views/mde.ts';
import type { LiveCommand, Machine, MachineAction } from '../world/model.ts';
import { checkHash } from './hashes.ts';
import { machineOf } from './machines.ts';

type Details = Partial<Pick<MachineAction, 'scope' | 'sha1' | 'commands'>>;

/** One response action. */
interface Command {
  /** The last part of its path. */
  readonly name: string;
  /** How `/api/machineactions` calls it. */
  readonly type: string;
  /** Whether it runs on Windows alone. */
  readonly windowsOnly?: boolean;
  readonly feature?: Feature;
  readonly details?: (body: Fields) => Details;
}

const COMMANDS: readonly Command[] = [
  {
    name: 'isolate',
    type: 'Isolate',
    details: (body) => ({
      scope: choiceField(body, 'IsolationType', ['Full', 'Selective', 'UnManagedDevice']) ?? 'Full',
    }),
  },
  { name: 'unisolate', type: 'Unisolate' },
  {
    name: 'runAntiVirusScan',
    type: 'RunAntiVirusScan',
    details: (body) => ({ scope: choiceField(body, 'ScanType', ['Quick', 'Full']) ?? null }),
  },
  {
    name: 'StopAndQuarantineFile',
    type: 'StopAndQuarantineFile',
    windowsOnly: true,
    details: (body) => ({ sha1: checkHash(textField(body, 'Sha1') ?? '', ['sha1']) }),
  },
  { name: 'restrictCodeExecution', type: 'RestrictCodeExecution', windowsOnly: true },
  { name: 'unrestrictCodeExecution', type: 'UnrestrictCodeExecution', windowsOnly: true },
  { name: 'collectInvestigationPackage', type: 'CollectInvestigationPackage' },
  { name: 'offboard', type: 'Offboard', windowsOnly: true },
  {
    name: 'runliveresponse',
    type: 'LiveResponse',
    feature: 'liveResponse',
    details: (body) => ({ commands: liveCommands(body) }),
  },
];

const COMMAND_TYPES = ['RunScript', 'GetFile', 'PutFile'];

/** Inside a command the parameters are in lower case, unlike around it. */
function liveCommands(body: Fields): readonly LiveCommand[] {
  const commands = fieldsList(body, 'Commands').map((command) => {
    refuseWrongCase(command, ['type', 'params']);
    const type = choiceField(command, 'type', COMMAND_TYPES);
    if (type === undefined) throw incorrectBody();
    const params = command['params'] === undefined ? [] : fieldsList(command, 'params');
    return { type, params: params.map(parameter) };
  });
  if (commands.length === 0) throw incorrectBody();
  return commands;
}

function parameter(field: Fields): { readonly key: string; readonly value: string } {
  refuseWrongCase(field, ['key', 'value']);
  return { key: textField(field, 'key') ?? '', value: textField(field, 'value') ?? '' };
}

/** The oldest sensor that takes response actions here. */
const OLDEST_AGENT = '10.5850';

function isOlder(version: string, than: string): boolean {
  const wanted = than.split('.').map(Number);
  const actual = version.split('.').map(Number);
  const index = wanted.findIndex((part, at) => part !== actual[at]);
  return index >= 0 && (actual[index] ?? 0) < (wanted[index] ?? 0);
}

function refuseUnsupported(machine: Machine, { type, windowsOnly = false }: Command): void {
  const platform = machine.osPlatform;
  if (windowsOnly && !platform.startsWith('Windows')) {
    throw new Refusal('OsPlatformNotSupported', { values: { platform } });
  }
  if (isOlder(machine.agentVersion, OLDEST_AGENT)) {
    throw new Refusal('ClientVersionNotSupported', {
      values: { action: type, version: OLDEST_AGENT },
    });
  }
}

function begin(command: Command): (call: Call) => Answer {
  return (call) => {
    const { type, feature } = command;
    if (feature !== undefined) requireFeature(call, feature);
    const machine = machineOf(call);
    const body = readBody(call);
    const details = command.details?.(body) ?? {};
    refuseUnsupported(machine, command);
    const now = call.clock.epoch();
    if (call.world.hasActive(machine.id, type, now)) {
      throw new Refusal('ActiveRequestAlreadyExists');
    }
    const action: MachineAction = {
      id: call.world.newId(),
      type,
      machineId: machine.id,
      machineName: machine.name,
      comment: textField(body, 'Comment') ?? '',
      scope: null,
      sha1: null,
      commands: [],
      createdAt: now,
      cancelled: undefined,
      ...details,
    };
    call.world.addAction(action);
    return ok(mdeAction(action, call.world, now), 201);
  };
}

const FIRST_INVESTIGATION = 63_000;
const DEFAULT_GROUP = 0;

function startInvestigation(call: Call): Answer {
  requireFeature(call, 'automatedInvestigation');
  const machine = machineOf(call);
  readBody(call);
  if (machine.group.id !== DEFAULT_GROUP) {
    throw new Refusal('DisallowedOperation', {
      message:
        "This device has no automation level assigned to it. You'll need to at least enable the minimum Remediation Level for a given Device Group.",
    });
  }
  const investigation = {
    id: FIRST_INVESTIGATION + call.world.investigations.size,
    machineId: machine.id,
    machineName: machine.name,
    startedAt: call.clock.epoch(),
  };
  call.world.addInvestigation(investigation);
  return ok(mdeInvestigation(investigation), 201);
}

export const machineCommandRoutes: readonly Route[] = [
  ...COMMANDS.map((command): Route => {
    return { method: 'POST', path: `/api/machines/:id/${command.name}`, handle: begin(command) };
  }),
  { method: 'POST', path: '/api/machines/:id/startInvestigation', handle: startInvestigation },
];
