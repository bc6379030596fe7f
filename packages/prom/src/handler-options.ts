import type { Resilience } from '@defender-resilience/core';
import {
  checkOptions,
  describe,
  type OptionRules,
  type Rule,
  where,
  withMethods,
} from '@defender-resilience/core/validation';
import type { RecentErrors } from './recent-errors.ts';

/** The options of `metricsHandler`. Every one has a default. */
export interface MetricsHandlerOptions {
  /**
   * The path of the metrics. It starts with a slash; a trailing slash makes no difference.
   *
   * @defaultValue `'/metrics'`
   */
  readonly path?: string;
  /**
   * The recent errors of an observer, `observer.recentErrors`, to serve as JSON. They contain tracking IDs, and
   * the handler authenticates nobody: expose it only to your own network.
   *
   * @defaultValue none are served
   */
  readonly recentErrors?: RecentErrors;
  /**
   * The path of the recent errors, if they are served. It starts with a slash and differs from `path`; a
   * trailing slash makes no difference.
   *
   * @defaultValue `'/debug/defender/errors'`
   */
  readonly recentErrorsPath?: string;
  /**
   * The wrapper, whose `snapshot()` is served as JSON next to the recent errors: circuits, pauses, quotas
   * and calls in flight, as `defender-resilience status` shows them. This path is not authenticated either.
   *
   * @defaultValue none is served
   */
  readonly resilience?: Pick<Resilience, 'snapshot'>;
  /**
   * The path of the snapshot, if it is served. It starts with a slash and differs from the other paths; a
   * trailing slash makes no difference.
   *
   * @defaultValue `'/debug/defender/snapshot'`
   */
  readonly snapshotPath?: string;
}

export const METRICS_PATH = '/metrics';
export const ERRORS_PATH = '/debug/defender/errors';
export const SNAPSHOT_PATH = '/debug/defender/snapshot';

const PATH = /^\/[^?#\s]*$/;

const path = where(
  'a path that starts with "/", such as "/metrics"',
  (value) => typeof value === 'string' && PATH.test(value),
);

const RULES: OptionRules & Readonly<Record<keyof MetricsHandlerOptions, Rule>> = {
  path,
  recentErrors: withMethods('observer.recentErrors', 'list'),
  recentErrorsPath: path,
  resilience: withMethods('the result of createResilience()', 'snapshot'),
  snapshotPath: path,
};

/** @throws TypeError that names every invalid option */
export function checkHandlerOptions(options: MetricsHandlerOptions): void {
  checkOptions('metricsHandler', RULES, options, () => pathFaults(options));
}

function pathFaults(options: MetricsHandlerOptions): readonly string[] {
  const { path = METRICS_PATH, recentErrors, recentErrorsPath, resilience, snapshotPath } = options;
  // A path that is not served may equal another one: it is only a default.
  const served: (readonly [name: string, path: string])[] = [['path', path]];
  if (recentErrors !== undefined || recentErrorsPath !== undefined) {
    served.push(['recentErrorsPath', recentErrorsPath ?? ERRORS_PATH]);
  }
  if (resilience !== undefined || snapshotPath !== undefined) {
    served.push(['snapshotPath', snapshotPath ?? SNAPSHOT_PATH]);
  }
  return served.flatMap(([name, one], index) =>
    served
      .slice(index + 1)
      .filter(([, other]) => withoutSlash(one) === withoutSlash(other))
      .map(
        ([otherName, other]) =>
          `${name} and ${otherName} must differ, got ${describe(one)} and ${describe(other)}`,
      ),
  );
}

export function withoutSlash(path: string): string {
  return path.replace(/\/$/, '');
}
