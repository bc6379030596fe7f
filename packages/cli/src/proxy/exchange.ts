import type { IncomingMessage, ServerResponse } from 'node:http';
import { classify, type Failure, failureOf } from '@defender-resilience/core';
import type { Dispatcher } from 'undici';
import { failureAnswer } from './failure-answer.ts';
import { endToEnd, responsePairs } from './headers.ts';
import { type OwnAnswer, refusal, sendOwn } from './refusal.ts';

type Controller = Dispatcher.DispatchController;

/** Why the proxy ended a call. */
const CLIENT_GONE: Error = new Error('The client has ended its request');
const CLIENT_STALLED: Error = new Error('The client takes no data');

/** A reason phrase that Node sends. Nobody reads it, so any other is left out. */
const REASON = /^[\t\x20-\x7e]+$/;

/** What an exchange needs of its proxy. */
export interface ExchangeSettings {
  /** The upstream's host, for messages. */
  readonly host: string;
  /** For how long a client may take nothing of a response, in milliseconds. */
  readonly clientStallMs: number;
  /** Says how the answer differs where the body was too long; undefined where it was not. */
  readonly bodyFault: () => OwnAnswer | undefined;
}

/** One request and its response, which streams at the pace of the client. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** How often the request was sent. */
  attempts = 0;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #settings: ExchangeSettings;
  #controller: Controller | undefined = undefined;
  #ended: Error | undefined = undefined;
  /** A response without one is complete with its headers, whatever its connection does then. */
  #hasBody = true;
  /** Whether the headers were handed to the connection, and not only to the response. */
  #headersWritten = false;
  #stall: NodeJS.Timeout | undefined = undefined;

  constructor(request: IncomingMessage, response: ServerResponse, settings: ExchangeSettings) {
    this.#request = request;
    this.#response = response;
    this.#settings = settings;
    response.on('drain', () => this.#resume());
    response.once('close', () => {
      clearTimeout(this.#stall);
      if (!response.writableFinished) this.abort(CLIENT_GONE);
    });
  }

  /** Ends the call: nothing more is sent, and nothing more is read. */
  abort(reason: Error): void {
    this.#ended ??= reason;
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Controller): void {
    this.#controller = controller;
    if (this.#ended !== undefined) controller.abort(this.#ended);
  }

  onResponseStart(
    controller: Controller,
    status: number,
    headers: Readonly<Record<string, unknown>>,
    message?: string,
  ): void {
    // Informational responses are between two connections; 100 Continue was sent when it was asked for.
    if (status < 200) return;
    const response = this.#response;
    response.sendDate = false;
    const pairs = endToEnd(responsePairs(controller.rawHeaders, headers));
    pairs.push(...this.#added(failureOf(headers)));
    // A connection on which the rest of a body will come is of no further use.
    if (!this.#request.complete) pairs.push('connection', 'close');
    this.#hasBody = status !== 204 && status !== 304 && this.#request.method !== 'HEAD';
    response.writeHead(status, REASON.test(message ?? '') ? message : '', pairs);
    process.nextTick(() => this.#flushHeaders());
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    this.#headersWritten = true;
    if (this.#response.write(chunk)) return;
    controller.pause();
    this.#stall ??= setTimeout(() => {
      this.abort(CLIENT_STALLED);
      this.#response.destroy();
    }, this.#settings.clientStallMs);
  }

  onResponseEnd(): void {
    this.#headersWritten = true;
    this.#response.end();
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.fail(error);
  }

  /** Answers with an error, or ends a response that has begun. */
  fail(error: unknown): void {
    const response = this.#response;
    if (response.headersSent && !this.#hasBody) response.end();
    // The client sees that the response is not complete.
    else if (response.headersSent) response.destroy();
    else if (!response.destroyed) this.#answer(error);
  }

  #answer(error: unknown): void {
    const fault = this.#settings.bodyFault();
    const answer = fault ?? this.#failureAnswer(error);
    const extra = {
      ...answer.headers,
      'x-defender-attempts': String(this.attempts),
      ...((fault !== undefined || !this.#request.complete) && { connection: 'close' }),
    };
    sendOwn(this.#response, { ...answer, headers: extra });
  }

  #failureAnswer(error: unknown): OwnAnswer {
    const failure = failureOf(error) ?? classify(error);
    if (failure !== undefined) return failureAnswer(failure, this.#settings.host);
    return refusal(502, 'Unknown', 'The proxy could not forward the request.');
  }

  /** The proxy's own headers, names and values in turn. */
  #added(failure: Failure | undefined): string[] {
    const added = ['x-defender-attempts', String(this.attempts)];
    if (failure === undefined) return added;
    const { code, trackingId } = failure;
    added.push('x-defender-code', printable(code));
    if (trackingId !== undefined) added.push('x-defender-tracking-id', printable(trackingId));
    return added;
  }

  /** A body that is there already is written together with the headers; one that is not must not hold them up. */
  #flushHeaders(): void {
    if (this.#headersWritten || this.#response.destroyed) return;
    this.#headersWritten = true;
    this.#response.flushHeaders();
  }

  #resume(): void {
    clearTimeout(this.#stall);
    this.#stall = undefined;
    this.#controller?.resume();
  }
}

/** As much of a text as a header may have: it comes from a body. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
