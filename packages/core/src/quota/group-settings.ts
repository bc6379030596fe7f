import type { Clock } from '../clock.ts';
import type { QuotaChange } from '../observe/quota.ts';
import type { CallLimitSettings } from './call-limits.ts';
import type { GroupLimits } from './limits.ts';
import type { ShareCount } from './shared-count.ts';

export interface GroupSettings extends CallLimitSettings {
  readonly limits: GroupLimits;
  readonly maxWaiting: number;
  /** Whether a 429 pauses the group. */
  readonly pause: boolean;
}

/** What a group depends on. */
export interface GroupDependencies {
  readonly clock: Clock;
  changed(change: QuotaChange): void;
  /** Called when the pause is over, no call waits, and every released call was answered. */
  idle(): void;
  /** Creates the group's count in a store; undefined: this process counts alone. */
  readonly share: ShareCount | undefined;
}
