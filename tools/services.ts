// PostgreSQL and Redis for a fresh machine: what the environment names, otherwise what the machine has, otherwise what
// npm brought along. Used by `npm start` and by the tests; never by the application itself.
export { startPostgres, type PostgresOptions } from './services/postgres.js';
export { startRedis, type RedisOptions } from './services/redis.js';
export type { Service } from './services/service.js';
