import { classify, failureOf } from '@defender-resilience/core';
import { describe, expect, it } from 'vitest';
import { JSON_HEADERS } from '../../support/clients.ts';
import {
  clientFor,
  ID,
  INCIDENTS,
  majors,
  rejection,
  graphStatuses as statuses,
} from '../../support/graph.ts';
import { startServer } from '../../support/real.ts';

describe.each(majors)('$name with the resilient middleware', ({ name, sdk }) => {
  it('keeps what an error of Graph’s tells', async () => {
    await using server = await startServer(statuses(403));
    const error = await rejection(clientFor(sdk, server).client.api(INCIDENTS).get());
    expect(error).toBeInstanceOf(sdk.GraphError);
    expect([error.statusCode, error.code, error.requestId]).toEqual([403, 'generalException', ID]);
    expect(classify(error)).toMatchObject({
      status: 403,
      code: 'generalException',
      trackingId: ID,
    });
    if (name.endsWith('3')) expect(failureOf(error)).toMatchObject({ status: 403, trackingId: ID });
  });

  it('finds status and tracking ID where a gateway answers with HTML', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(503, { 'content-type': 'text/html', 'request-id': ID })
        .end('<html>down</html>');
    });
    const error = await rejection(clientFor(sdk, server).client.api(INCIDENTS).get());
    expect([error.statusCode, error.code, error.requestId]).toEqual([503, 'Http503', ID]);
    const found = name.endsWith('3') ? failureOf(error) : classify(error);
    expect(found).toMatchObject({ code: 'Http503', status: 503, trackingId: ID });
    expect(server.requests.length).toBe(4);
  });

  it('names a failure whose JSON is none of Graph’s', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(404, { ...JSON_HEADERS, 'request-id': ID })
        .end('{"statusCode":404,"message":"Resource not found"}');
    });
    const error = await rejection(clientFor(sdk, server).client.api(INCIDENTS).get());
    expect([error.statusCode, error.code, error.requestId]).toEqual([404, 'Http404', ID]);
  });

  it('leaves the raw response to who asks for it', async () => {
    await using server = await startServer((_request, response) => {
      response
        .writeHead(400, { 'content-type': 'text/html', 'request-id': ID })
        .end('<html>bad</html>');
    });
    const { client } = clientFor(sdk, server);
    const raw = client.api(INCIDENTS).responseType(sdk.ResponseType.RAW);
    const response = (await raw.get()) as Response;
    expect([response.status, response.bodyUsed]).toEqual([400, false]);
    expect(failureOf(response)?.trackingId).toBe(ID);
    await expect(response.text()).resolves.toBe('<html>bad</html>');
  });
});
