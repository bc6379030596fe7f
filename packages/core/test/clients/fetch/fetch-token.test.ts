import { expect, it, vi } from 'vitest';
import { statuses } from '../../support/clients.ts';
import { quick, startServer } from '../../support/real.ts';

it('sends the new token of refreshToken after a 401', async () => {
  await using server = await startServer(statuses(401));
  const refreshToken = vi.fn(() => 'new');
  const { fetch } = quick(server.url, { refreshToken });
  const response = await fetch(`${server.url}/api/incidents`, {
    headers: { authorization: 'Bearer old', 'x-own': 'kept' },
  });
  const sent = server.requests.map(({ headers }) => [headers.authorization, headers['x-own']]);
  expect(sent).toEqual([
    ['Bearer old', 'kept'],
    ['Bearer new', 'kept'],
  ]);
  expect([response.status, refreshToken.mock.calls.length]).toEqual([200, 1]);
});
