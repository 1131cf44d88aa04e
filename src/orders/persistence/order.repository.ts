import { Injectable } from '@nestjs/common';
import type { OrderId } from '../../kernel/id.js';
import { sql, type Tx } from '../../platform/database/index.js';
import type { NewOrder, NewOrderItem } from '../domain/new-order.js';
import type { Order, OrderItem, RefundedUnits } from '../domain/order.js';

/** The SQL of orders. Locks: the order's row, before its payment, its reservation and the stock. */
@Injectable()
export class OrderRepository {
  async insert(tx: Tx, order: NewOrder): Promise<Order> {
    const [row] = await sql<Order>(
      tx,
      `INSERT INTO orders (id, customer_id, email, provider, payment_status, currency, subtotal, shipping_total, tax_total,
         discount_total, total_amount, shipping_address, reservation_expires_at, cart_id, cart_version, creation_key)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
         date_trunc('milliseconds', now()) + make_interval(secs => $13), $14, $15, $16)
       RETURNING *`,
      [
        order.id,
        order.customerId,
        order.email,
        order.provider,
        order.paymentStatus,
        order.currency,
        order.subtotal,
        order.shippingTotal,
        order.taxTotal,
        order.discountTotal,
        order.totalAmount,
        order.shippingAddress,
        order.reservationTtlSeconds,
        order.cart?.id ?? null,
        order.cart?.version ?? null,
        order.creationKey,
      ],
    );
    return required(row, order.id);
  }

  async insertItems(tx: Tx, orderId: OrderId, items: readonly NewOrderItem[]): Promise<OrderItem[]> {
    return sql<OrderItem>(
      tx,
      `INSERT INTO order_items (id, order_id, product_id, sku, title, quantity, unit_price, line_total)
       SELECT line.id, $1, line.product_id, line.sku, line.title, line.quantity, line.unit_price,
              line.quantity * line.unit_price
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
         AS line (id, product_id, sku, title, quantity, unit_price)
       RETURNING *`,
      [
        orderId,
        items.map((item) => item.id),
        items.map((item) => item.productId),
        items.map((item) => item.sku),
        items.map((item) => item.title),
        items.map((item) => item.quantity),
        items.map((item) => item.unitPrice),
      ],
    );
  }

  async find(tx: Tx, id: OrderId): Promise<Order | undefined> {
    const [row] = await sql<Order>(tx, 'SELECT * FROM orders WHERE id = $1', [id]);
    return row;
  }

  async lock(tx: Tx, id: OrderId): Promise<Order | undefined> {
    const [row] = await sql<Order>(tx, 'SELECT * FROM orders WHERE id = $1 FOR UPDATE', [id]);
    return row;
  }

  /** The locked order, or nothing where somebody else works on it. */
  async lockIfFree(tx: Tx, id: OrderId): Promise<Order | undefined> {
    const [row] = await sql<Order>(tx, 'SELECT * FROM orders WHERE id = $1 FOR UPDATE SKIP LOCKED', [id]);
    return row;
  }

  async findIdByCreationKey(tx: Tx, creationKey: string): Promise<OrderId | undefined> {
    const [row] = await sql<{ id: OrderId }>(tx, 'SELECT id FROM orders WHERE creation_key = $1', [creationKey]);
    return row?.id;
  }

  async findItems(tx: Tx, orderId: OrderId): Promise<OrderItem[]> {
    return sql<OrderItem>(tx, 'SELECT * FROM order_items WHERE order_id = $1 ORDER BY id', [orderId]);
  }

  /** Counts units of items whose money went back, or came back again, under the lock of their order. */
  async countRefunded(tx: Tx, items: readonly RefundedUnits[]): Promise<void> {
    await sql(
      tx,
      `UPDATE order_items item SET refunded_quantity = item.refunded_quantity + line.refunded,
         restocked_quantity = item.restocked_quantity + line.restocked
       FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS line (id, refunded, restocked) WHERE item.id = line.id`,
      [items.map((item) => item.id), items.map((item) => item.refunded), items.map((item) => item.restocked)],
    );
  }

  /** Writes the changeable members of a locked order and raises its version. */
  async update(tx: Tx, order: Order): Promise<Order> {
    const [row] = await sql<Order>(
      tx,
      `UPDATE orders SET status = $3, payment_status = $4, fulfillment_status = $5, disputed = $6, refunded_amount = $7,
         payment_transaction_id = $8, reservation_expires_at = $9, cancel_reason = $10, version = version + 1,
         updated_at = clock_timestamp()
       WHERE id = $1 AND version = $2 RETURNING *`,
      [
        order.id,
        order.version,
        order.status,
        order.paymentStatus,
        order.fulfillmentStatus,
        order.disputed,
        order.refundedAmount,
        order.paymentTransactionId,
        order.reservationExpiresAt,
        order.cancelReason,
      ],
    );
    return required(row, order.id);
  }
}

function required(row: Order | undefined, id: OrderId): Order {
  if (!row) throw new Error(`order ${id} was not written: it was not locked, or another change came between`);
  return row;
}
