import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Check } from '../check/check.ts';
import type { Engine } from '../engine.ts';
import { CONTROL, endpoints } from './endpoints.ts';

/** What a control endpoint refuses, named so that it cannot be taken for the service's own errors. */
interface ControlError {
  readonly code: 'InvalidControlRequest' | 'UnknownControlEndpoint';
  readonly message: string;
  /** Everything that is wrong, by path, rule and value. */
  readonly faults: readonly string[];
}

function refuse(reply: FastifyReply, status: number, error: ControlError): FastifyReply {
  return reply.code(status).send({ error });
}

type Parsed = { readonly body: unknown } | { readonly faults: readonly string[] };

/** The JSON in a body; no body is an empty object. */
function parsed(text: unknown, check: Check | undefined): Parsed {
  let body: unknown = {};
  if (check === undefined) return { body };
  try {
    if (typeof text === 'string' && text.trim() !== '') body = JSON.parse(text);
  } catch (cause) {
    return { faults: [`the body must be JSON: ${String(cause)}`] };
  }
  const faults = check(body, 'body');
  return faults.length > 0 ? { faults } : { body };
}

/** Adds the endpoints that control a simulator; they are neither recorded nor counted. */
export function addControlRoutes(server: FastifyInstance, engine: Engine): void {
  for (const { method, path, body: check, query: checkQuery, handle } of endpoints) {
    server.route({
      method,
      url: `${CONTROL}${path}`,
      handler: (request, reply) => {
        const query = Object.fromEntries(new URL(request.originalUrl, engine.origin).searchParams);
        const faults = checkQuery(query, 'query');
        const read = faults.length > 0 ? { faults } : parsed(request.body, check);
        if ('faults' in read) {
          const message = read.faults.join('; ');
          return refuse(reply, 400, { code: 'InvalidControlRequest', message, ...read });
        }
        const answer = handle({ engine, body: read.body, query });
        return answer === undefined ? reply.code(204).send() : reply.send(answer);
      },
    });
  }
}

/** Whether a path is meant for the control endpoints. */
export function isControl(url: string): boolean {
  return url.startsWith(`${CONTROL}/`) || url === CONTROL;
}

/** Answers a control path that there is not. */
export function refuseUnknown(reply: FastifyReply): FastifyReply {
  return refuse(reply, 404, {
    code: 'UnknownControlEndpoint',
    message: `There is no such control endpoint; GET ${CONTROL} lists them.`,
    faults: [],
  });
}
