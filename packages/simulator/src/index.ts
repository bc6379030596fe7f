/**
 * A local stand-in for Microsoft's Defender APIs: real HTTP on loopback, documented errors and
 * quotas, faults on demand.
 *
 * @packageDocumentation
 */
export type { FaultOptions, OutageOptions } from './faults.ts';
export type { SimulatorOptions } from './options.ts';
export type { QuotaOption } from './quotas.ts';
export type { Answered, ReceivedRequest, RequestFilter } from './record.ts';
export type { PendingStep, ScriptStep, ScriptStepDetails, StepAction } from './script.ts';
export { type Simulator, startSimulator } from './simulator.ts';
