import type { ScriptStep } from '@defender-resilience/simulator';
import type { OperationName, Program } from './program.ts';

/** One due call. Minutes count back from the end of the history, which is 0. */
export interface Due {
  readonly tenant: string;
  readonly operation: OperationName;
  readonly minutesAgo: number;
}

/** What the service answers to a due call, and how many calls are made at once. */
export interface Answer {
  readonly steps?: readonly ScriptStep[];
  readonly atOnce?: number;
}

export type Scenario = (due: Due) => Answer;

export const TENANTS: readonly string[] = ['contoso', 'fabrikam', 'tailspin'];

/** How often each operation is polled, in minutes. */
const POLLS: readonly (readonly [operation: OperationName, minutes: number])[] = [
  ['incidents.list', 3],
  ['alerts.list', 3],
  ['machines.list', 5],
  ['hunting.run', 10],
];

const FORBIDDEN: Answer = { steps: [{ code: 'Forbidden' }] };
const DISABLED: Answer = { steps: [{ code: 'DisabledFeature' }] };
/** More than the wrapper tries. */
const DOWN: Answer = { steps: [{ status: 503, times: 'always' }], atOnce: 5 };
const FLAKY: Answer = { steps: [{ code: 'InternalServerError' }] };
const THROTTLED: Answer = {
  steps: [{ code: 'TooManyRequests', retryAfter: 20, times: 2 }],
  atOnce: 4,
};

/** An error that passes, now and then, and a mistake of the caller. */
export const quiet: Scenario = ({ tenant, operation, minutesAgo }) => {
  if (operation === 'incidents.list' && minutesAgo % 48 === 24) return FLAKY;
  const isMistake = tenant === 'tailspin' && operation === 'alerts.list' && minutesAgo % 100 === 70;
  return isMistake ? { steps: [{ code: 'InvalidInput' }] } : {};
};

/** One tenant of three loses a permission, and another one a feature. */
export const permissionLost: Scenario = (due) => {
  const { tenant, operation, minutesAgo } = due;
  if (tenant === 'fabrikam' && operation === 'incidents.list' && minutesAgo < 40) return FORBIDDEN;
  if (tenant === 'tailspin' && operation === 'alerts.list' && minutesAgo < 14) return DISABLED;
  return quiet(due);
};

/** The service answers 503 for most of an hour, and circuits open. */
export const serverErrors: Scenario = (due) => {
  const { tenant, operation, minutesAgo } = due;
  const isDown = operation === 'incidents.list' || operation === 'alerts.list';
  if (!isDown || minutesAgo > 50 || tenant === 'tailspin') return quiet(due);
  return minutesAgo % 4 === 3 ? FLAKY : DOWN;
};

/** Another application uses most of the quota. */
export const throttled: Scenario = (due) =>
  due.operation === 'alerts.list' && due.minutesAgo < 75 ? THROTTLED : quiet(due);

/** Everything at once, so that no panel is empty. */
export const trouble: Scenario = (due) => {
  const { tenant, operation, minutesAgo } = due;
  if (tenant === 'fabrikam') return permissionLost(due);
  if (tenant === 'contoso' && operation === 'alerts.list') return serverErrors(due);
  if (operation === 'machines.list' && minutesAgo % 15 === 2 && tenant === 'tailspin')
    return FORBIDDEN;
  return operation === 'alerts.list' ? throttled(due) : quiet(due);
};

/** Makes the calls that are due in a minute. */
export async function poll(
  { time, simulator, begin }: Program,
  minutesAgo: number,
  scenario: Scenario,
): Promise<void> {
  for (const [index, tenant] of TENANTS.entries()) {
    for (const [operation, minutes] of POLLS) {
      if ((minutesAgo + index) % minutes !== 0) continue;
      const { steps = [], atOnce = 1 } = scenario({ tenant, operation, minutesAgo });
      simulator.script(...steps);
      const calls = Array.from({ length: atOnce }, () => begin(tenant, operation));
      await time.settle(Promise.all(calls));
      // Answers that no call asked for are not for the next one.
      simulator.reset();
    }
  }
}
