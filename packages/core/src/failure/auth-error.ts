import { aadstsCodes, entraAdvice } from './entra.ts';
import type { Failure } from './failure.ts';
import { codeOf, failureOfParts } from './http-failure.ts';
import { safeGet, safeGetString } from './safe-get.ts';
import { cleanMessage } from './text.ts';
import { chooseTrackingId } from './tracking-id.ts';

/** What MSAL calls its own trouble with the network. */
const NETWORK: ReadonlySet<string> = new Set([
  'network_error',
  'no_network_connectivity',
  'endpoints_resolution_error',
  'openid_config_error',
]);

/** What Entra says when it cannot answer just now. */
const PASSING: ReadonlySet<string> = new Set([
  'temporarily_unavailable',
  'service_not_available',
  'server_error',
  'request_timeout',
]);

const noHeader = (): undefined => undefined;

/** What an error of MSAL says, which keeps only parts of Entra's answer; undefined for any other. */
export function failureOfAuth(error: object, now: () => number): Failure | undefined {
  const saidCode = safeGetString(error, 'errorCode');
  const said = safeGetString(error, 'errorMessage');
  if (saidCode === undefined || said === undefined) return undefined;
  const message = cleanMessage(said);
  const otherId = safeGetString(error, 'correlationId');
  const entra = aadstsCodes(message);
  const status = safeGet(error, 'status');
  if (typeof status === 'number' && status >= 400) {
    const body = { origin: 'api', code: saidCode, message, otherId, entra } as const;
    return failureOfParts(status, noHeader, body, now);
  }
  const trackingId = chooseTrackingId([], noHeader, otherId);
  const network = NETWORK.has(saidCode);
  return Object.freeze({
    code: codeOf(undefined, network ? undefined : saidCode).code,
    message,
    ...(trackingId === undefined ? {} : { trackingId }),
    verdict: network || PASSING.has(saidCode) ? 'retryable' : 'terminal',
    source: network ? 'network' : 'api',
    advice: entraAdvice(entra),
  });
}
