import type { QuotaStore, TakeAnswer } from '@defender-resilience/core';
import type { Pool } from 'pg';

// #region store
/** Counts the calls of all processes in PostgreSQL; `schema.sql` beside this file creates the tables. */
export function postgresQuotaStore(pool: Pool): QuotaStore {
  return {
    async take(request) {
      const sql = 'SELECT defender_quota_take($1) AS answer';
      const { rows } = await pool.query<{ answer: TakeAnswer }>(sql, [JSON.stringify(request)]);
      const [row] = rows;
      if (row === undefined) throw new Error('PostgreSQL gave no answer');
      return row.answer;
    },
    async settle(group, permit, arrivedAt) {
      const sql = 'SELECT defender_quota_settle($1, $2, $3)';
      await pool.query(sql, [group, permit, arrivedAt ?? null]);
    },
    async report(group, news) {
      await pool.query('SELECT defender_quota_report($1, $2)', [group, JSON.stringify(news)]);
    },
  };
}
// #endregion store
