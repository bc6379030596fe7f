import { r as QuotaStore } from "./store.js";
/** What is used of ioredis and iovalkey. */
export interface IoRedisClient {
  /** Runs a script that the server has, by its SHA-1. */
  evalsha(sha: string, keys: number, ...args: string[]): Promise<unknown>;
  /** Runs a script; the server keeps it. */
  eval(script: string, keys: number, ...args: string[]): Promise<unknown>;
}
/** What is used of node-redis, the package `redis`. */
export interface NodeRedisClient {
  /** Runs a script that the server has, by its SHA-1. */
  evalSha(sha: string, options: {
    keys: string[];
    arguments: string[];
  }): Promise<unknown>;
  /** Runs a script; the server keeps it. */
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
   * What all keys begin with. Name the tenant and the application: they have the quota together.
   *
   * @defaultValue `defender`
   */
  readonly prefix?: string;
}
/**
 * Counts the calls of all processes in Redis or Valkey. The windows slide on the server's own clock. All
 * keys of a group have one hash tag, so that a cluster keeps them together, and they expire.
 *
 * @example
 * ```ts
 * const client = new Redis(process.env.REDIS_URL);
 * const store = redisQuotaStore(client, { prefix: 'defender:contoso:my-app' });
 * const { fetch } = createResilience({ quota: { store } });
 * ```
 */
export declare function redisQuotaStore(client: RedisClient, options?: RedisQuotaStoreOptions): QuotaStore;
