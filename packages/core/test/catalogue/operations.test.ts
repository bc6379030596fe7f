import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/catalogue/entry.ts';
import { OTHER, operationNamed, operations } from '../../src/catalogue/operations.ts';
import { operationFor } from '../../src/catalogue/routes.ts';

const names = (rows: readonly Operation[]): readonly string[] => rows.map(({ name }) => name);

function only(test: (operation: Operation) => boolean): readonly string[] {
  return names(operations.filter(test));
}

function named(name: string): Operation {
  const operation = operationNamed(name);
  if (operation === undefined) throw new Error(`no operation ${name}`);
  return operation;
}

describe('the operations table', () => {
  it('gives every row a name and a route of its own', () => {
    const routes = operations.map(({ method, route }) => `${method} ${route?.toLowerCase()}`);
    expect(new Set(names(operations)).size).toBe(operations.length);
    expect(new Set(routes).size).toBe(operations.length);
  });

  it('names operations so that they fit a label, and tells the Graph ones apart', () => {
    const misnamed = only(
      ({ name, family }) =>
        !/^(graph\.|mde\.)?[a-zA-Z_2]+\.[a-zA-Z]+$/.test(name) ||
        name.startsWith('graph.') !== (family === 'graph'),
    );
    expect(misnamed).toEqual([]);
  });

  it('names the rows that have something of their own as they are in their table', () => {
    const folder = `${import.meta.dirname}/../../src/catalogue`;
    const files = globSync('operations-*.ts', { cwd: folder });
    const text = files.map((file) => readFileSync(`${folder}/${file}`, 'utf8')).join('');
    const own = [...text.matchAll(/'(\w+\.[\w.]+)': (?:\{|in[A-Z])/g)].map(([, name = '']) => name);
    expect(own.length).toBeGreaterThan(40);
    expect(own.filter((name) => operationNamed(name) === undefined)).toEqual([]);
  });

  it('finds an operation by its name, and none by the names that every object has', () => {
    expect(operations.filter((row) => operationNamed(row.name) !== row)).toEqual([]);
    expect(operationNamed('toString')).toBeUndefined();
    expect(operationNamed('my.own')).toBeUndefined();
  });

  it('cannot be changed', () => {
    expect(Object.isFrozen(operations)).toBe(true);
    expect(only((row) => !Object.isFrozen(row))).toEqual([]);
    expect(OTHER).toEqual({ name: 'other', quotaGroup: 'other' });
    expect(Object.isFrozen(OTHER)).toBe(true);
  });

  it('links every row to the page that documents it', () => {
    expect(only(({ docs }) => !docs?.startsWith('https://learn.microsoft.com/'))).toEqual([]);
  });
});

describe('quotas', () => {
  it('are the same for all rows of a group, which is of one family', () => {
    const groups = Map.groupBy(operations, ({ quotaGroup }) => quotaGroup);
    const split = [...groups].filter(
      ([, rows]) =>
        new Set(rows.map(({ quota, family }) => JSON.stringify([quota, family]))).size > 1,
    );
    expect(split.map(([group]) => group)).toEqual([]);
  });

  // DOMAIN facts, one by one: minute and hour as Microsoft's pages give them.
  it.each([
    ['incidents.list', 50, 1_500],
    ['incidents.get', 100, 1_500],
    ['incidents.update', 50, 1_500],
    ['hunting.run', 45, undefined],
    ['mde.hunting.run', 45, 1_500],
    ['graph.hunting.run', 45, undefined],
    ['alerts.list', 100, 1_500],
    ['alerts.update', 100, 1_500],
    ['alerts.batchUpdate', 10, 500],
    ['alerts.create', 15, undefined],
    ['machines.list', 100, 1_500],
    ['machines.isolate', 100, 1_500],
    ['machines.runAntiVirusScan', 100, 1_500],
    ['machines.stopAndQuarantineFile', 100, 1_500],
    ['machines.setDeviceValue', 100, 1_500],
    ['machines.tagMany', 100, 1_500],
    ['machines.vulnerabilities', 50, 1_500],
    ['machines.runLiveResponse', 10, undefined],
    ['machines.startInvestigation', undefined, 50],
    ['machineActions.getPackageUri', 2, 120],
    ['indicators.submit', 100, 1_500],
    ['indicators.import', 30, undefined],
    ['indicators.batchDelete', 30, 1_500],
    ['machines.softwareVulnerabilitiesByMachine', 30, 1_000],
    ['machines.softwareVulnerabilitiesExport', 5, 20],
    ['graph.alerts.list', 150, undefined],
    ['graph.secureScores.list', 150, undefined],
    ['graph.tiIndicators.list', 1_000, undefined],
    ['graph.incidents.list', undefined, undefined],
    ['graph.alerts_v2.list', undefined, undefined],
    ['software.list', undefined, undefined],
  ])('of %s are %s a minute and %s an hour', (name, perMinute, perHour) => {
    expect(named(name).quota?.perMinute).toBe(perMinute);
    expect(named(name).quota?.perHour).toBe(perHour);
  });
});

describe('repetition', () => {
  it('is safe for the POSTs that only read or that upsert, and told of no other', () => {
    expect(only(({ idempotent }) => idempotent === true)).toEqual([
      'hunting.run',
      'indicators.submit',
      'indicators.import',
      'mde.hunting.run',
      'scanDefinitions.history',
      'scanDefinitions.sessionHistory',
      'graph.hunting.run',
    ]);
    expect(only(({ idempotent }) => idempotent === false)).toEqual([]);
    expect(only((row) => row.idempotent !== undefined && row.method !== 'POST')).toEqual([]);
  });

  const mayActTwice = ({ method, idempotent }: Operation): boolean =>
    (method === 'POST' || method === 'PATCH') && idempotent !== true;

  it('comes with advice what to look up, wherever it could act twice and only there', () => {
    expect(only((row) => mayActTwice(row) !== (row.ambiguityAdvice !== undefined))).toEqual([]);
  });

  it('is advised with routes that the table knows', () => {
    const unknown = operations
      .flatMap(({ ambiguityAdvice, family = 'xdr' }) =>
        [...(ambiguityAdvice ?? '').matchAll(/GET (\/[^\s?]+)/g)].map(([, path = '']) => ({
          path,
          operation: operationFor({ method: 'GET', host: 'local', path }, { local: family }),
        })),
      )
      .filter(({ operation }) => operation.name === 'other');
    expect(unknown).toEqual([]);
  });

  it('is advised for a device action by that kind of action of the device', () => {
    expect(named('machines.isolate').ambiguityAdvice).toContain(
      "GET /api/machineactions?$filter=machineId eq '{id}' and type eq 'Isolate'",
    );
  });
});

describe('time', () => {
  it('is longer for hunting in all three families, and for nothing else', () => {
    const hunting = ['hunting.run', 'mde.hunting.run', 'graph.hunting.run'];
    expect(only(({ attemptTimeoutMs }) => attemptTimeoutMs === 240_000)).toEqual(hunting);
    expect(only(({ deadlineMs }) => deadlineMs === 900_000)).toEqual(hunting);
    expect(only((row) => (row.attemptTimeoutMs ?? row.deadlineMs) !== undefined)).toEqual(hunting);
  });
});

describe('body parameters', () => {
  const spelled = ({ bodyParameters = [] }: Operation): string =>
    bodyParameters.map(({ name, required }) => (required ? `${name}*` : name)).join(' ');

  it.each([
    ['hunting.run', 'Query*'],
    ['mde.hunting.run', 'Query*'],
    ['graph.hunting.run', 'Query* Timespan workspaceId'],
    ['incidents.update', 'status assignedTo classification determination tags comment'],
    ['alerts.update', ''],
    ['alerts.batchUpdate', 'alertIds* status assignedTo classification determination comment'],
    [
      'alerts.create',
      'eventTime* reportId* machineId* severity* title* description* recommendedAction* category*',
    ],
    ['machines.isolate', 'Comment* IsolationType'],
    ['machines.unisolate', 'Comment*'],
    ['machines.runAntiVirusScan', 'Comment* ScanType*'],
    ['machines.stopAndQuarantineFile', 'Comment* Sha1*'],
    ['machines.restrictCodeExecution', 'Comment*'],
    ['machines.unrestrictCodeExecution', 'Comment*'],
    ['machines.collectInvestigationPackage', 'Comment*'],
    ['machines.offboard', 'Comment*'],
    ['machines.startInvestigation', 'Comment*'],
    ['machines.runLiveResponse', 'Commands Comment'],
    ['machines.setDeviceValue', 'DeviceValue*'],
    ['machines.tag', 'Value* Action*'],
    ['machines.tagMany', 'Value* Action* MachineIds*'],
    ['machineActions.cancel', 'Comment'],
    [
      'indicators.submit',
      'indicatorValue* indicatorType* action* title* description* application expirationTime severity recommendedActions rbacGroupNames educateUrl generateAlert',
    ],
    ['indicators.import', 'Indicators*'],
    ['indicators.batchDelete', 'IndicatorIds*'],
  ])('of %s are %s', (name, expected) => {
    expect(spelled(named(name))).toBe(expected);
  });

  it('belong to calls that have a body', () => {
    const bodiless = only(
      ({ method, bodyParameters }) =>
        bodyParameters !== undefined && method !== 'POST' && method !== 'PATCH',
    );
    expect(bodiless).toEqual([]);
  });

  it('have no name twice in one body', () => {
    const repeated = only(
      ({ bodyParameters = [] }) =>
        new Set(bodyParameters.map(({ name }) => name.toLowerCase())).size < bodyParameters.length,
    );
    expect(repeated).toEqual([]);
  });
});
