import { Injectable } from '@nestjs/common';
import type { PaymentId } from '../../kernel/id.js';
import type { Listing, Page } from '../../kernel/page.js';
import { Conditions, Database, readListing } from '../../platform/database/index.js';
import { PaymentNotFound } from '../domain/payment.errors.js';
import type { Payment } from '../domain/payment.js';

/** Payments for the admin, newest first. */
@Injectable()
export class PaymentListQuery {
  constructor(private readonly database: Database) {}

  find(page: Page): Promise<Listing<Payment>> {
    const plan = { columns: '*', from: 'payments', conditions: new Conditions(), orderBy: 'id DESC' };
    return readListing(this.database, { ...plan, behind: (place) => `id < ${place}` }, page);
  }

  async get(id: PaymentId): Promise<Payment> {
    const [payment] = await this.database.read<Payment>('SELECT * FROM payments WHERE id = $1', [id]);
    if (!payment) throw new PaymentNotFound(id);
    return payment;
  }
}
