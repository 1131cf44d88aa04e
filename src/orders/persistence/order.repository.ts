import { Injectable } from '@nestjs/common';
import type { OrderId } from '../../kernel/id.js';
import { later, type Question, sql, type Tx } from '../../platform/database/index.js';
import type { OrderPlace } from '../domain/new-order.js';
import type { ItemOfOrder, Order, OrderItem, RefundedUnits } from '../domain/order.js';

/** By the database's clock. */
const TIME = 'floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at_ms';

const ITEM = 'id, product_id, sku, title, quantity, unit_price, line_total, refunded_quantity, restocked_quantity';
const ITEMS = `SELECT ${ITEM} FROM order_items WHERE order_id = $1 ORDER BY id`;

const UPDATE = `UPDATE orders SET status = $3, payment_status = $4, fulfillment_status = $5, disputed = $6,
  refunded_amount = $7, payment_transaction_id = $8, reservation_expires_at = $9, cancel_reason = $10,
  version = version + 1`;
const UNCHANGED = 'WHERE id = $1 AND version = $2';

/** The SQL of orders. Locks: the order's row, before its payment, its reservation and the stock. */
@Injectable()
export class OrderRepository {
  /** The next number, and the time. */
  askPlace(): Question<OrderPlace> {
    return { text: `SELECT nextval('order_number_seq') AS number, ${TIME}`, parameters: [] };
  }

  askTime(): Question<Pick<OrderPlace, 'atMs'>> {
    return { text: `SELECT ${TIME}`, parameters: [] };
  }

  insert(tx: Tx, order: Order, items: readonly OrderItem[], creationKey: string): Promise<void> {
    return later(tx, {
      name: 'new_order',
      ctes: `new_order AS (
          INSERT INTO orders (id, "number", customer_id, email, provider, payment_status, currency, subtotal,
            shipping_total, tax_total, discount_total, total_amount, shipping_address, reservation_expires_at, cart_id,
            cart_version, creation_key, created_at, updated_at)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $18)
        ), new_item AS (
          INSERT INTO order_items (id, order_id, order_created_at, order_total_amount, product_id, sku, title, quantity,
            unit_price, line_total)
          SELECT line.id, $1, $18, $12, line.product_id, line.sku, line.title, line.quantity, line.unit_price,
                 line.quantity * line.unit_price
          FROM unnest($19::text[], $20::text[], $21::text[], $22::text[], $23::bigint[], $24::bigint[])
            AS line (id, product_id, sku, title, quantity, unit_price))`,
      parameters: [
        ...[order.id, order.number, order.customerId, order.email, order.provider, order.paymentStatus],
        ...[order.currency, order.subtotal, order.shippingTotal, order.taxTotal, order.discountTotal],
        ...[order.totalAmount, order.shippingAddress, order.reservationExpiresAt],
        ...[order.cartId, order.cartVersion, creationKey, order.createdAt],
        items.map((item) => item.id),
        items.map((item) => item.productId),
        items.map((item) => item.sku),
        items.map((item) => item.title),
        items.map((item) => item.quantity),
        items.map((item) => item.unitPrice),
      ],
    });
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

  /** Those of these orders that nobody else works on, locked. */
  async lockFree(tx: Tx, ids: readonly OrderId[]): Promise<Order[]> {
    return sql<Order>(tx, 'SELECT * FROM orders WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE SKIP LOCKED', [ids]);
  }

  async findIdByCreationKey(tx: Tx, creationKey: string): Promise<OrderId | undefined> {
    const [row] = await sql<{ id: OrderId }>(tx, 'SELECT id FROM orders WHERE creation_key = $1', [creationKey]);
    return row?.id;
  }

  async findItems(tx: Tx, orderId: OrderId): Promise<OrderItem[]> {
    return sql<OrderItem>(tx, ITEMS, [orderId]);
  }

  askItems(orderId: OrderId): Question<OrderItem> {
    return { text: ITEMS, parameters: [orderId] };
  }

  askItemsOf(orderIds: readonly OrderId[]): Question<ItemOfOrder> {
    return {
      text: `SELECT order_id, ${ITEM} FROM order_items WHERE order_id = ANY($1::text[]) ORDER BY id`,
      parameters: [orderIds],
    };
  }

  /** Counts units of items whose money went back, or came back again, under the lock of their order. */
  countRefunded(tx: Tx, items: readonly RefundedUnits[]): Promise<void> {
    return later(tx, {
      name: 'refunded_items',
      ctes: `refunded_item AS (
        UPDATE order_items item SET refunded_quantity = item.refunded_quantity + line.refunded,
          restocked_quantity = item.restocked_quantity + line.restocked
        FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS line (id, refunded, restocked) WHERE item.id = line.id)`,
      parameters: [
        items.map((item) => item.id),
        items.map((item) => item.refunded),
        items.map((item) => item.restocked),
      ],
    });
  }

  /** Writes the changeable members of a locked order, raises its version and answers it as it is now. */
  async update(tx: Tx, order: Order): Promise<Order> {
    const [row] = await sql<Order>(
      tx,
      `${UPDATE}, updated_at = clock_timestamp() ${UNCHANGED} RETURNING *`,
      changeOf(order),
    );
    return required(row, order.id);
  }

  /** The same for one whose next version is known: what it was is one version less. */
  updateTo(tx: Tx, changed: Order): Promise<void> {
    return later(tx, {
      name: 'changed_order',
      ctes: `changed_order AS (${UPDATE}, updated_at = $11 ${UNCHANGED} RETURNING id)`,
      parameters: [...changeOf({ ...changed, version: changed.version - 1 }), changed.updatedAt],
      must: { cte: 'changed_order', rows: 1 },
    });
  }

  /** The same for many at once. */
  updateAllTo(tx: Tx, changed: readonly Order[]): Promise<void> {
    return later(tx, {
      name: 'changed_order',
      ctes: `changed_order AS (
          UPDATE orders SET status = next.status, payment_status = next.payment_status,
            fulfillment_status = next.fulfillment_status, disputed = next.disputed,
            refunded_amount = next.refunded_amount, payment_transaction_id = next.payment_transaction_id,
            reservation_expires_at = next.reservation_expires_at, cancel_reason = next.cancel_reason,
            version = next.version, updated_at = clock_timestamp()
          FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::bigint[], $8::text[],
              $9::timestamptz[], $10::text[])
            AS next (id, version, status, payment_status, fulfillment_status, disputed, refunded_amount,
              payment_transaction_id, reservation_expires_at, cancel_reason)
          WHERE orders.id = next.id AND orders.version = next.version - 1 RETURNING orders.id)`,
      parameters: columnsOf(changed.map(changeOf)),
      must: { cte: 'changed_order', rows: changed.length },
    });
  }
}

function changeOf(order: Order): unknown[] {
  return [
    ...[order.id, order.version, order.status, order.paymentStatus, order.fulfillmentStatus, order.disputed],
    ...[order.refundedAmount, order.paymentTransactionId, order.reservationExpiresAt, order.cancelReason],
  ];
}

/** Of rows of values the values column by column. */
function columnsOf(rows: readonly unknown[][]): unknown[][] {
  return (rows[0] ?? []).map((_, column) => rows.map((row) => row[column]));
}

function required(row: Order | undefined, id: OrderId): Order {
  if (!row) throw new Error(`order ${id} was not written: it was not locked, or another change came between`);
  return row;
}
