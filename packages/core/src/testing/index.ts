/**
 * For users' tests: a clock that moves only when the test moves it.
 *
 * @packageDocumentation
 */
export { type ManualClock, manualClock } from './manual-clock.ts';
