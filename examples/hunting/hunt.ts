import { type Failure, failureOf } from '@defender-resilience/core';
import { count, duration, type JobProgress } from '../support/progress.ts';
import type { ResumableOutput } from '../support/resumable-output.ts';
import { type HuntingQuery, iso, queryText, type Slice } from './queries.ts';
import type { HuntState, QueryState } from './state.ts';

export interface HuntOptions {
  readonly queries: readonly HuntingQuery[];
  /** The service silently cuts results at this many rows. */
  readonly maxRows: number;
  readonly output: Pick<ResumableOutput<HuntState>, 'state' | 'commit'>;
  readonly progress: Pick<JobProgress, 'step' | 'line'>;
  /** Runs a query through the wrapper. */
  run(query: string): Promise<readonly object[]>;
}

/** The shortest slice. */
const MIN_SLICE_MS = 1_000;

/**
 * Runs every query over the whole range, in slices if the service cannot do it at once. A query that the service refuses
 * does not stop the others.
 *
 * @returns whether all queries succeeded
 */
export async function hunt(options: HuntOptions): Promise<boolean> {
  let succeeded = true;
  for (const query of options.queries) {
    try {
      await new QueryHunt(query, options).run();
    } catch (error) {
      const reason = queryFault(error);
      if (reason === undefined) throw error;
      succeeded = false;
      options.progress.line(`✗ ${query.name}: ${reason}`);
    }
  }
  return succeeded;
}

/** What is wrong with the query; undefined if the next query would fail in the same way. */
function queryFault(error: unknown): string | undefined {
  if (error instanceof TooDenseError) return error.message;
  const failure = failureOf(error);
  return failure?.status === 400 ? `${failure.message}\n  ${failure.advice ?? ''}` : undefined;
}

/** Even the shortest slice has more rows than a result can have. */
class TooDenseError extends Error {
  override readonly name = 'TooDenseError';
}

class QueryHunt {
  readonly #query: HuntingQuery;
  readonly #options: HuntOptions;

  constructor(query: HuntingQuery, options: HuntOptions) {
    this.#query = query;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { range } = this.#options.output.state;
    let { until, widthMs, rows } = this.#state();
    while (until < range.to) {
      const slice = { from: until, to: Math.min(until + widthMs, range.to) };
      const result = await this.#ask(slice);
      if (result === undefined) {
        widthMs = Math.ceil((slice.to - slice.from) / 2);
        continue;
      }
      until = slice.to;
      rows += result.length;
      await this.#commit(result, { until, widthMs, rows });
    }
    this.#options.progress.line(`✓ ${this.#query.name}: ${count(rows, 'row')}`);
  }

  /** The rows of a slice; undefined if it is too large for one query. */
  async #ask(slice: Slice): Promise<readonly object[] | undefined> {
    const { run, maxRows, progress } = this.#options;
    const { name } = this.#query;
    const size = slice.to - slice.from;
    const divisible = size > MIN_SLICE_MS;
    let why: string;
    try {
      const rows = await run(queryText(this.#query, slice));
      if (rows.length < maxRows) return rows;
      if (!divisible) throw new TooDenseError(`${maxRows} rows or more at ${iso(slice.from)}`);
      why = `${rows.length} rows, and results are cut at ${maxRows}`;
    } catch (error) {
      const failure = failureOf(error);
      if (failure === undefined || !divisible || !isTooMuch(failure)) throw error;
      why = failure.message || failure.code;
    }
    progress.line(`${name}: ${duration(size)} at once is too much: ${why}`);
    return undefined;
  }

  #state(): QueryState {
    const { range, queries } = this.#options.output.state;
    return (
      queries[this.#query.name] ?? { until: range.from, widthMs: range.to - range.from, rows: 0 }
    );
  }

  async #commit(rows: readonly object[], state: QueryState): Promise<void> {
    const { output, progress } = this.#options;
    const { name } = this.#query;
    const { range, queries } = output.state;
    const next = { ...output.state, queries: { ...queries, [name]: state } };
    await output.commit(
      rows.map((row) => ({ query: name, ...row })),
      next,
    );
    const part = Math.floor((100 * (state.until - range.from)) / (range.to - range.from));
    progress.step(`${name}: ${state.rows} rows up to ${iso(state.until).slice(0, 16)} (${part} %)`);
  }
}

// Every faulty query is answered with BadRequest. Only the message tells a query that is too expensive from one with a
// mistake: https://learn.microsoft.com/defender-xdr/advanced-hunting-errors
const TOO_MUCH =
  /exceeded the allowed (result size|limits)|preempted|exceeded the timeout|excessive resource/i;

/** Whether a shorter slice may succeed. */
function isTooMuch({ status, message, code }: Failure): boolean {
  if (status === 400) return TOO_MUCH.test(message);
  // Even after all retries, the query ran longer than the gateway or the timeout allows.
  return status === 504 || code === 'Timeout';
}
