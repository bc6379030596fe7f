import { describe, expect, it } from 'vitest';
import { executionMsOf, type HuntingResult, runQuery } from '../../src/hunting/query.ts';
import { columnsOf, type HuntingRow } from '../../src/hunting/tables.ts';
import { having } from '../support.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

const PROCESSES: readonly HuntingRow[] = [
  { Timestamp: '2026-01-31T11:00:00.000Z', File: 'powershell.exe', Size: 30 },
  { Timestamp: '2026-01-30T11:00:00.000Z', File: 'cmd.exe', Size: 9 },
  { Timestamp: '2026-01-20T11:00:00.000Z', File: "it's.exe", Size: 100 },
];

function run(query: string, rows: readonly HuntingRow[] = PROCESSES): HuntingResult {
  return runQuery(query, {
    rowsOf: (table) => (table === 'Processes' ? rows : undefined),
    now: NOW,
  });
}

function files(operators: string): readonly unknown[] {
  return run(`Processes | ${operators}`).rows.map(({ File }) => File);
}

const [PS, CMD, ITS] = ['powershell.exe', 'cmd.exe', "it's.exe"];

describe('a range of time', () => {
  it.each([
    ['Timestamp > ago(2d)', [PS, CMD]],
    ['Timestamp > ago(90m)', [PS]],
    ['Timestamp>ago(1.5h)', [PS]],
    ['Timestamp > ago( 5400s )', [PS]],
    ['Timestamp > ago(5400000ms)', [PS]],
    ['Timestamp < now()', [PS, CMD, ITS]],
    ['Timestamp < datetime(2026-01-25)', [ITS]],
    ['Timestamp >= datetime(2026-01-30T11:00:00Z)', [PS, CMD]],
    ['Timestamp <= datetime(2026-01-30T11:00:00Z)', [CMD, ITS]],
    ['Timestamp between (datetime(2026-01-20T11:00:00Z) .. datetime(2026-01-31))', [CMD, ITS]],
    ['Timestamp between(ago(30h)..now())', [PS, CMD]],
    ['Timestamp >= datetime(2026-01-21) and Timestamp < datetime(2026-01-31)', [CMD]],
    ['Size > 5 and\n  Timestamp > ago(2d)', [PS, CMD]],
    ['File == "Timestamp > ago(2d)"', [PS, CMD, ITS]],
  ])('where %s', (condition, expected) => {
    expect(files(`where ${condition}`)).toEqual(expected);
  });

  it('has every row that has no time', () => {
    const rows = [{ Count: 1 }, { Timestamp: 'unknown' }];
    expect(run('Processes | where Timestamp > ago(1d)', rows).rows).toEqual(rows);
  });

  it('counts what is left of several', () => {
    expect(
      run('Processes | where Timestamp > ago(2d) | where Timestamp < ago(2h) | count').rows,
    ).toEqual([{ Count: 1 }]);
  });
});

describe('other operators', () => {
  it.each(['take', 'limit'])('%s gives the first rows', (operator) => {
    expect(run(`Processes | ${operator} 2`).rows).toEqual(PROCESSES.slice(0, 2));
  });

  it('count counts', () => {
    expect(run('Processes | count')).toEqual({
      columns: [{ name: 'Count', type: 'Int64' }],
      rows: [{ Count: 3 }],
    });
  });

  it('change nothing: the rows of a table are the result of whatever is asked of it', () => {
    expect(
      run(
        'Processes | where File has "|; //" | join (Other | where A == 1 | take 1) on B | summarize n = count() by File | sort by n desc | mv-expand x',
      ).rows,
    ).toEqual(PROCESSES);
  });

  it('leaves comments out', () => {
    expect(run('Processes // all | of "them"\n| count // runs 2s').rows).toEqual([{ Count: 3 }]);
  });

  it.each([
    ['let since = ago(1d);\nProcesses\n| where Timestamp > ago(1d)', 1],
    ['let names = Other | take 1; Processes | take 2;\n', 2],
    ['Processes | where Url == "https://example.com/a;b" | take 1', 1],
    ["Processes | where File == 'it\\'s | x' | take 1", 1],
    ["Processes | where File == @'C:\\' | take 1", 1],
    ['Processes | where File == @"C:\\" | take 1', 1],
  ])('reads the last statement of %j', (query, count) => {
    expect(run(query).rows).toHaveLength(count);
  });
});

