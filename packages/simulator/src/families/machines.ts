import { type Answer, type Call, ok, Refusal, type Route } from '../answer.ts';
import { readBody, textField } from '../body.ts';
import type { Machine } from '../model.ts';
import { page } from '../odata.ts';
import { mdeAlert, mdeMachine } from '../views.ts';

const RULES = { maxTop: 10_000, defaultTop: 10_000 } as const;

/** The machine that a route's `id` names, by its ID or its DNS name. */
export function machineOf(call: Call): Machine {
  const id = call.params['id'] ?? '';
  const machine =
    call.world.machines.get(id.toLowerCase()) ??
    [...call.world.machines.values()].find(({ name }) => name === id.toLowerCase());
  if (machine === undefined) {
    throw new Refusal('ResourceNotFound', {
      // The seed page's own example.
      message: `Machine ${id} was not found`,
    });
  }
  return machine;
}

function list(call: Call): Answer {
  return ok(page(call, [...call.world.machines.values()].map(mdeMachine), RULES));
}

function get(call: Call): Answer {
  return ok(mdeMachine(machineOf(call)));
}

function alerts(call: Call): Answer {
  const machine = machineOf(call);
  const rows = [...call.world.alerts.values()].filter(({ machineId }) => machineId === machine.id);
  return ok(
    page(
      call,
      rows.map((alert) => mdeAlert(alert, call.world)),
      RULES,
    ),
  );
}

function logonUsers(call: Call): Answer {
  const machine = machineOf(call);
  const [accountName] = machine.user.split('@');
  return ok({
    value: [
      {
        id: `contoso\\${accountName}`,
        accountName,
        accountDomain: 'contoso',
        firstSeen: machine.firstSeen,
        lastSeen: machine.lastSeen,
        logonTypes: 'Interactive',
        isDomainAdmin: false,
      },
    ],
  });
}

function changeTags(call: Call): Answer {
  const machine = machineOf(call);
  const body = readBody(call);
  const tag = textField(body, 'Value') ?? '';
  const others = machine.tags.filter((existing) => existing !== tag);
  const action = textField(body, 'Action');
  if (action !== 'Add' && action !== 'Remove') {
    throw new Refusal('InvalidInput', { values: { input: String(action) } });
  }
  machine.tags = action === 'Add' ? [...others, tag] : others;
  return ok(mdeMachine(machine));
}

function setDeviceValue(call: Call): Answer {
  const machine = machineOf(call);
  const value = textField(readBody(call), 'DeviceValue') ?? '';
  if (!['Normal', 'Low', 'High'].includes(value)) {
    throw new Refusal('InvalidInput', { values: { input: value } });
  }
  machine.deviceValue = value;
  return ok(mdeMachine(machine));
}

export const machineRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/machines', handle: list },
  { method: 'GET', path: '/api/machines/:id', handle: get },
  { method: 'GET', path: '/api/machines/:id/alerts', handle: alerts },
  { method: 'GET', path: '/api/machines/:id/logonusers', handle: logonUsers },
  { method: 'POST', path: '/api/machines/:id/tags', handle: changeTags },
  { method: 'POST', path: '/api/machines/:id/setDeviceValue', handle: setDeviceValue },
];
