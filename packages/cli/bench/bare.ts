// What Node and undici cost a proxy that does nothing else, as a floor beside the real one:
// `node bare.ts <port> <origin>`.
import { createServer } from 'node:http';
import { Pool } from 'undici';

const [, , port, origin = ''] = process.argv;
const pool = new Pool(origin);

createServer((request, response) => {
  void pool.stream({ path: request.url ?? '/', method: 'GET' }, ({ statusCode, headers }) => {
    const { 'content-type': type, 'content-length': length } = headers;
    return response.writeHead(statusCode, {
      'content-type': String(type),
      'content-length': String(length),
    });
  });
}).listen(Number(port), '127.0.0.1');
