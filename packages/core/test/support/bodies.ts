import { callWith, type Scenario } from './differential.ts';

/**
 * A scenario that sends a body, and is answered when the whole of it has come in.
 *
 * @param ends - null where it differs between the versions of Node
 */
export function sending(
  name: string,
  body: () => unknown,
  ends: number | string | null = 200,
  more: object = {},
): Scenario {
  return {
    name: `(${name})`,
    ...(ends === null ? {} : { ends }),
    call: (fetch, { url }) => callWith(fetch, url, { method: 'POST', body: body(), ...more }),
    answer: (request, response) => {
      request.on('end', () => response.end('answer'));
    },
  };
}

/** A stream of the given chunks, of whatever type. */
export function streamOf(...chunks: readonly unknown[]): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}

/** A generator of the given chunks. */
export async function* generate(...chunks: readonly unknown[]): AsyncGenerator<unknown> {
  yield* chunks;
}

/** A form with all that can be in one. */
export function formOfAll(): FormData {
  const data = new FormData();
  data.append('field', 'välue');
  data.append('field', 'two\r\nlines');
  data.append('"quoted"\n', 'x');
  data.append('file', new File(['file text'], 'ä "b".txt', { type: 'text/own' }));
  data.append('blob', new Blob([new Uint8Array([0, 255])]));
  data.append('named', new Blob(['x']), 'name.bin');
  return data;
}