describe('the columns of a result', () => {
  it('are those of all rows, with the types of their values', () => {
    expect(
      columnsOf([
        { Timestamp: '2026-01-31T11:00:00.000Z', Name: null, Size: 1 },
        { Name: 'x', Ratio: 0.5, Signed: true, More: { a: 1 }, Nothing: null },
      ]),
    ).toEqual([
      { name: 'Timestamp', type: 'DateTime' },
      { name: 'Name', type: 'String' },
      { name: 'Size', type: 'Int64' },
      { name: 'Ratio', type: 'Double' },
      { name: 'Signed', type: 'SByte' },
      { name: 'More', type: 'Object' },
      { name: 'Nothing', type: 'String' },
    ]);
  });

  it('are there when no row is in the range of time', () => {
    const { columns, rows } = run('Processes | where Timestamp > now()');
    expect([columns.map(({ name }) => name), rows]).toEqual([['Timestamp', 'File', 'Size'], []]);
  });
});

describe('what cannot be run', () => {
  const SYNTAX = 'Fix syntax errors in your query.';
  it.each([
    ['', `The incomplete fragment is unexpected. ${SYNTAX}`],
    ['// nothing', `The incomplete fragment is unexpected. ${SYNTAX}`],
    ['Processes where Size > 1', `Query operator expected.. ${SYNTAX}`],
    ['Processes |', `The incomplete fragment is unexpected. ${SYNTAX}`],
    ['Processes | | count', `The incomplete fragment is unexpected. ${SYNTAX}`],
    ['Processes | 1', `A recognition error occurred.. ${SYNTAX}`],
    ['Processes | where Timestamp > ago(now)', `A recognition error occurred.. ${SYNTAX}`],
    [
      'Processes | where Timestamp > datetime(noon)',
      `The incomplete fragment is unexpected.. ${SYNTAX}`,
    ],
    ['Processes | where (Size > 1', `Expected: ). ${SYNTAX}`],
    ['Processes | where Size > 1)', `A recognition error occurred.. ${SYNTAX}`],
    ['Processes | where File == "x', `A recognition error occurred.. ${SYNTAX}`],
    ["Processes | where File == 'x\n' | count", `A recognition error occurred.. ${SYNTAX}`],
    ['Processes | take "2"', `Expected: a number. ${SYNTAX}`],
    ['Processes | take 1.5', `Expected: a number. ${SYNTAX}`],
  ])('%j: a syntax error', (query, message) => {
    expect(() => run(query)).toThrow(having({ code: 'BadRequest', message }));
  });

  const SEMANTIC = 'Fix semantic errors in your query.';
  it.each([
    ['Nope', `Failed to resolve table or column expression named 'Nope'. ${SEMANTIC}`],
    [
      'Nope | where A == 1',
      `'where' operator: Failed to resolve table or column expression named 'Nope'. ${SEMANTIC}`,
    ],
  ])('%j: a semantic error', (query, message) => {
    expect(() => run(query)).toThrow(having({ code: 'BadRequest', message }));
  });
});

describe('a query of any size', () => {
  const million = 1_000_000;
  it.each([
    ['parentheses', `Processes | where ${'('.repeat(million)}${')'.repeat(million)} | count`, 1],
    ['operators', `Processes ${'| extend A = 1 '.repeat(million / 10)} | count`, 1],
    ['spaces', `Processes | where Timestamp${' '.repeat(10 * million)}< now() | count`, 1],
    ['comments', `Processes ${'//'.repeat(10 * million)}\n| count`, 1],
    ['texts', `Processes | where A in (${'"x",'.repeat(million)} "y") | count`, 1],
    ['open parentheses', `Processes | where ${'('.repeat(million)}`, undefined],
    ['one text', `Processes | where A == "${'x'.repeat(10 * million)}" | count`, undefined],
    ['open texts', `Processes | where ${'\\"'.repeat(million)}`, undefined],
    ['quotes', '"\n'.repeat(million), undefined],
    ['times', `Processes | where ${'Timestamp > ago('.repeat(million / 10)}`, undefined],
  ])('is answered: %s', (_name, query, count) => {
    if (count === undefined) expect(() => run(query)).toThrow(having({ code: 'BadRequest' }));
    else expect(run(query).rows).toHaveLength(count);
  });
});

describe('the time that a query asks to run', () => {
  it.each([
    ['Processes', 0],
    ['Processes // runs 90s', 90_000],
    ['Processes // runs 1.5 s', 1500],
    ['Processes //runs 20ms\n| count', 20],
    ['Processes // Runs 2m', 120_000],
    ['Processes // runs fast', 0],
  ])('%j: %d ms', (query, ms) => {
    expect(executionMsOf(query)).toBe(ms);
  });
});
