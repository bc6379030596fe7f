/** A hunting query whose rows have a time, so that it can run over a part of the range. */
export interface HuntingQuery {
  readonly name: string;
  readonly table: string;
  /**
   * What follows the table and the filter on time. Operators that work across rows (`summarize`, `distinct`, `top`) see
   * only one slice at a time.
   */
  readonly where: string;
}

export const QUERIES: readonly HuntingQuery[] = [
  {
    name: 'encoded-powershell',
    table: 'DeviceProcessEvents',
    where: `where FileName =~ "powershell.exe" and ProcessCommandLine has "EncodedCommand"
| project Timestamp, DeviceName, ProcessCommandLine, InitiatingProcessFileName`,
  },
  {
    name: 'failed-logons',
    table: 'DeviceLogonEvents',
    where: `where ActionType == "LogonFailed"
| project Timestamp, DeviceName, AccountName, LogonType`,
  },
  {
    name: 'unusual-ports',
    table: 'DeviceNetworkEvents',
    where: `where ActionType == "ConnectionSuccess" and not(RemotePort in (80, 443))
| project Timestamp, DeviceName, RemoteIP, RemotePort, RemoteUrl`,
  },
];

/** From `from` (included) to `to` (excluded), in milliseconds since 1970. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** The query for a slice. The filter on time comes first because it makes the query cheap. */
export function queryText({ table, where }: HuntingQuery, { from, to }: Slice): string {
  return `${table}
| where Timestamp >= datetime(${iso(from)}) and Timestamp < datetime(${iso(to)})
| ${where}`;
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
