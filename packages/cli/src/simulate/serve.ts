import { once } from 'node:events';
import {
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '@defender-resilience/simulator';
import type { Context } from '../context.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { definitions, wrap } from '../terminal/layout.ts';
import { invalid, type Scenario } from './scenario.ts';
import { checkTimeline, runTimeline } from './timeline.ts';

interface Plan {
  readonly scenario: Scenario;
  /** The options from the flags, which take precedence over the scenario. */
  readonly flags: SimulatorOptions;
  readonly json: boolean;
}

/** Runs the simulator until it is interrupted. */
export async function serve({ scenario, flags, json }: Plan, context: Context): Promise<void> {
  const { $schema: _, timeline = [], newestAt, ...rest } = scenario;
  const date =
    newestAt === undefined
      ? {}
      : { newestAt: newestAt === 'now' ? new Date() : new Date(newestAt) };
  const options = { ...rest, ...date, ...flags };
  const simulator = await start(options);
  const end = new AbortController();
  try {
    const faults = checkTimeline(simulator, timeline, options.script);
    if (faults.length > 0) throw invalid('The scenario', faults);
    announce(simulator, json, context);
    runTimeline(simulator, timeline, context, end.signal);
    if (!context.signal.aborted) await once(context.signal, 'abort');
  } finally {
    end.abort();
    await simulator.close({ ignoreUnconsumed: true });
  }
  summarise(simulator, context);
}

async function start(options: SimulatorOptions): Promise<Simulator> {
  try {
    return await startSimulator(options);
  } catch (cause) {
    if (cause instanceof TypeError) {
      const message = cause.message.replace(/^startSimulator/, 'the simulator');
      throw new CommandError(message, { exitCode: EXIT.usage, cause });
    }
    if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') {
      throw new CommandError(`port ${options.port} of 127.0.0.1 is taken`, {
        hint: 'Choose another one with --port, or --port 0 for a free one.',
        cause,
      });
    }
    throw cause;
  }
}

function announce(simulator: Simulator, json: boolean, { out, err }: Context): void {
  const { url, tokenUrl } = simulator;
  const control = `${url}/_simulator`;
  if (json) {
    out.line(JSON.stringify({ url, tokenUrl, control }));
    return;
  }
  const rows = [
    ['API', url],
    ['Token', tokenUrl],
    ['Control', control],
  ] as const;
  out.line(
    definitions(
      rows.map(([name, text]) => [out.style('bold', name), text] as const),
      out.columns,
    ),
  );
  err.line();
  err.line(
    wrap(
      `Point the base URL of your program at ${url}; any client ID and secret get a token. Ctrl+C ends it.`,
      err.columns,
    ),
  );
}

/** Prints a summary of the received requests on standard error. */
function summarise(simulator: Simulator, { err }: Context): void {
  const counts = new Map<string, number>();
  for (const { operation, answered } of simulator.requests) {
    const key = `${operation} ${answered}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const rows = [...counts].map(([name, count]) => [name, String(count)] as const);
  err.line(`${simulator.count()} requests`);
  if (rows.length > 0) err.line(definitions(rows, err.columns, '  '));
}
