import { type Failure, failureOf } from '@defender-resilience/core';
import { count, duration, type JobProgress } from '../support/progress.ts';
import type { ResumableOutput } from '../support/resumable-output.ts';
import { type HuntingQuery, iso, queryText, type Slice } from './queries.ts';
import type { HuntState, QueryState } from './state.ts';

export interface HuntOptions {
  readonly queries: readonly HuntingQuery[];
  /** A result with so many rows was cut there: the service says nothing of it. */
  readonly maxRows: number;
  readonly output: Pick<ResumableOutput<HuntState>, 'state' | 'commit'>;
  readonly progress: Pick<JobProgress, 'step' | 'line'>;
  /** Runs a query, resiliently. */
  run(query: string): Promise<readonly object[]>;
}

/** No slice is made smaller than this. */
const MIN_SLICE_MS = 1_000;

/**
 * Runs every query over the whole range, in slices where the service cannot do it at once. True when
 * all of them succeeded: one that the service refuses does not keep the others from running.
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

/** What is wrong with the query itself; undefined for what would befall the next one as well. */
function queryFault(error: unknown): string | undefined {
  if (error instanceof TooDenseError) return error.message;
  const failure = failureOf(error);
  return failure?.status === 400 ? `${failure.message}\n  ${failure.advice ?? ''}` : undefined;
}

/** The smallest slice has more rows than a result may have. */
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

  /** The rows of a slice; undefined when it is too much for one query. */
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

// All that can be wrong with a query comes as BadRequest: only the message tells a query that is too
// big from one that cannot be read. https://learn.microsoft.com/defender-xdr/advanced-hunting-errors
const TOO_MUCH =
  /exceeded the allowed (result size|limits)|preempted|exceeded the timeout|excessive resource/i;

/** Whether a smaller slice may succeed where this one failed. */
function isTooMuch({ status, message, code }: Failure): boolean {
  if (status === 400) return TOO_MUCH.test(message);
  // After all retries: the gateway or we gave up on a query that runs too long.
  return status === 504 || code === 'Timeout';
}
