/** An output in memory: what a killed job finds when it is started again. */
export class MemoryOutput<Row, State> {
  readonly rows: Row[] = [];
  state: State;
  /** Called after each commit; what it throws is the end of the run. */
  onCommit: (commits: number) => void = () => undefined;
  #commits = 0;

  constructor(state: State) {
    this.state = state;
  }

  commit(rows: readonly unknown[], state: State): Promise<void> {
    // What a job writes is what its list gave.
    this.rows.push(...(rows as readonly Row[]));
    this.state = state;
    this.#commits += 1;
    this.onCommit(this.#commits);
    return Promise.resolve();
  }
}
