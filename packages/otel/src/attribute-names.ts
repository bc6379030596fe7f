export {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_REQUEST_RESEND_COUNT,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_NETWORK_PROTOCOL_VERSION,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from '@opentelemetry/semantic-conventions';

// Copied, as OpenTelemetry asks libraries to do: the incubating entry of the package may drop a name
// in any minor version. A test compares the copies with it.
export const ATTR_AZURE_SERVICE_REQUEST_ID = 'azure.service.request.id';
export const ATTR_URL_TEMPLATE = 'url.template';

export const ATTR_OPERATION = 'defender.operation';
export const ATTR_OUTCOME = 'defender.outcome';
export const ATTR_ATTEMPTS = 'defender.attempts';
export const ATTR_ATTEMPT = 'defender.attempt';
export const ATTR_GIVE_UP_REASON = 'defender.give_up_reason';
export const ATTR_ERROR_CODE = 'defender.error.code';
export const ATTR_ERROR_CLASS = 'defender.error.class';
export const ATTR_TRACKING_ID = 'defender.tracking_id';
export const ATTR_TRACKING_IDS = 'defender.tracking_ids';
export const ATTR_AMBIGUOUS = 'defender.ambiguous';
export const ATTR_RETRY_DELAY = 'defender.retry.delay_ms';
export const ATTR_RETRY_REASON = 'defender.retry.reason';
export const ATTR_RETRY_SOURCE = 'defender.retry.source';
export const ATTR_THROTTLE_DELAY = 'defender.throttle.delay_ms';
export const ATTR_CIRCUIT = 'defender.circuit';
export const ATTR_CIRCUIT_STATE = 'defender.circuit.state';
export const ATTR_CIRCUIT_TO = 'defender.circuit.to';
/** The event of a security provider that is missing from a partial response of Graph. */
export const EVENT_PROVIDER_MISSING = 'defender.provider.missing';
export const ATTR_PROVIDER = 'defender.provider';
export const ATTR_PROVIDER_STATUS = 'defender.provider.status';
export const ATTR_QUOTA_GROUP = 'defender.quota.group';
export const ATTR_QUOTA_PER = 'defender.quota.per';
