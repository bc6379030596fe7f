/**
 * Every number of the alerts. Shares are fractions of 1, windows PromQL durations.
 */
export const thresholds = {
  /** How often rules are evaluated. The burn rates' floor counts on it. */
  intervalSeconds: 60,

  /** How far back the counts of the spikes, of throttling and of server errors go. */
  window: '10m',

  /**
   * A code's errors are a spike when there are more than `factor` times what its own past leads to
   * expect, plus `slack`. The slack is what keeps a rare code from tripling by chance, and makes four
   * errors the fewest that are a spike: at one call a minute, four of ten.
   */
  spike: {
    factor: 3,
    slack: 3,
    /** No spike below this share of all calls. */
    share: 0.01,
    /** No spike below this many calls in the window. */
    operations: 5,
    /** The past that is compared with, and how long ago it ends: what lasts longer is no spike. */
    past: '1d',
    pastEnds: '1h',
    for: '2m',
  },

  /** A token that expired or was never valid fails every call. */
  unauthorized: { errors: 3, share: 0.05, for: '2m' },

  /** More than an occasional 429 at the edge of a quota. */
  throttled: { events: 3, share: 0.1, for: '10m' },

  circuitOpen: { for: '5m' },

  /** Calls that failed although they were tried again. */
  retriesExhausted: { calls: 3, share: 0.05, for: '2m' },

  /** Answers 5xx, whether or not a retry saved the call. */
  serverErrors: { attempts: 5, share: 0.2, for: '5m' },

  metricsAbsent: { for: '10m', past: '1d' },

  objective: {
    /** The share of valid calls that succeed. Faults of the caller are not valid calls. */
    success: 0.99,
    /** Nothing burns the budget with fewer faults than this in the long window. */
    faults: 5,
    /** The windows and factors of Google's SRE Workbook, chapter 5, table 5-8. */
    burns: [
      { factor: 14.4, short: '5m', long: '1h', for: '2m', severity: 'critical' },
      { factor: 6, short: '30m', long: '6h', for: '15m', severity: 'warning' },
      { factor: 1, short: '6h', long: '3d', for: '1h', severity: 'warning' },
    ],
  },
} as const;
