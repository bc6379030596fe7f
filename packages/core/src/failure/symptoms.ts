/** What a message tells beyond its code. It never changes the verdict: messages may change. */
export interface Symptom {
  readonly status: number;
  readonly pattern: RegExp;
  readonly advice: string;
  /** For a 401 that no new token can mend. */
  readonly refreshUseless?: true;
}

const LICENCE_ADVICE =
  'The token is good, but the tenant has no licence for this API or its service is not active, so a new token will not help: check the tenant’s licences in the Microsoft 365 admin center (Billing > Licenses) and that it is onboarded in the Defender portal.';

const SMALLER_QUERY_ADVICE =
  'Hunting ran out of resources, and will do so again with the same query: narrow its time range, filter before joining, project fewer columns, and limit or summarize the result.';

/** The refusals that share a code with others and need an advice of their own. */
const SYMPTOMS: readonly Symptom[] = [
  {
    // https://github.com/MicrosoftDocs/microsoft-365-docs/issues/12426
    status: 401,
    pattern: /account mode is inactive|\bno \w+ licen[cs]e\b|account is not provisioned/i,
    advice: LICENCE_ADVICE,
    refreshUseless: true,
  },
  {
    status: 403,
    pattern: /tenant is not onboarded|account is not provisioned/i,
    advice: LICENCE_ADVICE,
  },
  {
    // https://learn.microsoft.com/defender-xdr/advanced-hunting-errors
    status: 400,
    pattern:
      /exceeded the allowed (?:result size|limits)|was preempted|exceeded the timeout period|excessive resource consumption/i,
    advice: SMALLER_QUERY_ADVICE,
  },
];

/** The symptom that a message shows; undefined for the usual. */
export function symptomOf(status: number, message: string): Symptom | undefined {
  return SYMPTOMS.find((row) => row.status === status && row.pattern.test(message));
}
