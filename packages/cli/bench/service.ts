// A service that answers at once, with as many bytes as its path says.
import { createServer } from 'node:http';

const body = (bytes: number): string => `{"value":"${'a'.repeat(bytes - 12)}"}`;
const BODIES = new Map([
  ['/api/alerts', body(2_048)],
  ['/api/machines', body(262_144)],
]);

createServer((request, response) => {
  const answer = BODIES.get(request.url ?? '') ?? '{}';
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(answer),
  });
  response.end(answer);
}).listen(Number(process.argv[2]), '127.0.0.1');
