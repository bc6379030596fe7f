import { describe, expect, it } from 'vitest';
import type { Family, Operation } from '../../src/catalogue/entry.ts';
import { type HostMap, knownHosts } from '../../src/catalogue/hosts.ts';
import { operations } from '../../src/catalogue/operations.ts';
import { operationFor } from '../../src/catalogue/routes.ts';

const LOCAL = '127.0.0.1:8080';
const EVERYTHING: HostMap = { [LOCAL]: 'all' };

const IDS: readonly string[] = [
  '7',
  '1e5bc9d7e413ddd7902c2932e418702b84d0cc07',
  'da637308392288907382_-880718168',
  '121688558380765161_2136280442',
  '9a1b2c3d-0000-4fff-8888-123456789abc',
  '9A1B2C3D-0000-4FFF-8888-123456789ABC',
  '10.209.67.177',
  'fe80::1',
  'client.wns.windows.com',
  'microsoft-_-edge',
  'va-_-microsoft-_-edge',
  'sca-_-scid-20000',
  'CVE-2026-12345',
  'user1',
  'script (1).ps1',
  'alerts',
  '%7Bguid%7D',
  'a%2Fb',
  '100%',
];

/** The route with `id` in place of each of its variables. */
function pathOf({ route = '' }: Operation, id: string): string {
  return route.replaceAll(/\{\w+\}/g, id);
}

function nameFor(method: string, host: string, path: string, hosts?: HostMap): string {
  return operationFor({ method, host, path }, hosts).name;
}

/** Whatever does not resolve to its own row on `host`, with the paths that `spell` makes of a row. */
function strays(
  rows: readonly Operation[],
  hosts: readonly string[],
  spell: (row: Operation) => readonly string[],
): readonly string[] {
  return rows.flatMap((row) =>
    hosts.flatMap((host) =>
      spell(row)
        .filter(
          (path) => operationFor({ method: row.method ?? '', host, path }, EVERYTHING) !== row,
        )
        .map((path) => `${row.name}: ${host}${path}`),
    ),
  );
}

const ofFamily = (family: Family): readonly Operation[] =>
  operations.filter((row) => row.family === family);
const withRoutesOf: readonly (readonly [Family, readonly string[]])[] = [
  ['xdr', knownHosts.xdr],
  // Newer pages send the calls of Defender for Endpoint to the hosts of Defender XDR.
  ['mde', [...knownHosts.mde, ...knownHosts.xdr]],
  ['graph', knownHosts.graph],
];

