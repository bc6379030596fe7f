/** Answers of the wrapped and of the bare fetch, read in all the ways that there are, as a success and as a failure. */
import { describe } from 'vitest';
import { compareWithBare, type Scenario } from '../../support/differential.ts';
import { guardProcess } from '../../support/guard.ts';

guardProcess();

describe('a way of reading', () => {
  const type = 'multipart/form-data; boundary=X';
  const form = '--X\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--X--\r\n';
  const reading = (
    name: string,
    read: (response: Response) => unknown,
    body: string,
    contentType = 'text/plain',
  ): Scenario[] =>
    [200, 404].map((code) => ({
      name: `(${name}, ${code})`,
      call: async (fetch, { url }) => read(await fetch(url)),
      answer: (_request, response) => {
        response.writeHead(code, { 'content-type': contentType }).end(body);
      },
    }));
  compareWithBare([
    ...reading('json', (response) => response.json(), '{"a":[1,"\u00e4"]}'),
    ...reading('json that is none', (response) => response.json(), 'no json'),
    ...reading('json that is empty', (response) => response.json(), ''),
    ...reading('arrayBuffer', (response) => response.arrayBuffer(), 'text'),
    ...reading('bytes', (response) => response.bytes(), 'text'),
    ...reading('blob', (response) => response.blob(), 'text', 'Text/Own; a=B'),
    ...reading('formData', (response) => response.formData(), form, type),
    ...reading('formData cut off', (response) => response.formData(), form.slice(0, -8), type),
    ...reading(
      'formData of a query',
      (response) => response.formData(),
      'a=1&b=%20',
      'application/x-www-form-urlencoded',
    ),
    ...reading('formData of another type', (response) => response.formData(), 'text'),
    ...reading(
      'iteration',
      async ({ body }) => {
        const chunks: unknown[] = [];
        for await (const chunk of body ?? []) chunks.push(chunk);
        return Buffer.concat(chunks as Uint8Array[]);
      },
      'text',
    ),
    ...reading(
      'a reader of its own buffer',
      async ({ body }) => {
        const reader = body?.getReader({ mode: 'byob' });
        const first = await reader?.read(new Uint8Array(2));
        return [first?.value, await reader?.read(new Uint8Array(9))];
      },
      'text',
    ),
    ...reading(
      'text, twice',
      async (response) => [await response.text(), await response.text()],
      'text',
    ),
    ...reading(
      'text of a locked body',
      (response) => [response.body?.getReader(), response.text()][1],
      'text',
    ),
    ...reading(
      'a clone',
      async (response) => {
        const copy = response.clone();
        return [await copy.text(), response.bodyUsed, await response.text(), copy, copy.url];
      },
      'text',
    ),
    ...reading(
      'a clone of what was read',
      async (response) => [await response.text(), response.clone()],
      'text',
    ),
    ...reading(
      'a tee',
      async (response) => {
        const [one, two] = response.body?.tee() ?? [];
        return [await new Response(one).text(), await new Response(two).text(), response.bodyUsed];
      },
      'text',
    ),
    ...reading(
      'a cancelled body',
      async (response) => {
        await response.body?.cancel('enough');
        return [response.bodyUsed, await response.text().catch(String)];
      },
      'text',
    ),
    ...reading(
      'identity',
      (response) => [
        response instanceof Response,
        new Set([response.body, response.body, response.headers, response.headers]).size,
        Object.prototype.toString.call(response),
        Object.keys(response),
      ],
      'text',
    ),
    ...reading(
      'headers that cannot be changed',
      (response) => response.headers.set('a', '1'),
      'text',
    ),
  ]);
});
