import type { Clock, MessageValues, Operation } from '@defender-resilience/core';
import type { World } from './world.ts';

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
}

export type Handler = (call: Call) => Answer;

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
}

/** A 200 with a JSON body. */
export function ok(body: unknown, status = 200): Answer {
  return { status, body };
}
