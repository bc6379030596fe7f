const warned = new WeakMap<object, Set<string>>();

/** The name of an error, if it looks like one. Warnings never include its message, which may contain secrets. */
export function nameOf(error: unknown): string {
  const name = error instanceof Error ? error.name : typeof error;
  return /^[\w$.]{1,64}$/.test(name) ? name : 'Error';
}

/** Emits a process warning, once for each message and object. */
export function warnOnce(about: object, message: string): void {
  const said = warned.get(about) ?? new Set();
  if (said.has(message)) return;
  warned.set(about, said.add(message));
  process.emitWarning(message, { code: 'DEFENDER_RESILIENCE_PROM' });
}
