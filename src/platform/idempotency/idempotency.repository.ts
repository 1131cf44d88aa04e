import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '../../kernel/id.js';
import { isDivisionByZero, later, sql, type Tx, violatesUnique } from '../database/index.js';
import type { AnswerContent, IdempotentRequest } from './idempotent-call.js';

/** Longer than any call to the payment provider, and short enough for a definite answer within 30 s of a crash. */
const LEASE_SECONDS = 20;

export interface HeldKey {
  readonly id: string;
  readonly fence: number;
}

export interface StoredKey extends HeldKey {
  readonly fingerprint: string;
  readonly status: 'running' | 'finished';
  readonly lapsed: boolean;
  readonly expired: boolean;
  readonly responseStatus: number | null;
  readonly responseBody: string | null;
  readonly subjectId: string | null;
}

const UNIQUE_KEY = 'idempotency_keys_scope_key_key';

const FINISH = `UPDATE idempotency_keys SET status = 'finished', response_status = $3, response_body = $4, subject_id = $5
  WHERE id = $1 AND fence = $2 AND status = 'running' RETURNING id`;

/** The SQL of idempotency keys. Locks: the advisory lock of a key until the transaction ends, then its row. */
@Injectable()
export class IdempotencyRepository {
  /**
   * Claims a key that nobody used, where that is almost certain: it fails for any other, so that nothing that leaves in the same
   * packet is run. Answers nothing then, and the transaction is of no more use.
   */
  async insertNew(tx: Tx, request: IdempotentRequest, ttlSeconds: number): Promise<HeldKey | undefined> {
    try {
      const [held] = await sql<HeldKey>(
        tx,
        `INSERT INTO idempotency_keys (id, scope, "key", fingerprint, lease_until, expires_at, fence)
         VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5), now() + make_interval(secs => $6),
           1 / pg_try_advisory_xact_lock($7)::integer)
         RETURNING id, fence`,
        claimed(request, ttlSeconds),
      );
      return held;
    } catch (error) {
      if (isDivisionByZero(error) || violatesUnique(error, UNIQUE_KEY)) return undefined;
      throw error;
    }
  }

  /**
   * Claims a key that nobody used. Answers nothing where another transaction holds it or a row exists. The try-lock
   * makes a second request fail at once, where a plain unique insert would wait for the first one to commit.
   */
  async insert(tx: Tx, request: IdempotentRequest, ttlSeconds: number): Promise<HeldKey | undefined> {
    const [held] = await sql<HeldKey>(
      tx,
      `INSERT INTO idempotency_keys (id, scope, "key", fingerprint, lease_until, expires_at)
       SELECT $1, $2, $3, $4, now() + make_interval(secs => $5), now() + make_interval(secs => $6)
       WHERE pg_try_advisory_xact_lock($7)
       ON CONFLICT ON CONSTRAINT ${UNIQUE_KEY} DO NOTHING RETURNING id, fence`,
      claimed(request, ttlSeconds),
    );
    return held;
  }

  async lock(tx: Tx, request: IdempotentRequest): Promise<StoredKey | undefined> {
    const [stored] = await sql<StoredKey>(
      tx,
      `SELECT id, fence, fingerprint, status, response_status, response_body, subject_id,
              lease_until <= clock_timestamp() AS lapsed, expires_at <= clock_timestamp() AS expired
       FROM idempotency_keys WHERE scope = $1 AND "key" = $2 FOR UPDATE`,
      [request.scope, request.key],
    );
    return stored;
  }

  /** Takes the key of a run that crashed. Its id stays, so that what the first run created is found again. */
  async takeOver(tx: Tx, id: string): Promise<HeldKey> {
    const [held] = await sql<HeldKey>(
      tx,
      `UPDATE idempotency_keys SET fence = fence + 1, lease_until = clock_timestamp() + make_interval(secs => $2)
       WHERE id = $1 RETURNING id, fence`,
      [id, LEASE_SECONDS],
    );
    if (!held) throw new Error(`idempotency key ${id} vanished under its lock`);
    return held;
  }

  /** Answers whether this run still holds the key. */
  async finish(tx: Tx, held: HeldKey, content: AnswerContent, subjectId: string | null): Promise<boolean> {
    const rows = await sql(tx, FINISH, finished(held, content, subjectId));
    return rows.length === 1;
  }

  /** The same where it is certain that this run holds the key. */
  finishLater(tx: Tx, held: HeldKey, content: AnswerContent, subjectId: string | null): Promise<void> {
    return later(tx, {
      name: 'idempotency_key',
      ctes: `finished_key AS (${FINISH})`,
      parameters: finished(held, content, subjectId),
      must: { cte: 'finished_key', rows: 1 },
    });
  }

  /** Lets a repeat go on at once after a run that ended without a definite answer. */
  async endLease(tx: Tx, held: HeldKey): Promise<void> {
    await sql(tx, `UPDATE idempotency_keys SET lease_until = now() WHERE id = $1 AND fence = $2`, [
      held.id,
      held.fence,
    ]);
  }

  async remove(tx: Tx, id: string): Promise<void> {
    await sql(tx, 'DELETE FROM idempotency_keys WHERE id = $1', [id]);
  }

  /** Forgets keys past their time, at most `limit` of them, and answers how many. */
  async prune(tx: Tx, limit: number): Promise<number> {
    const rows = await sql(
      tx,
      `DELETE FROM idempotency_keys WHERE id IN
         (SELECT id FROM idempotency_keys WHERE expires_at <= now() ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)
       RETURNING id`,
      [limit],
    );
    return rows.length;
  }
}

function claimed(request: IdempotentRequest, ttlSeconds: number): unknown[] {
  const { scope, key, fingerprint } = request;
  return [newId('idk'), scope, key, fingerprint, LEASE_SECONDS, ttlSeconds, lockOf(request)];
}

function finished(held: HeldKey, content: AnswerContent, subjectId: string | null): unknown[] {
  return [held.id, held.fence, content.status, JSON.stringify(content.body), subjectId];
}

function lockOf(request: IdempotentRequest): string {
  const digest = createHash('sha256').update(`${request.scope}\n${request.key}`).digest();
  return digest.readBigInt64BE(0).toString();
}
