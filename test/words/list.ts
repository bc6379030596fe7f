/** A word or phrase of our own making, and the field's word or plain English for it. */
export interface Word {
  readonly find: RegExp;
  readonly write: string;
  /** Where it is banned; everywhere without it. */
  readonly within?: RegExp;
}

const CORE = /^packages\/core\//;
const PROM = /^packages\/prom\//;

/** Names that once stood in the code. */
const NAMES: readonly Word[] = [
  { find: /\b(?:askLeave|leaveAtOnce)\b/, write: 'acquirePermit, tryAcquirePermit' },
  { find: /\bgiveBack\b/, write: 'recordOutcome' },
  { find: /\bAT_ONCE\b/, write: 'NO_PERMIT_NEEDED' },
  { find: /\bLeave\b(?! (?:out|the|it|them|a|one|two|your|no)\b)/, write: 'Permit', within: CORE },
  { find: /\bTicket\b/, write: 'Permit', within: CORE },
  { find: /\bApplicant\b/, write: 'PermitRequest' },
  { find: /\bRefusal\b/, write: 'Rejection', within: /^packages\/core\/src\/pipeline\// },
  { find: /\bEngine\b/, write: 'Pipeline', within: CORE },
  { find: /\b(?:CallPlan|CallFacts)\b/, write: 'ClientCall, CallSpec' },
  { find: /\b(?:Judged|judge|judgeError)\b/, write: 'Classification, classifyOutcome' },
  { find: /\bwithDoubt\b/, write: 'markAmbiguous' },
  { find: /\bIN_DOUBT\b/, write: 'AMBIGUOUS' },
  { find: /\b(?:LATER|NEVER)\b/, write: 'RETRYABLE, NON_RETRYABLE', within: CORE },
  { find: /\bfinalFailure\b/, write: 'reportedFailure' },
  { find: /\b(?:class|new|interface|type) Retrying\b/, write: 'RetryState' },
  {
    find: /\b(?:Surrounding|GivenUp|underWay)\b/,
    write: 'AttemptScope, NestedFailure, activeCalls',
  },
  { find: /\b(?:goOn|settleLike|givenBy)\b/, write: 'runLoop, settledValue' },
  { find: /\bmoment\(/, write: 'failureCount' },
  { find: /\bnobody\(|[=?] nobody\b/, write: 'noop' },
  {
    find: /(?<!\b(?:is|are|was|were|be) )\b(?:told|Told|toldWait)\b(?=[(,;:)]| =)/,
    write: 'retryAfter, announced',
  },
  { find: /\b(?:Situation|Means)\b/, write: 'RetryContext, RetryDependencies', within: CORE },
  {
    find: /\b(?:SendLog|Fleet|Heard|Companions|AWAY)\b/,
    write: 'SlidingWindowLog, PeerChannel, …',
  },
  { find: /\bRunningTime\b/, write: 'ExecutionTimeBudget', within: CORE },
  { find: /\b(?:Slip|body-slip|bodySlip)\b/, write: 'BodyMistake, body-hints' },
  { find: /\b(?:carriedBy|tokenUseless|peek)\b/, write: 'relatedObjects, refreshUseless, safeGet' },
  { find: /\b(?:letGo|linkBody)\b/, write: 'dispose, abortBodyOnSignal' },
  {
    find: /\b(?:handOn|freshHeaders|passesThrough)\b/,
    write: 'forward, cloneHeaders, shouldBypass',
  },
  { find: /\b(?:SentBody|KeptBody)\b/, write: 'ReplayableBody' },
  { find: /\bshowToGraph\b/, write: 'annotateResponse' },
  {
    find: /\bclass (?:Cell|Both)\b|\bfound2\b/,
    write: 'Series, CombinedObserver, memoize',
    within: PROM,
  },
  { find: /\bmeet\(/, write: 'ensureSeries' },
];

/** Names that users knew. CHANGELOG.md and the changesets name them. */
const OLD_API: readonly Word[] = [
  { find: /\blookup\(/, write: 'findErrorCode' },
  { find: /\bAttempted\b/, write: 'AttemptFunction' },
  { find: /\berrors: '(?:return|throw)'/, write: 'throwHttpErrors' },
  { find: /\breplayable\??: (?:boolean|true|false)\b/, write: 'idempotent' },
  { find: /\bgaveUp\b/, write: 'giveUpReason' },
  { find: /\bresilientInterceptor\b/, write: 'undiciInterceptor' },
  { find: /\bGateSettings\b/, write: 'ThrottleSettings' },
  {
    find: /(?:counting: |counting === )'share'/,
    write: "'fallback'",
    within: /^(?:packages\/(?:core|otel|prom)|docs|examples)\//,
  },
  { find: /\bwrapAxios\(axios/, write: 'wrapAxios(resilience, instance)' },
];

/** Turns of phrase that read as translated. */
const PHRASES: readonly Word[] = [
  { find: /\bin doubt\b/i, write: 'ambiguous: the request may have been carried out' },
  { find: /\b(?:lets?|letting) (?:it |them |whom |him |a call )?go\b/i, write: 'releases' },
  { find: /\bleave (?:that binds|to send)\b|\bgives? leave\b|\bleave back\b/i, write: 'a permit' },
  { find: /\bhand(?:s|ed|ing)? on\b/i, write: 'forwards' },
  { find: /\bborn\b/i, write: 'starts with, is created by' },
  { find: /\bbears?\b/i, write: 'has, carries' },
  { find: /\bhouse (?:rules?|style)\b/i, write: 'rules of the code base' },
  {
    find: /\b(?:the|its|each|every|earlier|later|other|own) rooms?\b|\brooms of\b/i,
    write: 'folder',
  },
  { find: /\bthe way of (?:a|the|one) call\b/i, write: 'how a call runs' },
  { find: /\bwhom to tell\b|\btells? whom\b/i, write: 'the receiver' },
  {
    find: /\btold (?:wait|limit|delay)s?\b/i,
    write: 'Retry-After, the limit that the service announced',
  },
  {
    find: /\b(?:tells?|told) (?:a|the|no|its|another|real|how long) (?:\w+ )?(?:wait|limit|delay)/i,
    write: 'says, sends',
  },
  { find: /\btells? none\b|\bthan told\b|\bwho told it\b/i, write: 'says none, than Retry-After' },
  { find: /\b(?:is|are|was|were|be) told\b(?! apart\b)/i, write: 'receives; or say who says what' },
  { find: /\boptions? that do(?:es)? not hold\b/i, write: 'invalid options' },
  { find: /\bnone of (?:Defender|Microsoft|ours)\b/i, write: 'other hosts' },
  { find: /\bholds? with\b/i, write: 'belongs to, applies to' },
  {
    find: /\bsurvives? what passes\b|\bstops? at what will not\b/i,
    write: 'retries what can succeed',
  },
  { find: /\breally slides\b/i, write: 'sliding window' },
  { find: /\bwithout the hair of\b|\bpays? (?:the |its )?toll\b/i, write: 'plain words' },
  {
    find: /\b(?:is|are|was|were) no (?:JSON|URL|HAR|HTTP\b(?! response)|JWT|list|host|address|token|plain|web stream|fetch|wrapper|scenario|terminal|dashboard|valid|axios|options?\b(?! of)|duration|properties|row)\b/,
    write: 'is not a …',
    within: /^(?!packages\/core\/src\/validation\/)/,
  },
  {
    find: /\bwhoever\b/i,
    write: 'anyone who, the caller, or a passive',
    within: /^(?!docs\/decisions\/0009)/,
  },
  { find: /\banew\b/i, write: 'again' },
  { find: /\ball the same\b(?! to)/i, write: 'anyway' },
  { find: /\bwhat (?:becomes?|became) of\b/i, write: 'what happens to, how … ends' },
  { find: /\b(?:undefined|none|empty|absent) where\b/i, write: 'undefined if' },
  { find: /\bwhere (?:there (?:is|are) none|it is no|it is set|none is)\b/i, write: 'if' },
  { find: /\b(?:calls?|requests?|attempts?|questions?) under way\b/i, write: 'active calls' },
  { find: /\b(?:one|fact|item|row) a line\b/i, write: 'one per line' },
  {
    find: /\b(?:itself )?(?:does|do) it\b(?= \*\/|\.$| \()/,
    write: 'as fetch does',
    within: /\/src\//,
  },
  {
    find: /\bWhat (?:is|was) (?:known|used|read|kept|left|seen) of\b/,
    write: 'name the thing: The counts of …',
  },
  {
    find: /\bOf (?:whatever|several|a group)\b/,
    write: 'begin with what it is',
    within: /\/src\//,
  },
  { find: /\b(?:names and values|values) in turn\b/i, write: 'alternating names and values' },
  { find: /\bparted by\b/i, write: 'separated by' },
  { find: /\bfor want of\b/i, write: 'because … is missing' },
  { find: /\bgo(?:es)? astray\b/i, write: 'is sent elsewhere' },
  {
    find: /\b\d[\d,.]* ?(?:ns|nanoseconds)\b/i,
    write: 'no times in comments: they belong to bench/',
    within: /\/src\//,
  },
];

/** Every word that is banned from code, docs, messages and dashboards. */
export const words: readonly Word[] = [...NAMES, ...OLD_API, ...PHRASES];
