import { headerReader } from '../failure/headers.ts';
import { safeGet, safeGetObject, safeGetString } from '../failure/safe-get.ts';
import { safeTrackingId } from '../failure/tracking-id.ts';
import type { HttpResponseInfo } from '../observe/observer.ts';

/** The headers with the service's own ID of the request: Azure's, and Graph's. */
const REQUEST_ID_HEADERS = ['x-ms-request-id', 'request-id'];

/** The paths to Node's `httpVersion`: in the response itself, in superagent's, and in axios's. */
const MESSAGES: readonly (readonly string[])[] = [[], ['res'], ['request', 'res']];

/**
 * Reads a response in any form, or an error that contains one, when an observer asks for it. Checks the shape,
 * so that no client needs to be imported.
 */
export class ResponseInfo implements HttpResponseInfo {
  readonly #response: unknown;

  /** @param outcome - the value or error of the client */
  constructor(outcome: unknown) {
    this.#response = safeGetObject(outcome, 'response') ?? outcome;
  }

  get requestId(): string | undefined {
    const header = headerReader(
      safeGet(this.#response, 'headers') ?? safeGet(this.#response, 'header'),
    );
    for (const name of REQUEST_ID_HEADERS) {
      const id = safeTrackingId(header(name));
      if (id !== undefined) return id;
    }
    return undefined;
  }

  get protocolVersion(): string | undefined {
    for (const path of MESSAGES) {
      const message = path.reduce<unknown>(safeGet, this.#response);
      const version = safeGetString(message, 'httpVersion');
      // Node says `2.0`, the conventions say `2`.
      if (version !== undefined && /^\d\.\d$/.test(version)) return version.replace('.0', '');
    }
    return undefined;
  }
}
