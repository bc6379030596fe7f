/**
 * A local stand-in for Microsoft's Defender APIs: real HTTP on loopback, documented errors and
 * quotas, faults on demand.
 *
 * @packageDocumentation
 */
export type { Addresses } from './addresses.ts';
export type { Feature } from './call.ts';
export type { FaultOptions, OutageOptions } from './faults.ts';
export type { HuntingResults, HuntingRow } from './hunting/tables.ts';
export type { SimulatorOptions } from './options.ts';
export type { QuotaLimits, WindowUsage } from './quota/group-quota.ts';
export type { QuotaOption, QuotaUsage } from './quota/quotas.ts';
export type { Answered, ReceivedRequest, RecordMode, RequestFilter } from './record.ts';
export { redactAuthorization } from './redaction.ts';
export type { PendingStep, ScriptStep, ScriptStepDetails, StepAction } from './script.ts';
export { type Simulator, startSimulator } from './simulator.ts';
