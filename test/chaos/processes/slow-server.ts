// A server in a thread of its own, which answers while the client's thread is stalled.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort } from 'node:worker_threads';

const server = createServer((request, response) => {
  request.resume();
  parentPort?.postMessage('request');
  setTimeout(() => response.end('answer'), 100);
});
server.listen(0, '127.0.0.1', () =>
  parentPort?.postMessage((server.address() as AddressInfo).port),
);
parentPort?.once('message', () => {
  server.closeAllConnections();
  server.close();
});
