// Redis as a cache with a time to live, for answers that are quicker than PostgreSQL's.
// Never holds a truth: losing it loses nothing, and no request waits for it for long.
export { RedisModule } from './redis.module.js';
export { RedisStore } from './redis-store.js';
