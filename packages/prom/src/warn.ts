const warned = new WeakMap<object, Set<string>>();

/** The name of an error. Warnings never include its message, which may contain secrets. */
export function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

/** Emits a process warning, once for each message and object. */
export function warnOnce(about: object, message: string): void {
  const said = warned.get(about) ?? new Set();
  if (said.has(message)) return;
  warned.set(about, said.add(message));
  process.emitWarning(message, { code: 'DEFENDER_RESILIENCE_PROM' });
}
