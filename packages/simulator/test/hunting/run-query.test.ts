import { describe, expect, it } from 'vitest';
import { runningMsOf, runQuery } from '../../src/hunting/run-query.ts';
import type { Table } from '../../src/hunting/table.ts';
import { having } from '../support.ts';

const NOW = Date.UTC(2026, 0, 31, 12);

const PROCESSES: Table = {
  columns: [
    { name: 'Timestamp', type: 'DateTime' },
    { name: 'Device', type: 'String' },
    { name: 'File', type: 'String' },
    { name: 'Size', type: 'Int64' },
    { name: 'Signed', type: 'SByte' },
  ],
  rows: [
    row('2026-01-31T11:00:00.000Z', 'wks-1', 'powershell.exe', 30, true),
    row('2026-01-30T11:00:00.000Z', 'wks-2', 'PowerShell_ISE.exe', 9, false),
    row('2026-01-20T11:00:00.000Z', 'wks-1', "it's.exe", 100, true),
  ],
};

function row(Timestamp: string, Device: string, File: string, Size: number, Signed: boolean) {
  return { Timestamp, Device, File, Size, Signed };
}

function run(query: string): Table {
  return runQuery(query, {
    table: (name) => (name === 'Processes' ? PROCESSES : undefined),
    now: NOW,
  });
}

function files(condition: string): readonly unknown[] {
  return run(`Processes | where ${condition}`).rows.map(({ File }) => File);
}

const [PS, ISE, ITS] = ['powershell.exe', 'PowerShell_ISE.exe', "it's.exe"];

describe('where', () => {
  it.each([
    ['Device == "wks-1"', [PS, ITS]],
    ['Device == "WKS-1"', []],
    ['Device =~ "WKS-1"', [PS, ITS]],
    ['Device != "wks-1"', [ISE]],
    ['Device !~ "WKS-1"', [ISE]],
    ["File == 'it\\'s.exe'", [ITS]],
    ['File == @"it\'s.exe"', [ITS]],
    ['File contains "SHELL"', [PS, ISE]],
    ['File !contains "shell"', [ITS]],
    ['File startswith "power"', [PS, ISE]],
    ['File !startswith "power"', [ITS]],
    ['File endswith "_ise.exe"', [ISE]],
    ['File !endswith ".exe"', []],
    ['File has "powershell"', [PS, ISE]],
    ['File has "power"', []],
    ['File !has "powershell"', [ITS]],
    ['File has "shell.exe"', [PS]],
    ['File in ("powershell.exe", "x")', [PS]],
    ['File in~ ("POWERSHELL.EXE")', [PS]],
    ['File !in ("powershell.exe")', [ISE, ITS]],
    ['Size > 9', [PS, ITS]],
    ['Size >= 9', [PS, ISE, ITS]],
    ['Size < 30', [ISE]],
    ['Size <= 30', [PS, ISE]],
    ['Size == 9.0', [ISE]],
    ['Signed == true', [PS, ITS]],
    ['Signed == false', [ISE]],
    ['Timestamp > ago(2d)', [PS, ISE]],
    ['Timestamp > ago(90m)', [PS]],
    ['Timestamp < now()', [PS, ISE, ITS]],
    ['Timestamp < datetime(2026-01-25)', [ITS]],
    ['Device == "wks-2" or Device == "wks-1" and Size > 50', [ISE, ITS]],
    ['(Device == "wks-2" or Device == "wks-1") and Size > 50', [ITS]],
    ['not(Device == "wks-1") and Size < 10', [ISE]],
  ])('%s', (condition, expected) => {
    expect(files(condition)).toEqual(expected);
  });
});

