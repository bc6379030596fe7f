import type { IncomingMessage, ServerResponse } from 'node:http';
import { classify, type Failure, failureOf } from '@defender-resilience/core';
import type { Dispatcher } from 'undici';
import { failureAnswer } from './failure-answer.ts';
import { endToEnd, responsePairs } from './headers.ts';
import { type OwnAnswer, refusal, sendOwn } from './refusal.ts';

type Controller = Dispatcher.DispatchController;

/** The reasons for which the proxy ends a call. */
const CLIENT_GONE: Error = new Error('The client has disconnected');
const CLIENT_STALLED: Error = new Error('The client has stopped reading');

/** A reason phrase that Node accepts. Any other is left out, because nobody reads it. */
const REASON = /^[\t\x20-\x7e]+$/;

/** The settings that an exchange needs from its proxy. */
export interface ExchangeSettings {
  /** The upstream's host, for messages. */
  readonly host: string;
  /** How long a client may stop reading a response, in milliseconds. */
  readonly clientStallMs: number;
  /** Returns the answer to a body that was too long; undefined if it was not. */
  readonly bodyFault: () => OwnAnswer | undefined;
}

/** One request and its response, which streams at the client's pace. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** How many times the request was sent. */
  attempts = 0;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #settings: ExchangeSettings;
  #controller: Controller | undefined = undefined;
  #ended: Error | undefined = undefined;
  /** A response without a body is complete with its headers, even if the connection then breaks. */
  #hasBody = true;
  /** Whether the headers were written to the connection, not only to the response. */
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
    // Informational responses are per connection; the proxy has already sent 100 Continue if it was requested.
    if (status < 200) return;
    const response = this.#response;
    response.sendDate = false;
    const pairs = endToEnd(responsePairs(controller.rawHeaders, headers));
    pairs.push(...this.#added(failureOf(headers)));
    // A connection on which the rest of a body would arrive cannot be reused.
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
    // Shows the client that the response is incomplete.
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

  /** The proxy's own headers, as alternating names and values. */
  #added(failure: Failure | undefined): string[] {
    const added = ['x-defender-attempts', String(this.attempts)];
    if (failure === undefined) return added;
    const { code, trackingId } = failure;
    added.push('x-defender-code', printable(code));
    if (trackingId !== undefined) added.push('x-defender-tracking-id', printable(trackingId));
    return added;
  }

  /** Writes the headers together with a body that has already arrived, but does not wait for one that has not. */
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

/** Makes a text from a body safe for a header. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
