import { Injectable } from '@nestjs/common';
import type { PaymentId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Database } from '../../platform/database/index.js';
import { PaymentNotFound } from '../domain/payment.errors.js';
import type { Payment } from '../domain/payment.js';

/** Payments for the admin, newest first. */
@Injectable()
export class PaymentListQuery {
  constructor(private readonly database: Database) {}

  async find(page: Page): Promise<Listing<Payment>> {
    const [counted] = await this.database.read<{ count: number }>('SELECT count(*) AS count FROM payments');
    const rows = await this.database.read<Payment>(
      `SELECT * FROM payments WHERE $1::text IS NULL OR id < $1 ORDER BY id DESC LIMIT $2 OFFSET $3`,
      [page.startingAfter, page.limit + 1, page.offset],
    );
    return { rows: rows.slice(0, page.limit), totalCount: counted?.count ?? 0, hasMore: rows.length > page.limit };
  }

  async get(id: PaymentId): Promise<Payment> {
    const [payment] = await this.database.read<Payment>('SELECT * FROM payments WHERE id = $1', [id]);
    if (!payment) throw new PaymentNotFound(id);
    return payment;
  }
}
