import type { Dispatcher } from 'undici';

type Handler = Dispatcher.DispatchHandler;
type Arguments<Name extends keyof Handler> = Parameters<NonNullable<Handler[Name]>>;

/**
 * Fails an attempt whose response has a transfer coding other than chunked, such as gzip. A transfer coding
 * applies to a single connection, so the client would unknowingly receive encoded bytes, and the proxy
 * has not asked for any (RFC 9110, section 10.1.4).
 */
export const refuseTransferCodings: Dispatcher.DispatcherComposeInterceptor =
  (dispatch) => (options, handler) =>
    dispatch(options, new CodingCheck(handler));

class CodingCheck implements Handler {
  readonly #handler: Handler;

  constructor(handler: Handler) {
    this.#handler = handler;
  }

  onRequestStart(...args: Arguments<'onRequestStart'>): void {
    this.#handler.onRequestStart?.(...args);
  }

  onRequestUpgrade(...args: Arguments<'onRequestUpgrade'>): void {
    this.#handler.onRequestUpgrade?.(...args);
  }

  onResponseStart(...args: Arguments<'onResponseStart'>): void {
    const [controller, , headers] = args;
    // An array if there are several, despite the type.
    const coding: unknown = headers['transfer-encoding'];
    if (coding === undefined || String(coding).trim().toLowerCase() === 'chunked') {
      this.#handler.onResponseStart?.(...args);
    } else {
      controller.abort(unknownCoding());
    }
  }

  onResponseData(...args: Arguments<'onResponseData'>): void {
    this.#handler.onResponseData?.(...args);
  }

  onResponseEnd(...args: Arguments<'onResponseEnd'>): void {
    this.#handler.onResponseEnd?.(...args);
  }

  onResponseError(...args: Arguments<'onResponseError'>): void {
    this.#handler.onResponseError?.(...args);
  }
}

/** Has the parser's own error code, for a coding that the parser accepts. */
function unknownCoding(): Error {
  return Object.assign(new Error('The response has an unknown transfer coding'), {
    code: 'HPE_INVALID_TRANSFER_ENCODING',
  });
}
