export type { ErrorCode } from './catalogue/codes.ts';
export { catalogue, findErrorCode } from './catalogue/codes.ts';
export type {
  BodyParameter,
  CatalogueEntry,
  ErrorClass,
  Family,
  MessageValues,
  Operation,
  Quota,
  VariableKind,
  Verdict,
} from './catalogue/entry.ts';
export type { HostMap } from './catalogue/hosts.ts';
export { operations } from './catalogue/operations.ts';
export { operationFor } from './catalogue/routes.ts';
export type { Fetch, WrapFetchOptions } from './clients/fetch/wrap-fetch.ts';
export type {
  AttemptFunction,
  ExecuteOptions,
  WrapOptions,
} from './clients/function/function-call.ts';
export type { Clock, Timer } from './clock.ts';
export { failureOf } from './failure/attach.ts';
export { failuresOf } from './failure/batch-failures.ts';
export type { ClassifyOptions } from './failure/classify.ts';
export { classify } from './failure/classify.ts';
export type { ErrorDetails } from './failure/errors.ts';
export {
  AttemptTimeoutError,
  CircuitOpenError,
  ClosedError,
  DeadlineExceededError,
  DefenderApiError,
  ResilienceError,
  ThrottledError,
} from './failure/errors.ts';
export type { Failure, FailureSource, ProviderFailure } from './failure/failure.ts';
export type { MetricCode } from './failure/metric-code.ts';
export { metricCode, metricCodes } from './failure/metric-code.ts';
export type { ThrottleCause, ThrottleRefusal } from './failure/own-failures.ts';
export type { ConsoleLogger, LogObserverOptions, PinoLogger } from './observe/log.ts';
export { logObserver } from './observe/log.ts';
export type {
  AttemptEnd,
  AttemptObserver,
  AttemptStart,
  CallEnd,
  CallObserver,
  CallOutcome,
  CallStart,
  CircuitChange,
  CircuitState,
  ClientKind,
  GiveUpReason,
  HttpRequestInfo,
  HttpResponseInfo,
  Observer,
  RetryScheduled,
  ThrottleWait,
  WaitSource,
} from './observe/observer.ts';
export type {
  QuotaChange,
  QuotaCounting,
  QuotaState,
  QuotaWindow,
  ReadQuotas,
} from './observe/quota.ts';
export { combineQuotas } from './observe/quota.ts';
export type {
  OperationOptions,
  RefreshContext,
  RefreshedToken,
  RefreshToken,
  ResilienceOptions,
  RetrySettings,
  TokenIdentity,
} from './options/options.ts';
export type { QuotaOptions } from './options/quota.ts';
export type { AttemptContext } from './pipeline/call.ts';
export type { BackoffSettings } from './policy/backoff.ts';
export type { BudgetSettings } from './policy/budget.ts';
export type { CircuitSettings } from './policy/circuit.ts';
export type { ThrottleSettings } from './quota/gate.ts';
export type {
  LearnedLimit,
  QuotaNews,
  QuotaStore,
  StoreWindow,
  TakeAnswer,
  TakeRequest,
} from './quota/store.ts';
export type { Random } from './random.ts';
export type { CloseOptions, Resilience, ResilienceSnapshot } from './resilience.ts';
export { createResilience } from './resilience.ts';
