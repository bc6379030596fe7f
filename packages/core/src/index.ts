export type { ErrorCode } from './catalogue/codes.ts';
export { catalogue, lookup } from './catalogue/codes.ts';
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
export { formatMessage } from './catalogue/message.ts';
export { operations } from './catalogue/operations.ts';
export { operationFor } from './catalogue/routes.ts';
export type { Clock, Timer } from './clock.ts';
export type { Failure, FailureSource } from './failure/failure.ts';
export type { MetricCode } from './failure/metric-code.ts';
export { metricCode, metricCodes } from './failure/metric-code.ts';
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
  Observer,
  RetryScheduled,
  ThrottleWait,
  WaitSource,
} from './observe/observer.ts';
export type { Random } from './random.ts';
