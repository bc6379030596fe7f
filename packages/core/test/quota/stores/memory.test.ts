import { memoryQuotaStore } from '@defender-resilience/core/memory';
import { manualClock } from '../../../src/testing/index.ts';
import { storeContract } from './contract.ts';

storeContract('memory', () => {
  const clock = manualClock();
  return { store: memoryQuotaStore(clock), pass: (ms) => clock.advance(ms) };
});
