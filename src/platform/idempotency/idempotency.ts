import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DomainError } from '../../kernel/domain-error.js';
import { CONFIG, type Config } from '../config/index.js';
import { Database, type Tx } from '../database/index.js';
import { RedisStore } from '../redis/index.js';
import { AlreadyAnswered, answerOf, Claim, KeyNotNew } from './claim.js';
import { type HeldKey, IdempotencyRepository } from './idempotency.repository.js';
import { Answer, type AnswerContent, type IdempotentCall, type IdempotentRequest } from './idempotent-call.js';

interface CachedAnswer {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: string;
  readonly subjectId: string | null;
}

/**
 * Makes a request take effect once. PostgreSQL decides; Redis only shortens the way to answers that are final. Modelled on
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header and Stripe's own keys.
 */
@Injectable()
export class Idempotency {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly database: Database,
    private readonly redis: RedisStore,
    private readonly keys: IdempotencyRepository,
  ) {}

  /**
   * Runs the work, or answers what an earlier run of the same request got. The work must call `claim.take(tx)` in its first
   * transaction and `claim.finish(tx, …)` in its last. A definite refusal is remembered like a success.
   */
  async once<Result>(call: IdempotentCall<Result>, work: (claim: Claim<Result>) => Promise<unknown>): Promise<Answer> {
    const cached = await this.findCached(call.request);
    if (cached) return cached;
    return this.run(call, this.claim(call), work);
  }

  private claim<Result>(call: IdempotentCall<Result>): Claim<Result> {
    return new Claim(this.keys, call, this.config.IDEMPOTENCY_TTL_SECONDS, (tx, answer) =>
      this.noteLater(tx, call.request, answer),
    );
  }

  private async run<Result>(
    call: IdempotentCall<Result>,
    claim: Claim<Result>,
    work: (claim: Claim<Result>) => Promise<unknown>,
  ): Promise<Answer> {
    try {
      await work(claim);
    } catch (error) {
      if (error instanceof AlreadyAnswered) return error.answer;
      if (error instanceof KeyNotNew) return this.run(call, claim, work);
      return this.settle(call, claim, error);
    }
    if (!claim.answer) throw new Error(`${call.request.scope} ended without an answer`);
    return claim.answer;
  }

  /** Remembers a definite refusal; for anything else lets a repeat go on at once, and throws on. */
  private async settle<Result>(call: IdempotentCall<Result>, claim: Claim<Result>, error: unknown): Promise<Answer> {
    const { key } = claim;
    const content = error instanceof DomainError && key ? call.refuse(error) : undefined;
    if (content && key && error instanceof DomainError) return this.keepRefusal(call, key, content, subjectOf(error));
    if (key) await this.letRepeat(key);
    throw error;
  }

  private async keepRefusal<Result>(
    call: IdempotentCall<Result>,
    key: HeldKey,
    content: AnswerContent,
    subjectId: string | null,
  ): Promise<Answer> {
    const refusal = this.claim<null>({ ...call, present: () => content });
    try {
      return await this.database.transaction(async (tx) => {
        if (await this.keys.finish(tx, key, content, subjectId))
          return this.noteLater(tx, call.request, answerOf(content, subjectId));
        // The transaction that took the key was undone by the refusal, and the key with it: take it once more.
        await refusal.take(tx);
        return refusal.finish(tx, null, subjectId);
      }, 'concluding');
    } catch (error) {
      if (error instanceof AlreadyAnswered) return error.answer;
      throw error;
    }
  }

  private async letRepeat(key: HeldKey): Promise<void> {
    await this.database.transaction((tx) => this.keys.endLease(tx, key), 'concluding').catch(() => undefined);
  }

  private async findCached(request: IdempotentRequest): Promise<Answer | undefined> {
    const text = await this.redis.get(cacheKey(request));
    if (text === undefined) return undefined;
    const cached = readCached(text);
    if (cached?.fingerprint !== request.fingerprint) return undefined;
    return new Answer(cached.status, cached.body, cached.subjectId, true);
  }

  /** Notes in Redis what is final once it is durable, and answers it. Nobody waits for that. */
  private noteLater(tx: Tx, request: IdempotentRequest, answer: Answer): Answer {
    const { status, body, subjectId } = answer;
    const cached: CachedAnswer = { fingerprint: request.fingerprint, status, body, subjectId };
    this.database.afterCommit(tx, () => {
      void this.redis.put(cacheKey(request), JSON.stringify(cached), this.config.IDEMPOTENCY_TTL_SECONDS);
    });
    return answer;
  }
}

/** What Redis holds may have been written by anybody; PostgreSQL answers where it is not what we wrote. */
function readCached(text: string): CachedAnswer | undefined {
  try {
    const cached: CachedAnswer = JSON.parse(text);
    return cached;
  } catch {
    return undefined;
  }
}

function cacheKey(request: IdempotentRequest): string {
  return `idempotency:${createHash('sha256').update(`${request.scope}\n${request.key}`).digest('base64url')}`;
}

function subjectOf(error: DomainError): string | null {
  const id = error.details['order_id'];
  return typeof id === 'string' ? id : null;
}
