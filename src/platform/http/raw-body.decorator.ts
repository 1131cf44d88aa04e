import { RouteConfig } from '@nestjs/platform-fastify';
import type { RouteOptions } from 'fastify';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The handler reads `request.rawBody`; there is no parsed body. */
    rawBody?: boolean;
  }
}

/** Events of a payment provider are larger than what clients send. */
const LIMIT_BYTES = 1024 * 1024;

/**
 * Marks a route that reads the exact bytes itself, because a signature was made over them. They are neither parsed nor
 * inspected before that, and there may be 1 MiB of them.
 */
export const RawBody = () => RouteConfig({ rawBody: true });

/** The onRoute step that belongs to {@link RawBody}: Nest passes the mark on, but no limit. */
export function allowLargeRawBody(route: RouteOptions): void {
  if (route.config?.rawBody === true) route.bodyLimit = LIMIT_BYTES;
}
