export type ColumnType = 'DateTime' | 'String' | 'Int64' | 'SByte' | 'Object';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
}

export type Row = Readonly<Record<string, unknown>>;

/** Rows of the same columns. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}
