/**
 * The parts of Node that the main entry uses, looked up only when they are needed: the wrapper works without
 * them in browsers, workers and other runtimes.
 */

type NodeProcess = Pick<NodeJS.Process, 'getBuiltinModule' | 'emitWarning'>;

function nodeProcess(): Partial<NodeProcess> {
  const process: unknown = Reflect.get(globalThis, 'process');
  return typeof process === 'object' && process !== null ? process : {};
}

/** Node's `AsyncLocalStorage`; undefined if there is none. */
export function asyncLocalStorage():
  | typeof import('node:async_hooks').AsyncLocalStorage
  | undefined {
  return nodeProcess().getBuiltinModule?.('node:async_hooks').AsyncLocalStorage;
}

/** The SHA-256 hash of a text; undefined if the runtime has no hash function. */
export function sha256(text: string): string | undefined {
  return nodeProcess()
    .getBuiltinModule?.('node:crypto')
    .createHash('sha256')
    .update(text)
    .digest('base64');
}

/** Warns the developer: with a process warning, else on the console. */
export function emitWarning(message: string, options: NodeJS.EmitWarningOptions = {}): void {
  const process = nodeProcess();
  if (typeof process.emitWarning === 'function') process.emitWarning(message, options);
  // biome-ignore lint/suspicious/noConsole: the only place for a warning in a browser or a worker
  else console.warn(message);
}
