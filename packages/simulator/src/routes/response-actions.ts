import {
  choiceField,
  type Fields,
  fieldsList,
  incorrectBody,
  readBody,
  refuseWrongCase,
  textField,
} from '../body.ts';
import type { Feature } from '../call.ts';
import { type Answer, ApiError, type Call, ok, type Route, requireFeature } from '../call.ts';
import type { LiveCommand, Machine, MachineAction } from '../data/model.ts';
import { mdeAction, mdeInvestigation } from '../views/mde.ts';
import { checkHash } from './identifiers.ts';
import { machineOf } from './machines.ts';

type Details = Partial<Pick<MachineAction, 'scope' | 'sha1' | 'commands'>>;

/** A response action. */
interface ResponseAction {
  /** The last part of its path. */
  readonly name: string;
  /** Its type in `/api/machineactions`. */
  readonly type: string;
  /** Whether only Windows devices support it. @defaultValue false */
  readonly windowsOnly?: boolean;
  readonly feature?: Feature;
  readonly details?: (body: Fields) => Details;
}

const ACTIONS: readonly ResponseAction[] = [
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

/** Unlike the other parameters, those of a command are in lower case. */
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

/** The oldest sensor that supports response actions here. */
const OLDEST_AGENT = '10.5850';

function isOlder(version: string, than: string): boolean {
  const wanted = than.split('.').map(Number);
  const actual = version.split('.').map(Number);
  const index = wanted.findIndex((part, at) => part !== actual[at]);
  return index >= 0 && (actual[index] ?? 0) < (wanted[index] ?? 0);
}

function refuseUnsupported(machine: Machine, { type, windowsOnly = false }: ResponseAction): void {
  const platform = machine.osPlatform;
  if (windowsOnly && !platform.startsWith('Windows')) {
    throw new ApiError('OsPlatformNotSupported', { values: { platform } });
  }
  if (isOlder(machine.agentVersion, OLDEST_AGENT)) {
    throw new ApiError('ClientVersionNotSupported', {
      values: { action: type, version: OLDEST_AGENT },
    });
  }
}

function startAction(definition: ResponseAction): (call: Call) => Answer {
  return (call) => {
    const { type, feature } = definition;
    if (feature !== undefined) requireFeature(call, feature);
    const machine = machineOf(call);
    const body = readBody(call);
    const details = definition.details?.(body) ?? {};
    refuseUnsupported(machine, definition);
    const now = call.clock.epoch();
    if (call.data.hasActive(machine.id, type, now)) {
      throw new ApiError('ActiveRequestAlreadyExists');
    }
    const action: MachineAction = {
      id: call.data.newId(),
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
    call.data.addAction(action);
    return ok(mdeAction(action, call.data, now), 201);
  };
}

const FIRST_INVESTIGATION = 63_000;
const DEFAULT_GROUP = 0;

function startInvestigation(call: Call): Answer {
  requireFeature(call, 'automatedInvestigation');
  const machine = machineOf(call);
  readBody(call);
  if (machine.group.id !== DEFAULT_GROUP) {
    throw new ApiError('DisallowedOperation', {
      message:
        "This device has no automation level assigned to it. You'll need to at least enable the minimum Remediation Level for a given Device Group.",
    });
  }
  const investigation = {
    id: FIRST_INVESTIGATION + call.data.investigations.size,
    machineId: machine.id,
    machineName: machine.name,
    startedAt: call.clock.epoch(),
  };
  call.data.addInvestigation(investigation);
  return ok(mdeInvestigation(investigation), 201);
}

export const responseActionRoutes: readonly Route[] = [
  ...ACTIONS.map((action): Route => {
    return {
      method: 'POST',
      path: `/api/machines/:id/${action.name}`,
      handle: startAction(action),
    };
  }),
  { method: 'POST', path: '/api/machines/:id/startInvestigation', handle: startInvestigation },
];
