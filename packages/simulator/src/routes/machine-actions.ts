import { readBody, textField } from '../body.ts';
import { type Answer, ApiError, type Call, notFound, ok, type Route } from '../call.ts';
import type { MachineAction } from '../data/model.ts';
import { page } from '../odata.ts';
import { functionArguments } from '../request.ts';
import { mdeAction, mdeInvestigation } from '../views/mde.ts';
import { downloadUrl } from './downloads.ts';

const RULES = { maxTop: 10_000, defaultTop: 10_000 } as const;

function actionOf(call: Call): MachineAction {
  const id = call.params['id'] ?? '';
  const action = call.data.actions.get(id.toLowerCase());
  if (action === undefined) {
    throw notFound('MachineAction', id);
  }
  return action;
}

function view(call: Call): (action: MachineAction) => Record<string, unknown> {
  const now = call.clock.epoch();
  return (action) => mdeAction(action, call.data, now);
}

function list(call: Call): Answer {
  return ok(page(call, [...call.data.actions.values()].reverse(), view(call), RULES));
}

function get(call: Call): Answer {
  return ok(view(call)(actionOf(call)));
}

function cancel(call: Call): Answer {
  const action = actionOf(call);
  const comment = textField(readBody(call), 'Comment') ?? '';
  const at = call.clock.epoch();
  if (!call.data.isActive(action, at)) {
    const { status } = call.data.statusOf(action, at);
    throw new ApiError('BadRequest', {
      message: `The action cannot be cancelled: it is ${status}.`,
    });
  }
  action.cancelled = { at, comment };
  return ok(view(call)(action));
}

/** The finished action of a route. Throws for an action that is unfinished or of another type. */
function resultOf(call: Call, type: string): MachineAction {
  const action = actionOf(call);
  if (action.type !== type) {
    throw new ApiError('BadRequest', { message: `A ${action.type} action has no such result.` });
  }
  if (call.data.statusOf(action, call.clock.epoch()).status !== 'Succeeded') {
    // The documented error for a result that is not ready.
    throw new ApiError('NotFound', { message: `The result of action ${action.id} is not ready.` });
  }
  return action;
}

function packageUri(call: Call): Answer {
  const action = resultOf(call, 'CollectInvestigationPackage');
  return ok({ value: downloadUrl(call, action.id, 'WDATP_Investigation_Package.zip') });
}

function liveResponseResult(call: Call): Answer {
  const action = resultOf(call, 'LiveResponse');
  const index = functionArguments(call.path)['index'] ?? '0';
  if (action.commands[Number(index)] === undefined) {
    throw new ApiError('InvalidInput', { values: { input: index } });
  }
  return ok({ value: downloadUrl(call, action.id, `command-${index}.zip`) });
}

function investigations(call: Call): Answer {
  return ok(page(call, [...call.data.investigations.values()], mdeInvestigation, RULES));
}

function investigation(call: Call): Answer {
  const id = call.params['id'] ?? '';
  const found = call.data.investigations.get(Number(id));
  if (found === undefined) {
    throw notFound('Investigation', id);
  }
  return ok(mdeInvestigation(found));
}

export const machineActionRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/machineactions', handle: list },
  { method: 'GET', path: '/api/machineactions/:id', handle: get },
  { method: 'POST', path: '/api/machineactions/:id/cancel', handle: cancel },
  { method: 'GET', path: '/api/machineactions/:id/getPackageUri', handle: packageUri },
  {
    method: 'GET',
    path: '/api/machineactions/:id/GetLiveResponseResultDownloadLink',
    handle: liveResponseResult,
  },
  { method: 'GET', path: '/api/investigations', handle: investigations },
  { method: 'GET', path: '/api/investigations/:id', handle: investigation },
];
