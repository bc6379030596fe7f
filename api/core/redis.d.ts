import { r as QuotaStore } from "./store.js";
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
  evalSha(sha: string, options: {
    keys: string[];
    arguments: string[];
  }): Promise<unknown>;
  /** Runs a script, which the server caches. */
  eval(script: string, options: {
    keys: string[];
    arguments: string[];
  }): Promise<unknown>;
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
export declare function redisQuotaStore(client: RedisClient, options?: RedisQuotaStoreOptions): QuotaStore;
