/**
 * A fetch that resolves once the whole body has arrived. Wrapped with `wrapFetch`, a response that breaks off is then a
 * failed attempt, which is retried, instead of an error in `response.json()`.
 */
export const fetchWhole: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  const body = await response.text();
  if (response.ok) assertJson(body);
  return new Response(body, response);
};

/** A proxy cut the response short, so its JSON is incomplete. */
class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
  // Tells the wrapper to treat it as a broken connection.
  readonly code = 'ECONNRESET';
}

function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new BrokenAnswerError('The response is not JSON, or only a part of it.', { cause });
  }
}
