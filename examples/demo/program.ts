// An ordinary program. It was written for plain fetch and knows nothing about retries, circuits or error
// codes. The demo passes it a wrapped fetch instead of the built-in one.

/** How the program reaches the service. */
export interface Connection {
  readonly fetch: typeof globalThis.fetch;
  readonly baseUrl: string;
  readonly token: string;
}

/** The calls that the program makes. */
export interface Program {
  listIncidents(): Promise<unknown>;
  getIncident(id: number): Promise<unknown>;
  listMachines(): Promise<unknown>;
  listAlerts(): Promise<unknown>;
  isolateMachine(id: string): Promise<unknown>;
  blockIndicator(value: string, type: string): Promise<unknown>;
  hunt(query: string): Promise<unknown>;
}

export function program({ fetch, baseUrl, token }: Connection): Program {
  async function call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}`);
    return response.json();
  }
  return {
    listIncidents: () => call('GET', '/api/incidents?$top=5'),
    getIncident: (id) => call('GET', `/api/incidents/${id}`),
    listMachines: () => call('GET', '/api/machines?$top=5'),
    listAlerts: () => call('GET', '/api/alerts?$top=5'),
    isolateMachine: (id) =>
      call('POST', `/api/machines/${id}/isolate`, { Comment: 'Demo', IsolationType: 'Full' }),
    blockIndicator: (indicatorValue, indicatorType) =>
      call('POST', '/api/indicators', {
        indicatorValue,
        indicatorType,
        action: 'Block',
        title: 'Demo',
        description: 'From the demo',
      }),
    hunt: (Query) => call('POST', '/api/advancedhunting/run', { Query }),
  };
}
