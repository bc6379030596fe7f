/**
 * For the tests of whoever uses the wrapper: a clock that stands still until it is told to go on.
 *
 * @packageDocumentation
 */
export { type ManualClock, manualClock } from './manual-clock.ts';
