import { faultsIn, type Rule } from '@defender-resilience/core/validation';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { parseJson } from '../json.ts';
import type { SimulatedApi } from '../simulated-api.ts';
import { CONTROL, endpoints } from './endpoints.ts';

/** An error of a control endpoint, with a code that the service does not have. */
interface ControlError {
  readonly code: 'InvalidControlRequest' | 'ForbiddenControlRequest' | 'UnknownControlEndpoint';
  readonly message: string;
  /** All faults, each with its path, rule and value. */
  readonly faults: readonly string[];
}

function refuse(reply: FastifyReply, status: number, error: ControlError): FastifyReply {
  return reply.code(status).send({ error });
}

// The loopback names of this machine, with any port, so that forwarded ports work too.
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i;

/**
 * Why a web page may have caused a request; undefined if it cannot have.
 *
 * A page may send a POST to any host, with its own origin in `Origin`. If it makes its host name resolve to
 * 127.0.0.1 (DNS rebinding), it can also read the answer, but `Host` then contains that name.
 */
function foreignSource({ host = '', origin }: FastifyRequest['headers']): string | undefined {
  if (!LOOPBACK.test(host)) return `Host must be a loopback address, got "${host}"`;
  if (origin === undefined || origin.toLowerCase() === `http://${host.toLowerCase()}`) {
    return undefined;
  }
  return `Origin must be missing or the simulator's own, got "${origin}"`;
}

/** Refuses a request that a web page may have caused; undefined if it is allowed. */
function refuseForeign(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
  const fault = foreignSource(request.headers);
  if (fault === undefined) return undefined;
  const message = `Control endpoints refuse requests from web pages: ${fault}`;
  return refuse(reply, 403, { code: 'ForbiddenControlRequest', message, faults: [fault] });
}

type Parsed = { readonly body: unknown } | { readonly faults: readonly string[] };

/** The JSON in a body; no body counts as an empty object. */
function parsed(text: unknown, rule: Rule | undefined): Parsed {
  let body: unknown = {};
  if (rule === undefined) return { body };
  try {
    if (typeof text === 'string' && text.trim() !== '') body = parseJson(text);
  } catch (cause) {
    return { faults: [`the body must be JSON: ${String(cause)}`] };
  }
  const faults = faultsIn(body, rule, 'body');
  return faults.length > 0 ? { faults } : { body };
}

/** Adds the control endpoints. Their requests are neither recorded nor counted. */
export function addControlRoutes(server: FastifyInstance, api: SimulatedApi): void {
  for (const { method, path, body: rule, query: queryRule, handle } of endpoints) {
    server.route({
      method,
      url: `${CONTROL}${path}`,
      onRequest: async (request, reply) => refuseForeign(request, reply),
      handler: (request, reply) => {
        const query = Object.fromEntries(new URL(request.originalUrl, api.origin).searchParams);
        const faults = faultsIn(query, queryRule, 'query');
        const read = faults.length > 0 ? { faults } : parsed(request.body, rule);
        if ('faults' in read) {
          const message = read.faults.join('; ');
          return refuse(reply, 400, { code: 'InvalidControlRequest', message, ...read });
        }
        const answer = handle({ api, body: read.body, query });
        return answer === undefined ? reply.code(204).send() : reply.send(answer);
      },
    });
  }
}

/** Whether a URL is below the path of the control endpoints. */
export function isControl(url: string): boolean {
  return new RegExp(`^${CONTROL}([/?]|$)`, 'i').test(url);
}

/** Answers a control path that does not exist. */
export function refuseUnknown(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refused = refuseForeign(request, reply);
  if (refused !== undefined) return refused;
  return refuse(reply, 404, {
    code: 'UnknownControlEndpoint',
    message: `There is no such control endpoint; GET ${CONTROL} lists them.`,
    faults: [],
  });
}
