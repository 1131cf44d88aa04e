import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { CONFIG, type Config } from '../config/index.js';
import { RateLimited } from '../http/http.errors.js';

const WINDOW_SECONDS = 60;

/**
 * Requests per minute of one principal or address, counted in each API process by itself: a limit that protects the
 * process must not depend on another service. Headers as in https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers.
 */
@Injectable()
export class RateLimit {
  private readonly limit: number;
  private readonly limiter: RateLimiterMemory | undefined;

  constructor(@Inject(CONFIG) config: Config) {
    this.limit = config.RATE_LIMIT_PER_MINUTE;
    if (this.limit > 0) this.limiter = new RateLimiterMemory({ points: this.limit, duration: WINDOW_SECONDS });
  }

  /** Counts one request and writes the headers. Throws RateLimited above the limit. */
  async count(who: string, reply: FastifyReply): Promise<void> {
    if (!this.limiter) return;
    const state = await this.limiter.consume(who).catch((refusal: unknown) => {
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    });
    const resetSeconds = Math.max(1, Math.ceil(state.msBeforeNext / 1_000));
    void reply.header('RateLimit-Policy', `"default";q=${this.limit};w=${WINDOW_SECONDS}`);
    void reply.header('RateLimit', `"default";r=${state.remainingPoints};t=${resetSeconds}`);
    if (state.consumedPoints > this.limit) throw new RateLimited(resetSeconds);
  }
}
