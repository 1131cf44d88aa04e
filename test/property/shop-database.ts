import type { PaymentId } from '../../src/kernel/id.js';
import { DatabaseRows } from '../campaigns/database-rows.js';
import type { OrderPicture, Picture } from './picture.js';

interface OrderRow {
  readonly id: string;
  readonly state: string;
  readonly total: number;
  readonly refunded_amount: number;
  readonly cancel_reason: string | null;
  readonly held: boolean;
  readonly items: readonly { readonly product: string; readonly quantity: number; readonly rest: string }[] | null;
  readonly payment: string | null;
  readonly refunds: readonly string[] | null;
}

const ORDERS = `
  SELECT o.id, o.total_amount AS total, o.refunded_amount, o.cancel_reason,
    concat_ws(' ', o.status, o.payment_status, o.fulfillment_status) AS state,
    EXISTS (SELECT FROM reservations r WHERE r.order_id = o.id AND r.status = 'active') AS held,
    (SELECT jsonb_agg(jsonb_build_object('product', i.product_id, 'quantity', i.quantity,
       'rest', concat(i.refunded_quantity, ', ', i.restocked_quantity)))
     FROM order_items i WHERE i.order_id = o.id) AS items,
    (SELECT string_agg(concat_ws(' ', p.status, p.captured_amount, p.refund_hold), ' and ')
     FROM payments p WHERE p.order_id = o.id) AS payment,
    (SELECT jsonb_agg(concat_ws(' ', r.status, r.amount)) FROM refunds r WHERE r.order_id = o.id) AS refunds
  FROM orders o`;

/** Tables whose rows came with the migrations. */
const KEPT = ['schema_migrations', 'shipping_rates'];

/** The rows behind the shop. Products, customers and orders are named by their places. */
export class ShopDatabase extends DatabaseRows {
  /** Throws everything away but the schema. */
  async empty(): Promise<void> {
    const tables = await this.query<{ name: string }>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ($1)`,
      [KEPT],
    );
    // The audit trail and the ledgers refuse to lose rows; replica mode is how their owner switches the triggers off.
    await this.query(`
      BEGIN; SET LOCAL session_replication_role = 'replica'; TRUNCATE ${tables.map(({ name }) => name).join(', ')}; COMMIT`);
  }

  async picture(
    products: readonly string[],
    customers: readonly string[],
    orders: readonly string[],
  ): Promise<Picture> {
    const stock = await this.query<{ id: string; units: string }>(
      `SELECT product_id AS id, concat(on_hand, ' - ', reserved) AS units FROM stock_levels`,
    );
    const carts = await this.query<{ customer: string; product: string; quantity: number }>(
      `SELECT c.customer_id AS customer, l.product_id AS product, l.quantity FROM carts c JOIN cart_lines l ON l.cart_id = c.id`,
    );
    const rows = await this.query<OrderRow>(ORDERS);
    if (rows.length !== orders.length) throw new Error(`there are ${rows.length} orders, not ${orders.length}`);
    return {
      stock: products.map((id) => stock.find((level) => level.id === id)?.units ?? '0 - 0'),
      carts: customers.map((customer) =>
        carts
          .filter((line) => line.customer === customer)
          .map(({ product, quantity }) => `${products.indexOf(product)} x ${quantity}`)
          .sort(),
      ),
      orders: orders.map((id) =>
        pictureOf(
          rows.find((row) => row.id === id),
          products,
        ),
      ),
    };
  }

  async paymentOf(orderId: string): Promise<{ id: PaymentId; due: boolean; expected: boolean }> {
    const [payment] = await this.query<{ id: PaymentId; due: boolean; expected: boolean }>(
      `SELECT id, next_check_at IS NOT NULL AS expected,
         coalesce(next_check_at <= clock_timestamp(), false) AS due
       FROM payments WHERE order_id = $1`,
      [orderId],
    );
    if (!payment) throw new Error(`order ${orderId} has no payment`);
    return payment;
  }

  /** Makes the hold of this order overdue, and that of no other. */
  async makeOverdue(orderId: string, bySeconds: number): Promise<void> {
    await this.query(
      `UPDATE reservations SET expiry_retry_at = NULL,
         expires_at = now() + CASE WHEN order_id = $1 THEN make_interval(secs => -$2::int) ELSE interval '1 hour' END
       WHERE status = 'active'`,
      [orderId, bySeconds],
    );
  }

  async makePaymentsDue(): Promise<void> {
    await this.query('UPDATE payments SET next_check_at = now() WHERE next_check_at IS NOT NULL');
  }

  async makeRefundsDue(): Promise<void> {
    await this.query('UPDATE refunds SET next_check_at = now() WHERE next_check_at IS NOT NULL');
  }
}

function pictureOf(row: OrderRow | undefined, products: readonly string[]): OrderPicture {
  if (!row) throw new Error('an order has disappeared');
  const { state, total, held, payment } = row;
  return {
    ...{ state, total, held, payment },
    refundedAmount: row.refunded_amount,
    cancelReason: row.cancel_reason,
    items: (row.items ?? [])
      .map(({ product, quantity, rest }) => `${products.indexOf(product)} x ${quantity}, ${rest}`)
      .sort(),
    refunds: [...(row.refunds ?? [])].sort(),
  };
}
