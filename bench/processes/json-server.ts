// A server that answers every GET with a small JSON document at once, and prints its port.
import { createServer } from 'node:http';

const body = JSON.stringify({
  incidentId: 924_518,
  incidentName: 'Suspicious sign-in from an unusual place',
  severity: 'Medium',
  status: 'Active',
  tags: ['bench'],
});
const headers = {
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(body),
};

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, headers).end(body);
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(address.port);
});
process.on('disconnect', () => process.exit());
