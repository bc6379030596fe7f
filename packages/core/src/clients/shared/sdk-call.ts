import { DefenderApiError } from '../../failure/errors.ts';
import type { Failure } from '../../failure/failure.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { FetchCall, type SendFetch } from '../fetch/fetch-call.ts';
import type { FetchRequest } from '../fetch/request.ts';
import { getHeader } from './headers.ts';

/** One request of a Microsoft SDK whose handlers work as fetch does. */
export class SdkCall extends FetchCall {
  readonly #rejects: (response: Response) => boolean;

  /** What the SDK's own handlers made of the header in the latest attempt. */
  #authorization: { readonly text: string | undefined } | undefined = undefined;

  /** @param rejects - the responses that the SDK cannot make a useful error of, which are rejected here */
  constructor(
    pipeline: Pipeline,
    request: FetchRequest,
    send: SendFetch,
    rejects: (response: Response) => boolean,
  ) {
    // Both SDKs read whole documents, so JSON is read ahead of them. Observers see Kiota's calls as Graph's.
    super(pipeline, request, send, true, 'graph');
    this.#rejects = rejects;
  }

  /** @param headers - those of the request after all handlers have seen it */
  noteHeaders(headers: unknown): void {
    this.#authorization = { text: getHeader(headers, 'authorization') };
  }

  override sentAuthorization(settled?: unknown): string | undefined {
    const noted = this.#authorization;
    return noted === undefined ? super.sentAuthorization(settled) : noted.text;
  }

  override toError(response: Response, failure: Failure): DefenderApiError | undefined {
    if (!this.#rejects(response)) return undefined;
    const error = new DefenderApiError(failure, { operation: this.name, cause: response });
    return Object.assign(error, {
      responseStatusCode: response.status,
      responseHeaders: Object.fromEntries(
        [...response.headers].map(([name, value]) => [name, [value]]),
      ),
    });
  }
}
