import { absoluteUrl, type Exchange, type SentRequest } from './exchange.ts';
import { type Explanation, explain } from './explanation.ts';
import { readInput } from './read-input.ts';

/** What the user adds about the input, if it does not contain it. */
export interface Given {
  readonly status?: number;
  readonly request?: SentRequest;
}

/** The errors in an input. */
export interface Explained {
  /** Each different error once. */
  readonly explanations: readonly Explanation[];
  /** The input is the response of a request that succeeded. */
  readonly isSuccess: boolean;
}

/** Explains every error of an input. */
export async function explainAll(input: string, given: Given = {}): Promise<Explained> {
  const found = readInput(input);
  // Other text may still be the body of a response whose status is known.
  const exchanges = found.length === 0 && given.status !== undefined ? [{ body: input }] : found;
  const completed = exchanges.map((exchange) => complete(exchange, given));
  const explanations: Explanation[] = [];
  for (const exchange of completed) {
    const explanation = await explain(exchange);
    if (explanation !== undefined) explanations.push(explanation);
  }
  return {
    explanations: merged(explanations),
    isSuccess: explanations.length === 0 && completed.some(succeeded),
  };
}

function complete(exchange: Exchange, { status, request }: Given): Exchange {
  const sent = request ?? exchange.request;
  return {
    ...exchange,
    ...(exchange.status === undefined && status !== undefined ? { status } : {}),
    ...(sent === undefined ? {} : { request: { ...sent, url: absoluteUrl(sent.url) } }),
  };
}

function succeeded({ status = 0 }: Exchange): boolean {
  return status >= 200 && status < 400;
}

/** Merges explanations with the same code and operation: keeps the first, and counts them. */
function merged(explanations: readonly Explanation[]): readonly Explanation[] {
  const groups = new Map<string, Explanation[]>();
  for (const one of explanations) {
    const key = JSON.stringify([one.code, one.status, one.operation]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    return others.length === 0 ? [first] : [{ ...first, seen: others.length + 1 }];
  });
}
