import { readFile } from 'node:fs/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { postgresQuotaStore } from '../../../../../examples/quota/postgres/store.ts';
import { realTime, storeContract } from './contract.ts';
import { hasPostgres, PostgresServer } from './postgres-server.ts';

const present = await hasPostgres();

describe.runIf(present)('the example', () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await PostgresServer.start();
    pool = new pg.Pool({ port: server.port, host: '127.0.0.1', user: 'postgres' });
    const schema = await readFile('examples/quota/postgres/schema.sql', 'utf8');
    await pool.query(schema);
    // Making it again changes nothing.
    await pool.query(schema);
  }, 60_000);
  afterAll(async () => {
    await pool.end();
    await server[Symbol.asyncDispose]();
  });

  storeContract('PostgreSQL', () => ({
    store: postgresQuotaStore(pool),
    pass: realTime,
    flush: async () => {
      await pool.query('TRUNCATE defender_quota_groups, defender_quota_calls');
    },
  }));
});
