import { describe, expect, it } from 'vitest';
import { classify } from '../../src/failure/classify.ts';
import { isTruncatedJson } from '../../src/failure/truncated-body.ts';
import { containing } from './support.ts';

describe('a JSON document that was cut off', () => {
  it.each(['{', '[', '{"a":1', '[1,2', ' \n{"a":[1]', '\t["a"}', '{"a":{}]', '{"a":"}" '])(
    'is seen in %j',
    (document) => {
      expect(isTruncatedJson(document)).toBe(true);
    },
  );

  it.each(['', ' ', '{}', '[]', ' {"a":1}\n', '\t[1] ', '7', '"a', 'a text', '}', ']', '<p>'])(
    'is not seen in %j',
    (document) => {
      expect(isTruncatedJson(document)).toBe(false);
    },
  );

  /** What JSON.parse throws for a document. */
  function parseError(document: string, more: object = {}): Error {
    try {
      JSON.parse(document);
    } catch (cause) {
      if (cause instanceof SyntaxError) return Object.assign(cause, more);
    }
    throw new Error(`${document} is valid`);
  }

  it.each<[string, Error]>([
    ['within a text', parseError('{"a":"b')],
    ['and whose parser keeps it', parseError('{"a":1', { rawResponse: '{"a":1' })],
    ['and whose error is a cause', new Error('x', { cause: parseError('["') })],
  ])('%s leaves in doubt whether the request was carried out', (_, error) => {
    const failure = classify(error);
    expect(failure).toMatchObject({
      code: 'ERR_STREAM_PREMATURE_CLOSE',
      verdict: 'retryable',
      source: 'network',
      ambiguous: true,
      message: containing('broke off'),
      advice: containing('check whether it was before you send it again'),
    });
    expect(Object.isFrozen(failure)).toBe(true);
  });

  it.each<[string, Error]>([
    ['an empty document', parseError('')],
    ['a document with a mistake', parseError('{"a":b}')],
    ['a whole document with a mistake', parseError('{a}', { rawResponse: '{a}' })],
    ['a page', parseError('<p>', { rawResponse: '<p>' })],
    ['another kind of error', Object.assign(new Error('x'), { rawResponse: '{"a":1' })],
    [
      'another error with that message',
      new Error('Unterminated string in JSON at position 7 (line 1 column 8)'),
    ],
    [
      'a message that only mentions it',
      new SyntaxError('Found: Unterminated string in JSON at position 7'),
    ],
    ['other types in every place', Object.assign(parseError(''), { message: 7, rawResponse: 7 })],
  ])('is not what %s tells of', (_, error) => {
    expect(classify(error)).toMatchObject({ source: 'unknown', verdict: 'terminal' });
  });
});
