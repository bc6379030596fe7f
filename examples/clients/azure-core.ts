// A policy for the pipelines of the Azure SDKs, in place of their retry policy. Runs on its own, against a simulated
// Defender API:
//
//   node --conditions=@defender-resilience/source examples/clients/azure-core.ts
import {
  createDefaultHttpClient,
  createPipelineFromOptions,
  createPipelineRequest,
  type Pipeline,
  type PipelinePolicy,
  type PipelineResponse,
  RestError,
} from '@azure/core-rest-pipeline';
import {
  type AttemptContext,
  classify,
  createResilience,
  operationFor,
} from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

// Stands in for https://api.security.microsoft.com.
const simulator = await startSimulator({ quotas: 'off' });
const hosts = { [new URL(simulator.url).host]: 'all' } as const;
const resilience = createResilience({ hosts, retry: { initialDelayMs: 20 }, circuit: false });

// #region recipe
const resiliencePolicy: PipelinePolicy = {
  name: 'defenderResilience',
  async sendRequest(request, next) {
    const { method, url, abortSignal } = request;
    const { host, pathname } = new URL(url);
    const operation = operationFor({ method, host, path: pathname }, hosts);
    const options = {
      host,
      idempotent: operation.idempotent ?? !['POST', 'PATCH'].includes(method),
      ...(abortSignal instanceof AbortSignal && { signal: abortSignal }),
    };
    const attempt = async ({ signal }: AttemptContext): Promise<PipelineResponse> => {
      request.abortSignal = signal;
      const response = await next(request);
      // A pipeline treats an error response like any other, so it is recognized here.
      if (response.status < 400) return response;
      throw new RestError(`HTTP ${response.status}`, { request, response });
    };
    try {
      return await resilience.execute(operation.name, attempt, options);
    } catch (error) {
      if (error instanceof RestError && error.response) return error.response;
      throw error;
    }
  },
};

/** A policy inside the retry phase, such as the one for bearer tokens, runs in each attempt. */
function makeResilient(pipeline: Pipeline): Pipeline {
  pipeline.removePolicy({ name: 'defaultRetryPolicy' });
  pipeline.addPolicy(resiliencePolicy, { phase: 'Retry' });
  return pipeline;
}
// #endregion

const http = createDefaultHttpClient();
const pipeline = makeResilient(createPipelineFromOptions({}));
const get = (through: Pipeline, path: string): Promise<PipelineResponse> => {
  const url = `${simulator.url}${path}`;
  return through.sendRequest(http, createPipelineRequest({ url, allowInsecureConnection: true }));
};

simulator.script('InternalServerError', 503);
const { bodyAsText } = await get(pipeline, '/api/incidents?$top=3');
const { value } = JSON.parse(bodyAsText ?? '{}') as { value: object[] };
console.log(`${value.length} incidents, with ${simulator.requests.length} requests`);

// After the last retry it resolves with the pipeline's own response.
simulator.script(500, 500, 500, 500);
const response = await get(pipeline, '/api/incidents');
const failure = classify({
  status: response.status,
  headers: response.headers.toJSON(),
  body: response.bodyAsText,
});
console.log(`${response.status}: ${failure?.code}, tracking ID ${failure?.trackingId}`);

// What to avoid: with the pipeline's own retry policy left in, each of the four attempts is four requests.
simulator.reset();
simulator.script({ status: 500, times: 'always' });
const stacked = createPipelineFromOptions({ retryOptions: { maxRetries: 3, retryDelayInMs: 1 } });
stacked.addPolicy(resiliencePolicy, { phase: 'Retry' });
await get(stacked, '/api/incidents');
console.log(`stacked: ${simulator.requests.length} requests for one call`);

await simulator.close();
