/**
 * A fetch that resolves when the whole body is there. Under `wrapFetch`, an answer that breaks off
 * half-way then fails its attempt and is asked for again, in place of failing in `response.json()`.
 */
export const fetchWhole: typeof globalThis.fetch = async (input, init) => {
  const response = await fetch(input, init);
  if (response.body === null) return response;
  const body = await response.text();
  if (response.ok) assertJson(body);
  return new Response(body, response);
};

/** A proxy that cuts an answer short leaves half of its JSON: as good as a connection that broke. */
class BrokenAnswerError extends Error {
  override readonly name = 'BrokenAnswerError';
  // By this the wrapper knows what kind of failure it is.
  readonly code = 'ECONNRESET';
}

function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new BrokenAnswerError('The answer is no JSON, or only a part of it.', { cause });
  }
}
