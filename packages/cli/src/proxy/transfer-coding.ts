import type { Dispatcher } from 'undici';

type Handler = Dispatcher.DispatchHandler;
type Arguments<Name extends keyof Handler> = Parameters<NonNullable<Handler[Name]>>;

/**
 * Fails an attempt whose response has another transfer coding than chunked, such as gzip. A coding is of one connection, so
 * the client would get coded bytes, and no word of it; and the proxy has not asked for any (RFC 9110, section 10.1.4).
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
    // An array where there are several, whatever the type says.
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

/** With the code of the parser, for what the parser lets pass. */
function unknownCoding(): Error {
  return Object.assign(new Error('The response has an unknown transfer coding'), {
    code: 'HPE_INVALID_TRANSFER_ENCODING',
  });
}
