/**
 * What the main entry needs of Node, reached lazily: in browsers, workers and other runtimes it is
 * missing, and the wrapper goes on without it.
 */

type Builtins = Pick<NodeJS.Process, 'getBuiltinModule'>;
type Warnings = Pick<NodeJS.Process, 'emitWarning'>;

function nodeProcess(): Partial<Builtins & Warnings> {
  const process: unknown = Reflect.get(globalThis, 'process');
  return typeof process === 'object' && process !== null ? process : {};
}

/** Node's `AsyncLocalStorage`; undefined where there is none. */
export function asyncLocalStorage():
  | typeof import('node:async_hooks').AsyncLocalStorage
  | undefined {
  return nodeProcess().getBuiltinModule?.('node:async_hooks').AsyncLocalStorage;
}

/** Warns the developer: by a process warning, or where there is none on the console. */
export function emitWarning(message: string, options?: NodeJS.EmitWarningOptions): void {
  const process = nodeProcess();
  if (typeof process.emitWarning === 'function') process.emitWarning(message, options ?? {});
  // biome-ignore lint/suspicious/noConsole: the only place to warn in a browser or a worker
  else console.warn(message);
}
