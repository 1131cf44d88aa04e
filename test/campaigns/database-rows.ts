import pg from 'pg';

const INT8_OID = 20;

/** Runs SQL beside the service, to see what it really wrote. */
export class DatabaseRows {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({
      connectionString: url,
      max: 3,
      types: { getTypeParser },
      connectionTimeoutMillis: 10_000,
    });
    // A connection that breaks while nobody uses it is replaced; a query that fails still fails loudly.
    this.pool.on('error', () => undefined);
  }

  /** Rows as SQL names them, bigint as numbers. */
  readonly query = async <Row extends object = Record<string, unknown>>(
    text: string,
    parameters: readonly unknown[] = [],
  ): Promise<Row[]> => {
    const result = await this.pool.query<Row>(text, [...parameters]);
    return result.rows;
  };

  close(): Promise<void> {
    return this.pool.end();
  }
}

function getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => unknown {
  return oid === INT8_OID ? Number : pg.types.getTypeParser(oid, format === 'binary' ? 'text' : format);
}
