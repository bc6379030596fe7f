/** Warns the person who runs the program: as a process warning in Node, on the console elsewhere. */
export function warn(message: string, code?: string): void {
  if (typeof process === 'object' && typeof process.emitWarning === 'function') {
    process.emitWarning(message, code === undefined ? {} : { code });
  } else {
    // biome-ignore lint/suspicious/noConsole: browsers and workers have no other place for a warning.
    globalThis.console?.warn(message);
  }
}
