/**
 * Lets the caller's abort reach a body that is still being read after the call has ended, as it does
 * with the bare fetch, without keeping a listener on a long-lived signal for each finished call: the
 * listener goes when the body has been collected.
 */
export function linkBody(
  signal: AbortSignal,
  body: object,
  abort: (reason: unknown) => void,
): () => void {
  const onAbort = (): void => abort(signal.reason);
  const unlink = (): void => {
    signal.removeEventListener('abort', onAbort);
    collected.unregister(unlink);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  collected.register(body, unlink, unlink);
  return unlink;
}

const collected = new FinalizationRegistry<() => void>((unlink) => unlink());
