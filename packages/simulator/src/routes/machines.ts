import { choiceField, readBody, refuseLargeBatch, textField, textsField } from '../body.ts';
import { type Answer, ApiError, type Call, ok, type Route } from '../call.ts';
import { DAY_MS, type Machine } from '../data/model.ts';
import { page } from '../odata.ts';
import { functionArguments } from '../request.ts';
import { mdeAlert, mdeMachine, mdeUser } from '../views/mde.ts';
import { checkIp } from './identifiers.ts';

const RULES = { maxTop: 10_000, defaultTop: 10_000 } as const;
const MAX_TAGGED = 500;

/** The machine with this ID or DNS name. */
export function findMachine(call: Call, id: string): Machine {
  const lower = id.toLowerCase();
  const machine =
    call.data.machines.get(lower) ?? call.data.machineList.find(({ name }) => name === lower);
  if (machine === undefined) {
    // The example on the page of error codes, which differs from the catalogue's template.
    throw new ApiError('ResourceNotFound', { message: `Machine ${id} was not found` });
  }
  return machine;
}

/** The machine that a route's `id` names. */
export function machineOf(call: Call): Machine {
  return findMachine(call, call.params['id'] ?? '');
}

export function machinePage(call: Call, machines: readonly Machine[]): Answer {
  return ok(page(call, machines, mdeMachine, RULES));
}

function list(call: Call): Answer {
  return machinePage(call, call.data.machineList);
}

function get(call: Call): Answer {
  return ok(mdeMachine(machineOf(call)));
}

function update(call: Call): Answer {
  const machine = machineOf(call);
  const body = readBody(call);
  const tags = textsField(body, 'machineTags') ?? machine.tags;
  machine.deviceValue = choiceField(body, 'deviceValue', DEVICE_VALUES) ?? machine.deviceValue;
  machine.tags = tags;
  return ok(mdeMachine(machine));
}

function alerts(call: Call): Answer {
  const machine = machineOf(call);
  const own = call.data.alertList.filter(({ machineId }) => machineId === machine.id);
  return ok(page(call, own, (alert) => mdeAlert(alert, call.data), RULES));
}

function logonUsers(call: Call): Answer {
  return ok({ value: [mdeUser(machineOf(call))] });
}

const DEVICE_VALUES = ['Normal', 'Low', 'High'];

function tag(machine: Machine, value: string, action: string | undefined): void {
  const others = machine.tags.filter((existing) => existing !== value);
  machine.tags = action === 'Add' ? [...others, value] : others;
}

function changeTags(call: Call): Answer {
  const machine = machineOf(call);
  const body = readBody(call);
  tag(machine, textField(body, 'Value') ?? '', choiceField(body, 'Action', ['Add', 'Remove']));
  return ok(mdeMachine(machine));
}

function changeManyTags(call: Call): Answer {
  const body = readBody(call);
  const ids = textsField(body, 'MachineIds') ?? [];
  refuseLargeBatch(ids.length, MAX_TAGGED);
  const action = choiceField(body, 'Action', ['Add', 'Remove']);
  const machines = ids.map((id) => findMachine(call, id));
  for (const machine of machines) tag(machine, textField(body, 'Value') ?? '', action);
  return { status: 200 };
}

function setDeviceValue(call: Call): Answer {
  const machine = machineOf(call);
  const body = readBody(call);
  machine.deviceValue = choiceField(body, 'DeviceValue', DEVICE_VALUES) ?? machine.deviceValue;
  return ok(mdeMachine(machine));
}

function missing(parameter: string): ApiError {
  return new ApiError('MissingRequiredParameter', { values: { parameter } });
}

/** As documented, only the last 30 days can be searched. */
function checkTimestamp(call: Call, timestamp: string | undefined): void {
  if (timestamp === undefined) throw missing('timestamp');
  const age = call.clock.epoch() - Date.parse(timestamp);
  // An unreadable date gives NaN, which is refused as well.
  if (!(age <= 30 * DAY_MS)) throw new ApiError('InvalidInput', { values: { input: timestamp } });
}

function having(call: Call, test: (machine: Machine) => boolean): Answer {
  return machinePage(call, call.data.machineList.filter(test));
}

function findByIp(parameter: 'ip' | 'key') {
  return (call: Call): Answer => {
    const given = functionArguments(call.path);
    const wanted = given[parameter];
    if (wanted === undefined) throw missing(parameter);
    checkIp(wanted);
    checkTimestamp(call, given['timestamp']);
    return having(call, ({ ip, externalIp }) => ip === wanted || externalIp === wanted);
  };
}

function findByTag(call: Call): Answer {
  const tag = call.query.get('tag');
  if (tag === null || tag === '') throw missing('tag');
  const startsWith = call.query.get('useStartsWithFilter')?.toLowerCase() === 'true';
  return having(call, ({ tags }) =>
    tags.some((own) => (startsWith ? own.startsWith(tag) : own === tag)),
  );
}

export const machineRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/machines', handle: list },
  {
    method: 'POST',
    path: '/api/machines/AddOrRemoveTagForMultipleMachines',
    handle: changeManyTags,
  },
  { method: 'GET', path: '/api/machines/:id', handle: get },
  { method: 'PATCH', path: '/api/machines/:id', handle: update },
  { method: 'GET', path: '/api/machines/:id/alerts', handle: alerts },
  { method: 'GET', path: '/api/machines/:id/logonusers', handle: logonUsers },
  { method: 'POST', path: '/api/machines/:id/tags', handle: changeTags },
  { method: 'POST', path: '/api/machines/:id/setDeviceValue', handle: setDeviceValue },
  { method: 'GET', path: '/api/machines/findbyip', handle: findByIp('ip') },
  { method: 'GET', path: '/api/machines/find', handle: findByIp('key') },
  { method: 'GET', path: '/api/machines/findbytag', handle: findByTag },
];
