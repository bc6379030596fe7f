import { Refusal } from '../answer.ts';

/** The refusal of a query that cannot be read, in the live service's words; two full stops and all. */
export function syntaxError(sentence: string): Refusal {
  return new Refusal('BadRequest', { message: `${sentence}. Fix syntax errors in your query.` });
}

/** The refusal of a query that names what there is not. */
export function semanticError(sentence: string): Refusal {
  return new Refusal('BadRequest', { message: `${sentence}. Fix semantic errors in your query.` });
}
