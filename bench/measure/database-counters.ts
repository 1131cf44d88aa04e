import pg from 'pg';

/** What a database has done since its counters were last set to zero. */
export interface DatabaseCounters {
  /** Statements that its clients sent, BEGIN and COMMIT included, by the role that sent them. */
  readonly statements: ReadonlyMap<string, number>;
  /** Transactions of the whole cluster that wrote something, which is what has to reach the disk. */
  readonly commits: number;
}

export interface TopStatement {
  readonly text: string;
  readonly calls: number;
  readonly meanMs: number;
  readonly totalMs: number;
}

/** Reads pg_stat_statements of one database, over a connection of its own. */
export class CounterReader {
  private constructor(private readonly client: pg.Client) {}

  static async open(databaseUrl: string): Promise<CounterReader> {
    const client = new pg.Client({ connectionString: databaseUrl, query_timeout: 30_000 });
    await client.connect();
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
    return new CounterReader(client);
  }

  async read(): Promise<DatabaseCounters> {
    const { rows } = await this.client.query<{ role: string; calls: string }>(
      `SELECT r.rolname AS role, sum(s.calls)::text AS calls FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid
       WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.toplevel
         AND s.query NOT LIKE '%pg_stat_%'
       GROUP BY r.rolname`,
    );
    // Each writing transaction takes the next number; reads take none. pg_stat_database is told a second late.
    const commits = await this.client.query<{ commits: string }>(
      'SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS commits',
    );
    return {
      statements: new Map(rows.map(({ role, calls }) => [role, Number(calls)])),
      commits: Number(commits.rows[0]?.commits),
    };
  }

  async reset(): Promise<void> {
    await this.client.query('SELECT pg_stat_statements_reset()');
  }

  /** The statements that took most of the time, longest first. */
  async top(limit: number): Promise<TopStatement[]> {
    const { rows } = await this.client.query<{ text: string; calls: string; mean_ms: number; total_ms: number }>(
      `SELECT regexp_replace(query, '\\s+', ' ', 'g') AS text, calls::text AS calls, mean_exec_time AS mean_ms,
         total_exec_time AS total_ms
       FROM pg_stat_statements WHERE toplevel AND query NOT LIKE '%pg_stat_%'
         AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
       ORDER BY total_exec_time DESC LIMIT $1`,
      [limit],
    );
    return rows.map((row) => ({
      text: row.text,
      calls: Number(row.calls),
      meanMs: row.mean_ms,
      totalMs: row.total_ms,
    }));
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
