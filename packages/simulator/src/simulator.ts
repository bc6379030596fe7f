import Fastify, { type FastifyInstance } from 'fastify';
import { Engine } from './engine.ts';
import { routes } from './families/routes.ts';
import type { OutageOptions } from './faults.ts';
import { type SimulatorOptions, settingsOf } from './options.ts';
import type { ReceivedRequest, RequestFilter } from './record.ts';
import type { PendingStep, ScriptStep } from './script.ts';

/** A running simulator: where to call it, what it received, and what it is to answer. */
export interface Simulator extends AsyncDisposable {
  /** `http://127.0.0.1:port`: the Defender XDR and MDE paths begin with `/api` below it. */
  readonly url: string;
  /** The base of Microsoft Graph's paths: `url` and `/v1.0`. */
  readonly graphUrl: string;
  /** The token endpoint of the simulated tenant. */
  readonly tokenUrl: string;
  /** Everything that was received, in order; the control endpoints excepted. */
  readonly requests: readonly ReceivedRequest[];
  /** The tracking IDs of all error answers, in order. */
  readonly trackingIds: readonly string[];
  /** The scripted answers that no call has asked for yet. */
  readonly pendingScript: readonly PendingStep[];
  /** How many requests were received that match every field of `filter`. */
  count(filter?: RequestFilter): number;
  /** Appends answers to the script. */
  script(...steps: ScriptStep[]): void;
  /** Makes every call fail, until `end()` is called or `durationMs` have passed. */
  outage(options?: OutageOptions): { end(): void };
  /** Forgets requests, script, faults that were added, outage, quotas used, and changed data. */
  reset(): void;
  /** @throws Error with a table of the scripted answers that nobody asked for. */
  assertScriptConsumed(): void;
  /**
   * Ends every connection and frees the port; a second call does nothing.
   *
   * @throws Error when scripted answers were never asked for, unless `ignoreUnconsumed` is set.
   */
  close(options?: { readonly ignoreUnconsumed?: boolean }): Promise<void>;
}

/** The real service takes `/api` and `/api/v1.0`, and OData's `alerts('id')` for `alerts/id`. */
function canonicalUrl(url: string): string {
  const [path = '', ...query] = url.split('?');
  const canonical = path
    .replace(/^\/api\/v1\.0(?=\/)/i, '/api')
    .replace(/\((?:'|%27)([^'%()]*)(?:'|%27)\)/gi, '/$1');
  return [canonical, ...query].join('?');
}

function serverFor(engine: Engine): FastifyInstance {
  const server = Fastify({
    forceCloseConnections: true,
    bodyLimit: 32 * 1024 * 1024,
    routerOptions: { caseSensitive: false, maxParamLength: 500 },
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
  server.setNotFoundHandler((request, reply) => engine.serve(undefined, request, reply));
  return server;
}

/**
 * Starts a stand-in for Microsoft's Defender APIs on 127.0.0.1.
 *
 * @throws RangeError when an option is not valid; the message names every such option.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const engine = new Engine(settingsOf(options));
  const server = serverFor(engine);
  engine.origin = await server.listen({ port: engine.settings.port, host: '127.0.0.1' });
  let closing: Promise<void> | undefined;

  const assertScriptConsumed = (): void => {
    const unconsumed = engine.script.unconsumed();
    if (unconsumed !== undefined) throw new Error(unconsumed);
  };
  const stop = async (): Promise<void> => {
    engine.stop();
    await server.close();
  };
  const close: Simulator['close'] = async ({ ignoreUnconsumed = false } = {}) => {
    if (closing !== undefined) return await closing;
    closing = stop();
    await closing;
    if (!ignoreUnconsumed) assertScriptConsumed();
  };

  return {
    url: engine.origin,
    graphUrl: `${engine.origin}/v1.0`,
    tokenUrl: `${engine.origin}/contoso.onmicrosoft.com/oauth2/v2.0/token`,
    get requests() {
      return engine.recorder.requests;
    },
    get trackingIds() {
      return engine.recorder.trackingIds;
    },
    get pendingScript() {
      return engine.script.pending;
    },
    count: (filter) => engine.recorder.count(filter),
    script: (...steps) => engine.script.append(steps),
    outage: (outage = {}) => engine.outage(outage),
    reset: () => engine.reset(),
    assertScriptConsumed,
    close,
    [Symbol.asyncDispose]: () => close(),
  };
}
