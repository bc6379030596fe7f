import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { addControlRoutes, isControl, refuseUnknown } from './control/routes.ts';
import type { Engine } from './engine.ts';
import { routes } from './families/routes.ts';
import { canonicalUrl } from './request.ts';

const MAX_BODY_BYTES = 32 * 1024 * 1024;
const MAX_SEGMENT = 500;

/** The HTTP server: the API's routes, and the control endpoints beside them. */
export function serverFor(engine: Engine): FastifyInstance {
  const server = Fastify({
    forceCloseConnections: true,
    bodyLimit: MAX_BODY_BYTES,
    routerOptions: { caseSensitive: false, maxParamLength: MAX_SEGMENT },
    rewriteUrl: (request) => canonicalUrl(request.url ?? '/'),
  });
  // Bodies are judged by the handlers, which answer as the service does: here they are only text.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    done(null, body);
  });
  for (const { method, path, handle } of routes) {
    server.route({
      method,
      url: path,
      handler: (request, reply) => engine.serve(handle, request, reply),
    });
  }
  addControlRoutes(server, engine);
  server.setNotFoundHandler((request, reply) =>
    isControl(request.originalUrl) ? refuseUnknown(reply) : engine.serve(undefined, request, reply),
  );
  // Nothing that the service would answer: whoever sees it should see whose fault it is.
  server.setErrorHandler<FastifyError>(({ statusCode = 500, message }, _request, reply) =>
    reply.code(statusCode).send({ simulator: message }),
  );
  return server;
}
