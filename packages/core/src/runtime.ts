/**
 * What the main entry needs of Node, looked up when it is needed: browsers, workers and other runtimes
 * lack it, and the wrapper does without.
 */

type NodeProcess = Pick<NodeJS.Process, 'getBuiltinModule' | 'emitWarning'>;

function nodeProcess(): Partial<NodeProcess> {
  const process: unknown = Reflect.get(globalThis, 'process');
  return typeof process === 'object' && process !== null ? process : {};
}

/** Node's `AsyncLocalStorage`; undefined where there is none. */
export function asyncLocalStorage():
  | typeof import('node:async_hooks').AsyncLocalStorage
  | undefined {
  return nodeProcess().getBuiltinModule?.('node:async_hooks').AsyncLocalStorage;
}

/** A hash of a text that nobody can compute the text from; undefined where the runtime has none. */
export function sha256(text: string): string | undefined {
  return nodeProcess()
    .getBuiltinModule?.('node:crypto')
    .createHash('sha256')
    .update(text)
    .digest('base64');
}

/** Warns the developer: by a process warning, and where there is none on the console. */
export function emitWarning(message: string, options: NodeJS.EmitWarningOptions = {}): void {
  const process = nodeProcess();
  if (typeof process.emitWarning === 'function') process.emitWarning(message, options);
  // biome-ignore lint/suspicious/noConsole: the only place for a warning in a browser or a worker
  else console.warn(message);
}
