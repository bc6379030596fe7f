import type { Clock, MessageValues, Operation } from '@defender-resilience/core';
import type { Feature } from './features.ts';
import type { World } from './world/world.ts';

/** What is sent back: a string goes out as it is, anything else as JSON, undefined as no body. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request, as the handlers see it. */
export interface Call {
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The variable parts of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; empty when there was none. */
  readonly bodyText: string;
  readonly operation: Operation;
  /** `http://127.0.0.1:port`, for the links in answers. */
  readonly origin: string;
  readonly world: World;
  readonly clock: Clock;
  /** How long a quota's minute lasts. */
  readonly minuteMs: number;
  readonly disabled: ReadonlySet<Feature>;
  readonly tokens: TokenIssuer;
  /** Waits on the simulator's clock; ends at once when the simulator stops. */
  sleep(ms: number): Promise<void>;
  /** Counts running time of this call against its quota. */
  spend(ms: number): void;
}

/** Gives a token for an application to call an API with. */
export interface TokenIssuer {
  readonly lifetimeMs: number;
  issue(grant: {
    readonly tenant: string;
    readonly app: string;
    readonly resource: string;
  }): string;
}

export type Handler = (call: Call) => Answer | Promise<Answer>;

/** One route: its path in the router's notation (`/api/machines/:id`). */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly handle: Handler;
}

/** Thrown by a handler that refuses a call: becomes the family's error answer. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: string;
  readonly details: RefusalDetails;

  constructor(code: string, details: RefusalDetails = {}) {
    super(details.message ?? code);
    this.code = code;
    this.details = details;
  }
}

/** What a refusal says beyond its code. */
export interface RefusalDetails {
  /** @defaultValue the status of the code in the catalogue */
  readonly status?: number;
  /** @defaultValue the catalogue's template, filled with `values` */
  readonly message?: string;
  readonly values?: MessageValues;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further fields of Graph's `innerError`. */
  readonly inner?: Readonly<Record<string, string>>;
}

/** A 200 with a JSON body. */
export function ok(body: unknown, status = 200): Answer {
  return { status, body };
}

/** Refuses what the tenant has switched off. */
export function requireFeature(call: Call, feature: Feature): void {
  if (call.disabled.has(feature)) throw new Refusal('DisabledFeature');
}
