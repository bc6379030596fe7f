import { expect, it, vi } from 'vitest';
import { shutDown } from '../src/shutdown.ts';

it.each([
  ['its code', { code: 'ECONNREFUSED', name: 'ExportError' }, 'ECONNREFUSED'],
  ['its name', { name: 'ExportError' }, 'ExportError'],
  [
    'its name, where its code is a text',
    { code: 'http://a:canary@b', name: 'ExportError' },
    'ExportError',
  ],
  ['nothing, where its name is one too', { code: 'a canary', name: 'a canary' }, 'Error'],
])('says of an export that failed %s', async (_what, fields, reason) => {
  using warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
  await shutDown(() => Promise.reject(Object.assign(new Error('canary'), fields)), 1_000);
  const said = warn.mock.calls.join();
  expect(said).toContain(`The last export failed (${reason})`);
  expect(said).not.toContain('canary');
});
