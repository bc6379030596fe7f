import { DefenderApiError } from '../../failure/errors.ts';
import type { Failure } from '../../failure/failure.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { FetchCall, type SendFetch } from '../fetch/fetch-call.ts';
import type { FetchRequest } from '../fetch/request.ts';
import { getHeader } from './headers.ts';

/** One request of a Microsoft SDK whose handlers work like fetch. */
export class SdkCall extends FetchCall {
  readonly #rejects: (response: Response) => boolean;

  /** The header in the latest attempt, after the SDK's own handlers. */
  #authorization: { readonly text: string | undefined } | undefined = undefined;

  /** @param rejects - whether the SDK cannot create a useful error from a response, so that it is rejected here */
  constructor(
    pipeline: Pipeline,
    request: FetchRequest,
    send: SendFetch,
    rejects: (response: Response) => boolean,
  ) {
    // Both SDKs read whole documents, so JSON is read before they get it. Observers see Kiota's calls as
    // Graph's.
    super(pipeline, request, send, true, 'graph');
    this.#rejects = rejects;
  }

  /** @param headers - the request's headers after all handlers */
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
