import pg from 'pg';
import { limitServer } from './server.js';

/** More connections than the service has by default, so that it is not they that limit it. */
const POOL_SIZE = 16;
/** As in the sessions of the service: rows are found by their key. */
const SESSION = '-c random_page_cost=1.1';

const { DATABASE_URL: connectionString, JWT_SECRET: jwtSecret = '', SVC_INTERNAL_KEY: internalKey = '' } = process.env;
const pool = new pg.Pool({
  connectionString,
  max: POOL_SIZE,
  options: SESSION,
  connectionTimeoutMillis: 5_000,
  query_timeout: 10_000,
});
const server = limitServer(pool, { jwtSecret, internalKey });

process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => pool.end())
    .then(() => process.exit());
});
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
process.stdout.write('listening\n');
