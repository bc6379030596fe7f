import { type Answer, type Call, notFound, ok, type Route } from '../call.ts';
import type { Alert, Machine } from '../data/model.ts';
import { alertPage } from './alerts.ts';
import { checkDomain, checkHash, checkIp } from './identifiers.ts';
import { machinePage } from './machines.ts';

/** A kind of entity in alerts: how its name is checked, and which alerts have it. */
interface Kind {
  readonly path: string;
  check(name: string): string;
  concerns(alert: Alert, name: string, machine: Machine | undefined): boolean;
}

const file: Kind = {
  path: '/api/files',
  check: (hash) => checkHash(hash, ['md5', 'sha1', 'sha256']),
  concerns: ({ evidence }, hash) => evidence.sha1 === hash || evidence.sha256 === hash,
};

const domain: Kind = {
  path: '/api/domains',
  check: checkDomain,
  concerns: ({ evidence }, name) => evidence.domain === name,
};

const ip: Kind = {
  path: '/api/ips',
  check: checkIp,
  concerns: ({ evidence }, address) => evidence.ip === address,
};

const user: Kind = {
  path: '/api/users',
  check: (name) => name.toLowerCase(),
  concerns: (_alert, name, machine) => machine?.user.split('@')[0] === name,
};

function nameOf(call: Call, kind: Kind): string {
  return kind.check(call.params['name'] ?? '');
}

function alertsOf(call: Call, kind: Kind): readonly Alert[] {
  const name = nameOf(call, kind);
  const { alertList, machines } = call.data;
  return alertList.filter((alert) => kind.concerns(alert, name, machines.get(alert.machineId)));
}

function machinesOf(call: Call, kind: Kind): readonly Machine[] {
  const ids = new Set(alertsOf(call, kind).map(({ machineId }) => machineId));
  return call.data.machineList.filter(({ id }) => ids.has(id));
}

function stats(kind: Kind, key: string) {
  return (call: Call): Answer => {
    const [oldest, ...rest] = alertsOf(call, kind)
      .map(({ created }) => created)
      .toSorted();
    return ok({
      [key]: nameOf(call, kind),
      orgPrevalence: String(machinesOf(call, kind).length),
      orgFirstSeen: oldest ?? null,
      orgLastSeen: rest.at(-1) ?? oldest ?? null,
    });
  };
}

function fileFacts(call: Call): Answer {
  const hash = nameOf(call, file);
  const [alert] = alertsOf(call, file);
  if (alert === undefined) {
    throw notFound('File', hash);
  }
  const { sha1, sha256, fileName } = alert.evidence;
  return ok({ sha1, sha256, globalPrevalence: 180_022, filePublisher: null, fileName });
}

function routesOf(kind: Kind, statsKey?: string): readonly Route[] {
  const path = `${kind.path}/:name`;
  return [
    {
      method: 'GET',
      path: `${path}/alerts`,
      handle: (call) => alertPage(call, alertsOf(call, kind)),
    },
    {
      method: 'GET',
      path: `${path}/machines`,
      handle: (call) => machinePage(call, machinesOf(call, kind)),
    },
    ...(statsKey === undefined
      ? []
      : [{ method: 'GET', path: `${path}/stats`, handle: stats(kind, statsKey) } as const]),
  ];
}

export const entityRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/files/:name', handle: fileFacts },
  ...routesOf(file, 'sha1'),
  ...routesOf(domain, 'host'),
  ...routesOf(ip, 'ipAddress'),
  ...routesOf(user),
];
