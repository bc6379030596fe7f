import type { Clock, MessageValues, Operation } from '@defender-resilience/core';
import type { TenantData } from './data/tenant-data.ts';
import type { HuntingRow } from './hunting/tables.ts';

/** The response to a call. A string body is sent as it is, anything else as JSON; undefined means no body. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** One request, as the route handlers see it. */
export interface Call {
  readonly method: string;
  /** The path as it was sent, without the query. */
  readonly path: string;
  /** The variable parts of the route. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as text; empty if there was none. */
  readonly bodyText: string;
  readonly operation: Operation;
  /** `http://127.0.0.1:port`, for the links in answers. */
  readonly origin: string;
  readonly data: TenantData;
  /** The rows of a hunting table; undefined if there is no such table. */
  readonly huntingRows: (table: string) => readonly HuntingRow[] | undefined;
  readonly clock: Clock;
  /** How long a quota's minute lasts, in milliseconds. */
  readonly minuteMs: number;
  readonly disabledFeatures: ReadonlySet<Feature>;
  readonly tokens: TokenIssuer;
  /** Waits by the simulator's clock; ends at once when the simulator stops. */
  sleep(ms: number): Promise<void>;
  /** Counts this call's execution time against its quota. */
  spend(ms: number): void;
}

/** Issues the tokens of the token endpoint. */
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

/** Thrown by a handler. The caller receives it in the error format of the service that it called. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: string;
  readonly details: ApiErrorDetails;

  constructor(code: string, details: ApiErrorDetails = {}) {
    super(details.message ?? code);
    this.code = code;
    this.details = details;
  }
}

/** The details of an error besides its code. */
export interface ApiErrorDetails {
  /** @defaultValue the status of the code in the catalogue */
  readonly status?: number;
  /** @defaultValue the catalogue's template, filled with `values` */
  readonly message?: string;
  readonly values?: MessageValues;
  readonly headers?: Readonly<Record<string, string>>;
  /** Further fields of Graph's `innerError`. */
  readonly inner?: Readonly<Record<string, string>>;
}

/** The error for an ID that does not exist: `Alert da12 was not found.` */
export function notFound(kind: string, id: string): ApiError {
  return new ApiError('ResourceNotFound', { values: { resource: `${kind} ${id}` } });
}

/** An answer with a JSON body. */
export function ok(body: unknown, status = 200): Answer {
  return { status, body };
}

/** The features that a tenant can disable: their calls then get `DisabledFeature`. */
export const FEATURES = [
  'advancedHunting',
  'automatedInvestigation',
  'customIndicators',
  'liveResponse',
] as const;

/** A feature that the tenant can disable. */
export type Feature = (typeof FEATURES)[number];

/** @throws ApiError if the tenant has disabled the feature */
export function requireFeature(call: Call, feature: Feature): void {
  if (call.disabledFeatures.has(feature)) throw new ApiError('DisabledFeature');
}
