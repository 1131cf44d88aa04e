import pg from 'pg';
import { limitServer } from './server.js';

/** The same number of connections as the service has by default. */
const POOL_SIZE = 16;

const { DATABASE_URL: connectionString, JWT_SECRET: jwtSecret = '', SVC_INTERNAL_KEY: internalKey = '' } = process.env;
const pool = new pg.Pool({ connectionString, max: POOL_SIZE, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
const server = limitServer(pool, { jwtSecret, internalKey });

process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => pool.end())
    .then(() => process.exit());
});
await server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1' });
process.stdout.write('listening\n');
