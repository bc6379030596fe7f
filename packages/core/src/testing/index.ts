/**
 * For the tests of whoever uses the wrapper: a clock that a test moves itself.
 *
 * @packageDocumentation
 */
export { type ManualClock, manualClock } from './manual-clock.ts';