describe('other operators', () => {
  it.each(['take', 'limit'])('%s gives the first rows', (operator) => {
    expect(run(`Processes | ${operator} 2`).rows).toEqual(PROCESSES.rows.slice(0, 2));
  });

  it('project picks and renames columns', () => {
    expect(run('Processes | project File, Host = Device | take 1')).toEqual({
      columns: [
        { name: 'File', type: 'String' },
        { name: 'Host', type: 'String' },
      ],
      rows: [{ File: PS, Host: 'wks-1' }],
    });
  });

  it('count counts', () => {
    expect(run('Processes | where Size > 9 | count')).toEqual({
      columns: [{ name: 'Count', type: 'Int64' }],
      rows: [{ Count: 2 }],
    });
  });

  it('sorts downwards unless it is told otherwise, by several columns', () => {
    const sizes = (order: string): readonly unknown[] =>
      run(`Processes | ${order}`).rows.map(({ Size }) => Size);
    expect(sizes('sort by Size')).toEqual([100, 30, 9]);
    expect(sizes('order by Size asc')).toEqual([9, 30, 100]);
    expect(sizes('sort by Device asc, Size desc')).toEqual([100, 30, 9]);
    expect(sizes('sort by Device desc, Size asc')).toEqual([9, 30, 100]);
    expect(sizes('top 1 by Timestamp desc')).toEqual([30]);
  });

  it('distinct and summarize group in the order of the first', () => {
    expect(run('Processes | distinct Device').rows).toEqual([
      { Device: 'wks-1' },
      { Device: 'wks-2' },
    ]);
    expect(run('Processes | summarize count() by Device').rows).toEqual([
      { Device: 'wks-1', count_: 2 },
      { Device: 'wks-2', count_: 1 },
    ]);
    expect(run('Processes | summarize n = count()').rows).toEqual([{ n: 3 }]);
  });

  it('leaves comments out', () => {
    expect(run('Processes // all of them\n| count // runs 2s').rows).toEqual([{ Count: 3 }]);
  });
});

describe('what cannot be run', () => {
  const SYNTAX = 'Fix syntax errors in your query.';
  it.each([
    ['', `The incomplete fragment is unexpected. ${SYNTAX}`],
    ['Processes where Size > 1', `Query operator expected.. ${SYNTAX}`],
    ['Processes |', `The incomplete fragment is unexpected. ${SYNTAX}`],
    ['Processes | where Size ?', `A recognition error occurred.. ${SYNTAX}`],
    ['Processes | where Size ==', `The incomplete fragment is unexpected. ${SYNTAX}`],
    ['Processes | where Size == File', `A recognition error occurred.. ${SYNTAX}`],
    ['Processes | where Size like 1', `A recognition error occurred.. ${SYNTAX}`],
    ['Processes | where Timestamp > ago(now)', `A recognition error occurred.. ${SYNTAX}`],
    [
      'Processes | where Timestamp > datetime(noon)',
      `The incomplete fragment is unexpected.. ${SYNTAX}`,
    ],
    ['Processes | where (Size > 1', `Expected: ). ${SYNTAX}`],
    ['Processes | where File == "x', `A recognition error occurred.. ${SYNTAX}`],
    ['Processes | take "2"', `Expected: a number. ${SYNTAX}`],
    ['Processes | take 1.5', `Expected: a number. ${SYNTAX}`],
    ['Processes | sort Size', `Expected: by. ${SYNTAX}`],
    ['Processes | project', `The incomplete fragment is unexpected. ${SYNTAX}`],
    ['Processes | project 1', `A recognition error occurred.. ${SYNTAX}`],
    ['Processes | summarize sum(Size)', `Unsupported aggregate 'sum'. ${SYNTAX}`],
    [
      'Processes | join Other',
      `Query operator expected (the simulator knows where, take, limit, sort, order, top, project, distinct, summarize, count). ${SYNTAX}`,
    ],
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
    [
      'Processes | where A == 1',
      `'where' operator: Failed to resolve scalar expression named 'A'. ${SEMANTIC}`,
    ],
    [
      'Processes | project Nope',
      `'project' operator: Failed to resolve scalar expression named 'Nope'. ${SEMANTIC}`,
    ],
    [
      'Processes | project File | sort by Size',
      `'sort' operator: Failed to resolve scalar expression named 'Size'. ${SEMANTIC}`,
    ],
  ])('%j: a semantic error', (query, message) => {
    expect(() => run(query)).toThrow(having({ code: 'BadRequest', message }));
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
    expect(runningMsOf(query)).toBe(ms);
  });
});
