import { type Answer, type Call, ok, Refusal, type Route, requireFeature } from '../answer.ts';
import { type Fields, fieldsList, readBody, refuseLargeBatch, textsField } from '../body.ts';
import { errorMessage } from '../errors.ts';
import { page } from '../odata.ts';
import { mdeIndicator } from '../views/mde.ts';
import { submit } from './submit-indicator.ts';

const RULES = { maxTop: 10_000, defaultTop: 10_000 } as const;
const MAX_BATCH = 500;

function list(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  return ok(page(call, [...call.world.indicators.values()], mdeIndicator, RULES));
}

function post(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  return ok(mdeIndicator(submit(call, readBody(call))));
}

/** One item's result; what is wrong with it fails that item alone, in an answer of 200. */
function importOne(call: Call, item: Fields): object {
  const indicator = item['indicatorValue'] ?? null;
  try {
    const { id } = submit(call, item);
    return { id, indicator, isFailed: false, failureReason: null };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    const failureReason = errorMessage(refusal.code, refusal.details);
    return { id: null, indicator, isFailed: true, failureReason };
  }
}

function importMany(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  const items = fieldsList(readBody(call), 'Indicators');
  refuseLargeBatch(items.length, MAX_BATCH);
  return ok({
    '@odata.context': `${call.origin}/api/$metadata#Collection(microsoft.windowsDefenderATP.api.ImportIndicatorResult)`,
    value: items.map((item) => importOne(call, item)),
  });
}

function requireIndicator(call: Call, id: string): void {
  if (call.world.indicators.has(id)) return;
  throw new Refusal('ResourceNotFound', { values: { resource: `Indicator ${id}` } });
}

function batchDelete(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  const ids = textsField(readBody(call), 'IndicatorIds') ?? [];
  refuseLargeBatch(ids.length, MAX_BATCH);
  for (const id of ids) requireIndicator(call, id);
  for (const id of ids) call.world.removeIndicator(id);
  return { status: 204 };
}

function remove(call: Call): Answer {
  requireFeature(call, 'customIndicators');
  const id = call.params['id'] ?? '';
  requireIndicator(call, id);
  call.world.removeIndicator(id);
  return { status: 204 };
}

export const indicatorRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/indicators', handle: list },
  { method: 'POST', path: '/api/indicators', handle: post },
  { method: 'POST', path: '/api/indicators/import', handle: importMany },
  { method: 'POST', path: '/api/indicators/BatchDelete', handle: batchDelete },
  { method: 'DELETE', path: '/api/indicators/:id', handle: remove },
];
