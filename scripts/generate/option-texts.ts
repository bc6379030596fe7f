/** What each numeric option does, for its row in the reference. */
export const OPTION_TEXTS: Readonly<Record<string, string>> = {
  attemptTimeoutMs:
    'The timeout of one attempt, until its response headers arrive. 60 s; for advanced hunting 240 s.',
  deadlineMs:
    'The timeout of a whole call with all its attempts and waits. 300 s; for advanced hunting 900 s.',
  'retry.maxRetries': 'The maximum number of retries. A call makes one more attempt than that.',
  'retry.initialDelayMs':
    'The median wait before the first retry. It doubles with each retry, with decorrelated jitter.',
  'retry.maxDelayMs': 'The maximum wait before a retry.',
  'retry.throttleInitialDelayMs':
    'The median wait before the first retry of a 429 without Retry-After. It doubles with each retry.',
  'retry.throttleMaxDelayMs': 'The maximum wait before a retry of a 429 without Retry-After.',
  'retry.maxRetryAfterMs':
    'Give up when Retry-After exceeds this: the call fails at once, and `retryAfterMs` of its failure is the wait.',
  'budget.ratio': 'The retry budget: how many retries are allowed per call of the last minute.',
  'budget.minPerMinute': 'The number of retries per minute that the retry budget always allows.',
  'circuit.failureRatio': 'The share of failed attempts, from 0 to 1, at which a circuit opens.',
  'circuit.minimumAttempts':
    'The minimum number of attempts in the window before a circuit can open.',
  'circuit.windowMs': 'Length of the sliding window in which a circuit counts attempts.',
  'circuit.openMs':
    'How long a circuit stays open the first time. It doubles each time the probe fails, plus up to 10 % jitter.',
  'circuit.maxOpenMs': 'The maximum time that a circuit stays open, before jitter.',
  'circuit.maxCircuits':
    'The maximum number of circuits that are kept; beyond it, the oldest closed one is forgotten.',
  'throttle.maxWaiting':
    'How many calls may wait in one quota group, for the end of a pause or for their turn. When it is full, a call with a higher priority displaces another; any others fail at once.',
  'quota.reserve': 'The share of each limit that is reserved for calls with a priority above 0.',
  'quota.minuteMs':
    "How long a quota's minute lasts; its hour is 60 of them. For tests against a simulator with shortened minutes.",
  'quota.transitMs':
    'The longest time that a call takes to arrive at the service, unless it is answered earlier.',
  'quota.expectedProcesses':
    'How many processes share `quota.store`; each sends its part of the limit while the store is unavailable. As many as the store saw recently; 8 if it was never reached.',
  'quota.storeTimeoutMs':
    'How long `quota.store` may be slow or fail before each process continues with its part of the limit.',
};
