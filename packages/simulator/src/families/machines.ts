import { type Answer, type Call, ok, Refusal, type Route } from '../answer.ts';
import { choiceField, readBody, refuseLargeBatch, textField, textsField } from '../body.ts';
import { page } from '../odata.ts';
import { mdeAlert, mdeMachine, mdeUser } from '../views/mde.ts';
import type { Machine } from '../world/model.ts';

const RULES = { maxTop: 10_000, defaultTop: 10_000 } as const;
const MAX_TAGGED = 500;

/** The machine of an ID or a DNS name. */
export function machineNamed(call: Call, id: string): Machine {
  const lower = id.toLowerCase();
  const machine =
    call.world.machines.get(lower) ?? call.world.machineList.find(({ name }) => name === lower);
  if (machine === undefined) {
    // The seed page's own example.
    throw new Refusal('ResourceNotFound', { message: `Machine ${id} was not found` });
  }
  return machine;
}

/** The machine that a route's `id` names. */
export function machineOf(call: Call): Machine {
  return machineNamed(call, call.params['id'] ?? '');
}

/** A page of machines. */
export function machinePage(call: Call, machines: readonly Machine[]): Answer {
  return ok(page(call, machines, mdeMachine, RULES));
}

function list(call: Call): Answer {
  return machinePage(call, call.world.machineList);
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
  const own = call.world.alertList.filter(({ machineId }) => machineId === machine.id);
  return ok(page(call, own, (alert) => mdeAlert(alert, call.world), RULES));
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
  const machines = ids.map((id) => machineNamed(call, id));
  for (const machine of machines) tag(machine, textField(body, 'Value') ?? '', action);
  return { status: 200 };
}

function setDeviceValue(call: Call): Answer {
  const machine = machineOf(call);
  const body = readBody(call);
  machine.deviceValue = choiceField(body, 'DeviceValue', DEVICE_VALUES) ?? machine.deviceValue;
  return ok(mdeMachine(machine));
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
];
