import { createHash } from 'node:crypto';
import { isFunction, isObject } from '../is.ts';
import { checkOptions, type OptionRules, where } from '../validation/check-options.ts';
import { REPORT, SETTLE, TAKE } from './redis-scripts.ts';
import type { LearnedLimit, QuotaStore, TakeAnswer } from './store.ts';

/** The methods of ioredis and iovalkey that the store uses. */
export interface IoRedisClient {
  /** Runs a cached script by its SHA-1. */
  evalsha(sha: string, keys: number, ...args: string[]): Promise<unknown>;
  /** Runs a script, which the server caches. */
  eval(script: string, keys: number, ...args: string[]): Promise<unknown>;
}

/** The methods of node-redis, the package `redis`, that the store uses. */
export interface NodeRedisClient {
  /** Runs a cached script by its SHA-1. */
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  /** Runs a script, which the server caches. */
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
}

/** A client of ioredis, iovalkey or node-redis, or a cluster of theirs. */
export type RedisClient = IoRedisClient | NodeRedisClient;

/** The options of `redisQuotaStore`. */
export interface RedisQuotaStoreOptions {
  /**
   * The prefix of all keys. Include the tenant and the application, which the quota belongs to.
   *
   * @defaultValue `defender`
   */
  readonly prefix?: string;
}

const OPTIONS: OptionRules = {
  prefix: where('a string', (value) => typeof value === 'string'),
};

/**
 * Counts the calls of all processes in Redis or Valkey. The windows slide on the server's own clock. All keys
 * of a group have the same hash tag, so that a cluster keeps them together, and they expire.
 *
 * @example
 * ```ts
 * const client = new Redis(process.env.REDIS_URL);
 * const store = redisQuotaStore(client, { prefix: 'defender:contoso:my-app' });
 * const { fetch } = createResilience({ quota: { store } });
 * ```
 */
export function redisQuotaStore(
  client: RedisClient,
  options: RedisQuotaStoreOptions = {},
): QuotaStore {
  checkOptions('redisQuotaStore', OPTIONS, options);
  const { prefix = 'defender' } = options;
  const runScript = runnerOf(evaluatorOf(client));
  const run = (script: Script, group: string, args: readonly (string | number)[]) => {
    const tag = `{${prefix}:${group}}`;
    const keys = [`${tag}:calls`, `${tag}:state`, `${tag}:processes`];
    return runScript(script, keys, args.map(String));
  };
  return {
    async take({ group, permit, process, windows, transitMs }) {
      const limits = windows.flatMap(({ windowMs, limit }) => [windowMs, limit]);
      const args = [permit, process, transitMs, crypto.randomUUID(), ...limits];
      return parseAnswer(await run(SCRIPTS.take, group, args));
    },
    async settle(group, permit, arrivedAt) {
      await run(SCRIPTS.settle, group, [permit, arrivedAt ?? '']);
    },
    async report(group, { pauseMs = 0, limits = [], calls = [], keepMs }) {
      const learned = limits.flatMap(({ windowMs, limit }) => [windowMs, limit]);
      const sent = calls.flatMap(({ permit, ageMs }) => [permit, Math.floor(ageMs)]);
      const args = [keepMs, crypto.randomUUID(), Math.ceil(pauseMs), limits.length];
      await run(SCRIPTS.report, group, [...args, ...learned, ...sent]);
    },
  };
}

interface Script {
  readonly text: string;
  readonly sha: string;
}

const scriptOf = (text: string): Script => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
});

const SCRIPTS = { take: scriptOf(TAKE), settle: scriptOf(SETTLE), report: scriptOf(REPORT) };

type Evaluate = (
  how: 'hash' | 'text',
  script: Script,
  keys: readonly string[],
  args: readonly string[],
) => Promise<unknown>;

/**
 * Runs scripts by their hash. Sends the text the first time, so that the first call takes one round trip too,
 * and when the server does not have the script.
 */
function runnerOf(evaluate: Evaluate) {
  const known = new Set<Script>();
  return async (
    script: Script,
    keys: readonly string[],
    args: readonly string[],
  ): Promise<unknown> => {
    try {
      if (known.has(script)) return await evaluate('hash', script, keys, args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    }
    const answer = await evaluate('text', script, keys, args);
    known.add(script);
    return answer;
  };
}

function evaluatorOf(client: RedisClient): Evaluate {
  if (has(client, 'evalSha')) {
    return (how, { sha, text }, keys, args) => {
      const options = { keys: [...keys], arguments: [...args] };
      return how === 'hash' ? client.evalSha(sha, options) : client.eval(text, options);
    };
  }
  if (has(client, 'evalsha')) {
    return (how, { sha, text }, keys, args) =>
      how === 'hash'
        ? client.evalsha(sha, keys.length, ...keys, ...args)
        : client.eval(text, keys.length, ...keys, ...args);
  }
  throw new TypeError('redisQuotaStore takes a client of ioredis, iovalkey or node-redis first');
}

function has<Name extends string>(
  client: unknown,
  method: Name,
): client is Extract<RedisClient, Record<Name, unknown>> {
  return isObject(client) && isFunction(Reflect.get(client, method));
}

function parseAnswer(reply: unknown): TakeAnswer {
  const [granted, waitMs, takenAt, processes, pausedForMs, epoch, used, limits] = list(reply);
  return {
    granted: Number(granted) === 1,
    waitMs: Number(waitMs),
    takenAt: Number(takenAt),
    used: list(used).map(Number),
    processes: Number(processes),
    pausedForMs: Number(pausedForMs),
    limits: list(limits).map(parseLimit),
    epoch: String(epoch),
  };
}

function parseLimit(fields: unknown): LearnedLimit {
  const [windowMs, limit, ageMs] = list(fields).map(Number);
  return { windowMs: windowMs ?? 0, limit: limit ?? 0, ageMs: ageMs ?? 0 };
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError('Redis did not return a list');
  return value;
}
