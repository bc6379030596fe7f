import { type Failure, type Operation, operationFor, operations } from '@defender-resilience/core';
import { type Diagnosis, diagnose } from './diagnose.ts';
import { absoluteUrl, type Exchange, present } from './exchange.ts';
import { meaningOf, reasonOf } from './reasons.ts';
import { withoutSecrets } from './redact.ts';
import { supportText } from './support.ts';

/** The output of `explain --json` for each error. Unknown fields are absent. */
export interface Explanation {
  /** False if it is unclear whether a retry helps: the code is unknown, or too much is missing. */
  readonly understood: boolean;
  readonly code: string;
  readonly status?: number;
  /** True if the input has no status: `status` is then the code's usual one. */
  readonly statusAssumed?: true;
  /** What the code means. */
  readonly meaning?: string;
  /** Whether sending the same request again can succeed. */
  readonly verdict?: 'retryable' | 'terminal';
  /** The reason for the verdict. */
  readonly reason?: string;
  /** How long the service asked to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** True if the request may have been carried out anyway. */
  readonly ambiguous?: true;
  /** The service's own message, without tokens. */
  readonly message?: string;
  /** The variable parts of the message. Names that end in `Ms` are milliseconds. */
  readonly values?: Readonly<Record<string, string | number | readonly string[]>>;
  /** The roles that the operation requires and the token lacks. */
  readonly missingRoles?: readonly string[];
  /** What is wrong with the names in the request's body. */
  readonly bodyMistake?: string;
  /** What to do next, the most specific first. */
  readonly nextSteps: readonly string[];
  /** Pages of Microsoft's documentation. */
  readonly docs: readonly string[];
  readonly operation?: string;
  /** The operation's method and route, without IDs. */
  readonly route?: string;
  readonly trackingId?: string;
  /** When it happened, as written in the input. */
  readonly time?: string;
  /** How many errors in the input have the same code and operation. Absent if there is only one. */
  readonly seen?: number;
  /**
   * A text for a support case. Contains only codes, names of operations, IDs and times, and nothing from the
   * request.
   */
  readonly support: string;
}

const NO_STATUS =
  'Give the HTTP status as well (--status 403), or the whole response as curl -i prints it: whether a retry helps depends on it.';

/** Explains one exchange; undefined if it contains no error. */
export async function explain(exchange: Exchange): Promise<Explanation | undefined> {
  const diagnosis = await diagnose(exchange);
  return diagnosis && describe(diagnosis, exchange);
}

/** Explains the failure of a call that this program made itself. */
export function describeFailure(failure: Failure, exchange: Exchange): Explanation {
  return describe({ failure }, exchange);
}

function describe(diagnosis: Diagnosis, exchange: Exchange): Explanation {
  const { failure, bodyMistake } = diagnosis;
  const operation = operationOf(exchange);
  const missingRoles = missingOf(failure);
  const explanation = present<Omit<Explanation, 'support'>>({
    ...named(diagnosis, exchange),
    meaning: failure.entry?.meaning ?? meaningOf(failure),
    ...(diagnosis.undecided ? {} : verdictOf(failure, operation)),
    message: messageOf(diagnosis, exchange),
    values: valuesOf(failure),
    missingRoles: missingRoles.length > 0 ? missingRoles : undefined,
    bodyMistake,
    nextSteps: stepsOf(diagnosis),
    docs: [...new Set([failure.entry?.docs, operation?.docs].filter((page) => page !== undefined))],
    operation: operation?.name ?? exchange.operation,
    route: operation?.route === undefined ? undefined : `${operation.method} ${operation.route}`,
    trackingId: failure.trackingId ?? exchange.trackingId,
    time: utc(exchange.time ?? timeInBody(exchange.body)),
  });
  return { ...explanation, support: supportText(explanation) };
}

type Name = Pick<Explanation, 'understood' | 'code' | 'status' | 'statusAssumed'>;

function named({ failure, undecided, statusAssumed }: Diagnosis, { code }: Exchange): Name {
  // Entra's numbers say more than the code in the same response.
  if (code?.startsWith('AADSTS')) return { understood: true, code };
  if (undecided)
    return { understood: false, code: failure.code === 'Http400' ? 'unknown' : failure.code };
  return present<Name>({
    understood: true,
    code: failure.code,
    status: failure.status,
    statusAssumed,
  });
}

function messageOf({ failure }: Diagnosis, { body }: Exchange): string | undefined {
  // A failure that was created from a code alone has no message of the service.
  return body === undefined || failure.message === '' ? undefined : withoutSecrets(failure.message);
}

/** Converts a time to UTC if it has a time zone, else returns it unchanged. */
function utc(time: string | undefined): string | undefined {
  if (time === undefined || !/(?:Z|GMT|UTC|[+-]\d\d:?\d\d)$/.test(time)) return time;
  const epoch = Date.parse(time.replace(',', time.includes('T') ? '.' : ','));
  return Number.isNaN(epoch) ? time : new Date(epoch).toISOString();
}

type Decided = Pick<Explanation, 'verdict' | 'reason' | 'retryAfterMs' | 'ambiguous'>;

function verdictOf(failure: Failure, operation: Operation | undefined): Decided {
  const { verdict, retryAfterMs, ambiguous } = failure;
  const reason = reasonOf(failure, operation);
  return present<Decided>({ verdict, reason, retryAfterMs, ambiguous });
}

function stepsOf({ failure, undecided, bodyMistake }: Diagnosis): readonly string[] {
  const { advice, entry } = failure;
  const steps = undecided ? [NO_STATUS] : [];
  for (const step of [bodyMistake ?? advice, bodyMistake && entry?.advice]) {
    if (step !== undefined && !(undecided && entry === undefined)) steps.push(step);
  }
  return steps;
}

function operationOf({ request, operation }: Exchange): Operation | undefined {
  if (request === undefined) return operations.find(({ name }) => name === operation);
  const url = URL.parse(absoluteUrl(request.url));
  if (url === null) return undefined;
  const { host, pathname: path } = url;
  const routed = { method: request.method, host, path };
  const direct = operationFor(routed);
  // The exchange went through a proxy, or to a simulator.
  return direct.route === undefined ? operationFor(routed, { [host]: 'all' }) : direct;
}

function missingOf({ values = {} }: Failure): readonly string[] {
  const granted = listOf(values['present']);
  return listOf(values['required']).filter((role) => !granted.includes(role));
}

function listOf(value: string | number | readonly string[] | undefined): readonly string[] {
  return typeof value === 'object' ? value : [];
}

function valuesOf({ values }: Failure): Explanation['values'] {
  if (values === undefined) return undefined;
  // Texts are not enumerable, because they may echo the request. Here its sender reads them.
  const names = Object.getOwnPropertyNames(values);
  const pairs = names.map((name) => [name, clean(values[name] ?? '')] as const);
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs);
}

function clean(value: string | number | readonly string[]): string | number | readonly string[] {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? withoutSecrets(value) : value.map(withoutSecrets);
}

/** Graph writes the time into the body, in UTC but without a time zone. */
function timeInBody(body: string | undefined): string | undefined {
  const date = /"date"\s*:\s*"(\d{4}-\d\d-\d\dT[\d:.]+)Z?"/.exec(body ?? '')?.[1];
  return date === undefined ? undefined : `${date}Z`;
}
