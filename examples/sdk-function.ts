// Functions of your own client, or of an SDK, made resilient without a change to them. Runs on its own, against a
// simulated Defender API:
//
//   node --conditions=@defender-resilience/source examples/sdk-function.ts
import { createResilience, failureOf } from '@defender-resilience/core';
import { startSimulator } from '@defender-resilience/simulator';

/** Any client that rejects on errors. This one puts the status and the body into its error. */
class DefenderClient {
  readonly #baseUrl: string;

  constructor(baseUrl: string) {
    this.#baseUrl = baseUrl;
  }

  async getMachine(name: string, signal?: AbortSignal): Promise<{ readonly osPlatform: string }> {
    return this.#send('GET', `/api/machines/${name}`, undefined, signal);
  }

  async isolateMachine(name: string, signal?: AbortSignal): Promise<{ readonly status: string }> {
    const body = JSON.stringify({ Comment: 'Ransomware', IsolationType: 'Full' });
    return this.#send('POST', `/api/machines/${name}/isolate`, body, signal);
  }

  async #send<T>(method: string, path: string, body?: string, signal?: AbortSignal): Promise<T> {
    const response = await fetch(`${this.#baseUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { body }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (response.ok) return (await response.json()) as T;
    const { status, headers } = response;
    throw Object.assign(new Error(`${method} ${path}`), {
      status,
      headers,
      body: await response.text(),
    });
  }
}

const simulator = await startSimulator();
const client = new DefenderClient(simulator.url);
const [machine] = (
  (await (await fetch(`${simulator.url}/api/machines?$top=1`)).json()) as {
    value: { computerDnsName: string }[];
  }
).value;
const name = machine?.computerDnsName ?? '';

const resilience = createResilience({ retry: { initialDelayMs: 100 } });

// 1. The same function, with the same parameters.
const getMachine = resilience.wrap('machines.get', (id: string) => client.getMachine(id));
simulator.script('InternalServerError', 'InternalServerError');
console.log(`${(await getMachine(name)).osPlatform}, after two errors that passed`);

// 2. With the attempt's own signal, so that a deadline or an abort ends the request itself. By its name the wrapper knows
// that an isolate changes something: if its response is lost, it is not sent a second time.
simulator.script('reset-headers');
try {
  await resilience.execute('machines.isolate', ({ signal }) => client.isolateMachine(name, signal));
} catch (error) {
  const failure = failureOf(error);
  console.log(`\n${failure?.code}, ${failure?.verdict}: ${failure?.advice}`);
}
console.log(`isolates received: ${simulator.count({ operation: 'machines.isolate' })}`);

await simulator.close();
