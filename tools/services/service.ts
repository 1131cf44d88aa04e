import type { Child, ChildExit } from '../process/child.js';

/** A running PostgreSQL or Redis. */
export interface Service {
  readonly url: string;
  /** `env`: somebody else's, named by DATABASE_URL or REDIS_URL; stop() leaves it alone. */
  readonly kind: 'env' | 'embedded' | 'redis-server' | 'valkey-server' | 'js-redis-server';
  readonly pid?: number;
  /** Where the data is, when it outlives stop(). */
  readonly dir?: string;
  /** Resolves when the process ends, asked or not; absent for `env`. */
  readonly exited?: Promise<ChildExit>;
  /** Stops the process and removes temporary data. Safe to call twice. */
  stop(): Promise<void>;
}

/** Order of stopping: the application first, then what it needs. */
export const stopOrder = { application: 1, sandbox: 2, redis: 3, postgres: 4 } as const;

export function outsideService(url: string): Service {
  return { url, kind: 'env', stop: async () => undefined };
}

/** The members of a service that every started process has. */
export function processMembers(child: Child): Pick<Service, 'pid' | 'exited'> {
  return { ...(child.pid === undefined ? {} : { pid: child.pid }), exited: child.exited };
}
