/** A hunting query whose rows have a time, so that it can be asked of a part of the time. */
export interface HuntingQuery {
  readonly name: string;
  readonly table: string;
  /**
   * What follows the table and the filter on time. Row by row: what counts or sorts across rows
   * (`summarize`, `distinct`, `top`) does so within each slice of time alone.
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

/** A stretch of time in milliseconds since 1970: `from` is in it, `to` is not. */
export interface Slice {
  readonly from: number;
  readonly to: number;
}

/** The query for a slice. The filter on time comes first: it is what keeps a query cheap. */
export function queryText({ table, where }: HuntingQuery, { from, to }: Slice): string {
  return `${table}
| where Timestamp >= datetime(${iso(from)}) and Timestamp < datetime(${iso(to)})
| ${where}`;
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}
