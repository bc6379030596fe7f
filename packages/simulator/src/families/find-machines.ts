import { isIP } from 'node:net';
import { type Answer, type Call, Refusal, type Route } from '../answer.ts';
import { functionArguments } from '../request.ts';
import type { Machine } from '../world/model.ts';
import { DAY_MS } from '../world/units.ts';
import { machinePage } from './machines.ts';

function missing(parameter: string): Refusal {
  return new Refusal('MissingRequiredParameter', { values: { parameter } });
}

/** Refuses what is no IP address. */
export function checkIp(ip: string): string {
  if (isIP(ip) === 0) throw new Refusal('InvalidIpAddress', { values: { ip } });
  return ip;
}

/** Documented: only the last 30 days can be asked for. */
function checkTimestamp(call: Call, timestamp: string | undefined): void {
  if (timestamp === undefined) throw missing('timestamp');
  const age = call.clock.epoch() - Date.parse(timestamp);
  // What is no date has no age, and fails as well.
  if (!(age <= 30 * DAY_MS)) throw new Refusal('InvalidInput', { values: { input: timestamp } });
}

function having(call: Call, test: (machine: Machine) => boolean): Answer {
  return machinePage(call, call.world.machineList.filter(test));
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

export const findRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/machines/findbyip', handle: findByIp('ip') },
  { method: 'GET', path: '/api/machines/find', handle: findByIp('key') },
  { method: 'GET', path: '/api/machines/findbytag', handle: findByTag },
];
