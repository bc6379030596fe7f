// Loaded before an example that calls Microsoft's hosts: sends these calls to the simulator instead.
const simulator = process.env['SIMULATOR_URL'] ?? '';
const HOSTS =
  /^https:\/\/(?:api\.security\.microsoft\.com|api\.securitycenter\.microsoft\.com|graph\.microsoft\.com)/;

const direct = globalThis.fetch;
globalThis.fetch = (input, init) =>
  typeof input === 'string' || input instanceof URL
    ? direct(String(input).replace(HOSTS, simulator), init)
    : direct(new Request(input.url.replace(HOSTS, simulator), input), init);
