import { describe, expect, it } from 'vitest';
import type { Operation } from '../../src/catalogue/entry.ts';
import { OTHER, operationNamed } from '../../src/catalogue/operations.ts';
import { explainBody } from '../../src/failure/body-hints.ts';
import { detached, revokedProxy } from './support.ts';

function named(name: string): Operation {
  const operation = operationNamed(name);
  if (operation === undefined) throw new Error(`no such operation: ${name}`);
  return operation;
}

const ISOLATE = named('machines.isolate');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('explainBody', () => {
  it('names a parameter in the wrong letters, and the right one', () => {
    const sent = { comment: 'x', IsolationType: 'Full' };
    expect(explainBody(ISOLATE, JSON.stringify(sent))).toBe(
      'Parameter names must be exact: you sent `comment`; machines.isolate expects `Comment`.',
    );
  });

  it.each<[string, unknown]>([
    ['a text', '{"comment":"x"}'],
    ['bytes', encode('{"comment":"x"}')],
    ['a Buffer', Buffer.from('{"comment":"x"}')],
    ['an ArrayBuffer', encode('{"comment":"x"}').buffer],
    ['the object that a client makes JSON of', { comment: 'x' }],
    ['an object without a prototype', Object.assign(Object.create(null), { comment: 'x' })],
  ])('reads %s', (_, body) => {
    expect(explainBody(ISOLATE, body)).toContain(
      'you sent `comment`; machines.isolate expects `Comment`',
    );
  });

  it.each([
    ['incidents.update', 'comments', 'comment'],
    ['incidents.update', 'Status', 'status'],
    ['incidents.update', 'tag', 'tags'],
    ['incidents.update', 'assigned_to', 'assignedTo'],
    ['incidents.update', 'clasification', 'classification'],
    ['incidents.update', 'determniation', 'determination'],
    ['alerts.create', 'recommendedActions', 'recommendedAction'],
    ['alerts.create', 'machineID', 'machineId'],
    ['indicators.submit', 'recommendedAction', 'recommendedActions'],
    ['indicators.submit', 'GenerateAlert', 'generateAlert'],
    ['indicators.import', 'indicators', 'Indicators'],
    ['indicators.batchDelete', 'indicatorIds', 'IndicatorIds'],
    ['hunting.run', 'query', 'Query'],
    ['mde.hunting.run', 'query', 'Query'],
    ['machines.runAntiVirusScan', 'Scantype', 'ScanType'],
    ['machines.tag', 'Values', 'Value'],
    ['incidents.update', 'clasifications', 'classification'],
  ])('knows for %s what %s was meant to be', (name, sent, expected) => {
    expect(explainBody(named(name), { [sent]: 'x' })).toContain(
      `you sent \`${sent}\`; ${name} expects \`${expected}\``,
    );
  });

  it('names several slips in one sentence', () => {
    expect(
      explainBody(named('machines.tagMany'), { value: 'x', action: 'Add', machineIds: [] }),
    ).toBe(
      'Parameter names must be exact: you sent `value`, `action` and `machineIds`; machines.tagMany expects `Value`, `Action` and `MachineIds`.',
    );
  });

  it('names what is required and missing', () => {
    expect(explainBody(named('machines.runAntiVirusScan'), '{}')).toBe(
      'machines.runAntiVirusScan requires `Comment` and `ScanType`, which is missing from the body.',
    );
    expect(explainBody(ISOLATE, '')).toBe(
      'machines.isolate requires `Comment`, which is missing from the body.',
    );
  });

  it.each(['', ' \n'])('takes %j for a body without parameters', (body) => {
    expect(explainBody(ISOLATE, body)).toContain('requires `Comment`');
    expect(explainBody(ISOLATE, encode(body))).toContain('requires `Comment`');
  });

  it('reads 64 KiB, and no more', () => {
    const body = `{"comment":"${'x'.repeat(65_536 - '{"comment":""}'.length)}"}`;
    for (const sent of [body, encode(body)]) {
      expect(explainBody(ISOLATE, sent)).toContain('you sent `comment`');
    }
    for (const sent of [`${body} `, encode(`${body} `)]) {
      expect(explainBody(ISOLATE, sent)).toBeUndefined();
    }
  });

  it('names both', () => {
    expect(explainBody(named('machines.runAntiVirusScan'), { scantype: 'Full' })).toBe(
      'Parameter names must be exact: you sent `scantype`; machines.runAntiVirusScan expects `ScanType`. machines.runAntiVirusScan requires `Comment`, which is missing from the body.',
    );
  });

  it('does not take a parameter for a slip of one that is there already', () => {
    expect(explainBody(ISOLATE, { Comment: 'x', comment: 'y' })).toBeUndefined();
  });

  it('does not take a name that is right for a slip of another', () => {
    const bodyParameters = [{ name: 'Path1' }, { name: 'Path2' }];
    expect(explainBody({ ...ISOLATE, bodyParameters }, { Path1: 'x' })).toBeUndefined();
  });

  it('compares names of four letters and more', () => {
    const operation = { ...ISOLATE, bodyParameters: [{ name: 'Mode' }] };
    expect(explainBody(operation, { Node: 1 })).toContain('you sent `Node`');
    expect(explainBody(operation, { Mod: 1 })).toBeUndefined();
  });

  it('does not take one short word for another', () => {
    expect(explainBody(named('incidents.update'), { tax: 1, bag: 2 })).toBeUndefined();
  });

  it('keeps values, and names that resemble nothing, to itself', () => {
    const sent = { comment: 'hunter2', password: 'hunter3', hunter4: 1, Comments: 'hunter5' };
    const text = explainBody(ISOLATE, sent) ?? '';
    expect(text).toContain('`comment`');
    expect(text).not.toMatch(/hunter|password/);
  });

  it.each(['{"Comment":"a\nb"}', '{"Comment":', "{'Comment':'x'}", 'Comment=x'])(
    'says of %j that it is no JSON',
    (body) => {
      expect(explainBody(ISOLATE, body)).toContain('not valid JSON');
    },
  );

  it.each(['[]', '"x"', '7', 'null', 'true'])('says of %s that it is not an object', (body) => {
    expect(explainBody(ISOLATE, body)).toContain('not a JSON object');
  });

  it.each<[string, unknown]>([
    ['a good body', { Comment: 'x', IsolationType: 'Full' }],
    ['a good body with more', { Comment: 'x', other: 1 }],
    ['no body', undefined],
    ['null', null],
    ['a form', new FormData()],
    ['search parameters', new URLSearchParams('comment=x')],
    ['a stream', new ReadableStream()],
    ['a blob', new Blob(['{"comment":1}'])],
    ['a list', []],
    ['a number', 7],
    ['a long text', `{"comment":"${'x'.repeat(70_000)}"}`],
    ['many bytes', encode(`{"comment":"${'x'.repeat(70_000)}"}`)],
    ['memory that was given away', detached()],
    ['a revoked proxy', revokedProxy()],
  ])('has nothing to say of %s', (_, body) => {
    expect(explainBody(ISOLATE, body)).toBeUndefined();
  });

  it('has nothing to say where letter case is not compared, or no parameter is known', () => {
    const body = { query: 'x' };
    expect(explainBody(OTHER, body)).toBeUndefined();
    expect(explainBody({ ...ISOLATE, bodyParameters: [] }, 'not JSON')).toBeUndefined();
    expect(explainBody(named('graph.hunting.run'), body)).toBeUndefined();
  });
});