describe('a documented route', () => {
  it.each(withRoutesOf)(
    'of %s resolves to its own row on every host that serves it',
    (family, hosts) => {
      expect(strays(ofFamily(family), [...hosts, LOCAL], (row) => [pathOf(row, '7')])).toEqual([]);
    },
  );

  it('resolves whatever the ID in it looks like', () => {
    const known = [knownHosts.xdr[0] ?? '', LOCAL];
    const spell = (row: Operation): readonly string[] => IDS.map((id) => pathOf(row, id));
    expect(strays(ofFamily('xdr'), known, spell)).toEqual([]);
    expect(strays(ofFamily('mde'), known, spell)).toEqual([]);
    expect(strays(ofFamily('graph'), ['graph.microsoft.com', LOCAL], spell)).toEqual([]);
  });

  it('resolves in any letter case, with a slash at its end and with its letters encoded', () => {
    const encoded = (path: string): string =>
      path.replaceAll(/[a-z(]/gi, (letter) => `%${letter.charCodeAt(0).toString(16)}`);
    const spell = (row: Operation): readonly string[] => {
      const path = pathOf(row, 'x1');
      return [
        path.toUpperCase(),
        path.toLowerCase(),
        `${path}/`,
        `/${path}//`,
        encoded(path),
        `${path}?$top=1`,
        `${path}#part`,
      ];
    };
    expect(strays(operations, [LOCAL], spell)).toEqual([]);
  });

  it('resolves with the version in its path, and without the prefix', () => {
    const bare = (row: Operation): string => pathOf(row, 'x1').replace('/api/', '/');
    const spell = (row: Operation): readonly string[] => [
      `/api/v1.0${bare(row)}`,
      `/API/V1.0${bare(row)}`,
      `/v1.0${bare(row)}`,
      bare(row),
    ];
    const { api, graph } = {
      api: [...ofFamily('xdr'), ...ofFamily('mde')],
      graph: ofFamily('graph'),
    };
    expect(strays(api, ['api.security.microsoft.com'], spell)).toEqual([]);
    expect(
      strays(graph, ['graph.microsoft.com', LOCAL], (row) => {
        const path = pathOf(row, 'x1').replace(/^\/[^/]+/, '');
        return [`/v1.0${path}`, `/beta${path}`, `/Beta${path}`];
      }),
    ).toEqual([]);
  });

  it('resolves with its ID as an OData key', () => {
    const keyed = (row: Operation): readonly string[] =>
      ['da637308392288907382_-880718168', '29', 'a(b)'].map((id) =>
        (row.route ?? '').replace(/\/\{\w+\}/, `('${id}')`),
      );
    const withKey = operations.filter(({ route = '' }) => route.includes('/{'));
    expect(withKey.length).toBeGreaterThan(40);
    expect(strays(withKey, [LOCAL], keyed)).toEqual([]);
  });

  it('takes what only begins like a function for an ID', () => {
    expect(nameFor('GET', 'api.security.microsoft.com', '/api/machines/find(1')).toBe(
      'machines.get',
    );
  });

  it('resolves with the method in small letters', () => {
    expect(nameFor('patch', 'api.security.microsoft.com', '/api/incidents/7')).toBe(
      'incidents.update',
    );
  });

  it('is told by its canonical route, whichever version was called', () => {
    const { route } = operationFor({
      method: 'GET',
      host: 'graph.microsoft.com',
      path: '/beta/security/Alerts_V2/da637308392288907382_-880718168',
    });
    expect(route).toBe('/v1.0/security/alerts_v2/{id}');
  });
});

describe('paths that the documentation prints', () => {
  it.each([
    [
      'GET',
      "/api/machines/findbyip(ip='10.248.240.38',timestamp=2019-09-22T08:44:05Z)",
      'machines.findByIp',
    ],
    [
      'GET',
      "/api/machines/find(timestamp=2018-06-19T10:00:00Z,key='10.166.93.61')",
      'machines.find',
    ],
    ['GET', '/api/machines/findbytag?tag=testTag&useStartsWithFilter=true', 'machines.findByTag'],
    [
      'GET',
      '/api/machineactions/7327b54fd718525cbca07dacde913b5ac3c85673/GetPackageUri',
      'machineActions.getPackageUri',
    ],
    [
      'GET',
      '/api/machineactions/988cc94e-7a8f-4b28-ab65-54970c5d5018/GetLiveResponseResultDownloadLink(index=0)',
      'machineActions.getLiveResponseResult',
    ],
    [
      'POST',
      '/API/machines/1e5bc9d7e413ddd7902c2932e418702b84d0cc07/runliveresponse',
      'machines.runLiveResponse',
    ],
    ['GET', '/alerts/636688558380765161_2136280442/domains', 'alerts.domains'],
    ['GET', '/api/remediationtasks/', 'remediationTasks.list'],
    [
      'GET',
      '/api/Machines/BrowserExtensionsInventoryByMachine?pageSize=5',
      'machines.browserExtensionsInventoryByMachine',
    ],
    ['POST', '/api/alerts/CreateAlertByReference', 'alerts.create'],
    [
      'GET',
      '/api/vulnerabilities/machinesVulnerabilities',
      'vulnerabilities.machinesVulnerabilities',
    ],
    ['GET', '/api/users/user1/alerts', 'users.alerts'],
    ['DELETE', '/api/libraryfiles/script1.ps1', 'libraryFiles.delete'],
  ])('%s %s is %s', (method, path, name) => {
    expect(nameFor(method, 'api.security.microsoft.com', path)).toBe(name);
  });

  it.each([
    ['POST', '/v1.0/security/runHuntingQuery', 'graph.hunting.run'],
    ['POST', '/v1.0/security/microsoft.graph.security.runHuntingQuery', 'graph.hunting.run'],
    ['GET', "/beta/security/alerts('7')", 'graph.alerts.get'],
    ['GET', "/v1.0/security/incidents('29')/alerts", 'graph.incidents.alerts'],
    ['GET', '/v1.0/security/alerts_v2', 'graph.alerts_v2.list'],
    ['POST', '/beta/security/tiIndicators/submitTiIndicators', 'graph.tiIndicators.submitMany'],
  ])('%s %s is %s', (method, path, name) => {
    expect(nameFor(method, 'graph.microsoft.com', path)).toBe(name);
  });
});
