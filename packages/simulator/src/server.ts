import type { Socket } from 'node:net';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import { ApiError, type Handler } from './call.ts';
import { addControlRoutes, isControl, refuseUnknown } from './control/routes.ts';
import { gatewayError, serviceOf, usualCode } from './errors.ts';
import { canonicalUrl } from './request.ts';
import { routes } from './routes/index.ts';
import type { SimulatedApi } from './simulated-api.ts';

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_SEGMENT = 500;

const noRoute: Handler = () => {
  throw new ApiError('NotFound');
};

/** Answers a request that the HTTP server refuses with the service's error. */
function refusal({ statusCode = 400, message }: FastifyError): Handler {
  return ({ path }) => {
    const code = usualCode(statusCode, serviceOf(path));
    if (statusCode !== 400 || code === undefined) return gatewayError(statusCode, message);
    throw new ApiError(code, { status: statusCode, message });
  };
}

/** The HTTP server, with the API's routes and the control endpoints. */
export function serverFor(api: SimulatedApi): FastifyInstance {
  const server = Fastify({
    forceCloseConnections: true,
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { caseSensitive: false, maxParamLength: MAX_SEGMENT },
    rewriteUrl: (request) => canonicalUrl(request.url ?? '/'),
    frameworkErrors: (error, request, reply) => void refuseUrl(api, error, request, reply),
    clientErrorHandler: refuseMalformed,
  });
  // The handlers parse the body and answer like the service, so here it is only text.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  for (const { method, path, handle } of routes) {
    server.route({
      method,
      url: path,
      handler: (request, reply) => api.serve(handle, request, reply),
    });
  }
  addControlRoutes(server, api);
  server.setNotFoundHandler((request, reply) =>
    isControl(request.originalUrl)
      ? refuseUnknown(request, reply)
      : api.serve(noRoute, request, reply),
  );
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const { statusCode = 500, message } = error;
    // Answers that the service would never send say that they come from the simulator.
    const isOwn = statusCode >= 500 || statusCode === 413 || isControl(request.originalUrl);
    if (!isOwn) return api.serve(refusal(error), request, reply);
    return reply.code(statusCode).send({ simulator: message });
  });
  return server;
}

/** Answers a malformed request like Windows' HTTP server, which is in front of the service. */
function refuseMalformed(error: Error & { readonly code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const tooLong = error.code === 'HPE_HEADER_OVERFLOW';
  const [title, text] = tooLong
    ? ['Request Too Long', 'The size of the request headers is too long.']
    : ['Invalid Request', 'The request is badly formed.'];
  const body = `<!DOCTYPE HTML>\r\n<HTML><HEAD><TITLE>Bad Request</TITLE></HEAD>\r\n<BODY><h2>Bad Request - ${title}</h2>\r\n<hr><p>HTTP Error 400. ${text}</p>\r\n</BODY></HTML>\r\n`;
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: text/html; charset=us-ascii\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
}

/** Answers a request whose URL cannot be decoded, or is too long. */
async function refuseUrl(
  api: SimulatedApi,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  try {
    if (isControl(request.originalUrl)) refuseUnknown(request, reply);
    else await api.serve(refusal(error), request, reply);
  } catch (cause) {
    // Fastify does not await this function, so a rejection would end the process.
    reply.send(cause);
  }
}
