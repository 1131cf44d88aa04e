/** Who changes stock, and from which availability down that is worth a word of its own. */
export interface Announcement {
  readonly traceId: string;
  readonly lowStockThreshold: number;
}

/** Where a statement has the values that its events tell: placeholders such as `$4`. */
export interface ChangePlaces {
  readonly kind: string;
  readonly cause: string;
  readonly traceId: string;
  readonly threshold: string;
  /** Takes only what is available: a line that wants more is not written. */
  readonly withinAvailable?: true;
}

/** What `stock.changed` tells of a row that is a level after the change and the change itself. */
const changed = ({
  version,
  kind,
  cause,
}: Pick<ChangePlaces, 'kind' | 'cause'> & { readonly version: string }): string =>
  `json_build_object('type', 'stock.changed', 'product_id', product_id, 'version', ${version},
        'on_hand', on_hand, 'reserved', reserved, 'available', available, 'on_hand_delta', on_hand_delta,
        'reserved_delta', reserved_delta, 'kind', ${kind}::text, 'cause', ${cause}::text)::text`;

const LOW = (available: string, change: string, threshold: string): string =>
  `(${available} > ${threshold}::bigint AND ${available} + ${change} <= ${threshold}::bigint)`;

/**
 * Common table expressions that change locked stock levels and announce that, in the statement that has the reason for it:
 * stock is what buyers wait for each other at, and events of their own would be a round trip more for each.
 *
 * They read `line (product_id, on_hand_delta, reserved_delta, changed_id, low_id)`, the last two being ids for the events
 * that come of a line, and leave `moved` behind, the levels after the change. A level's version counts its events: one for
 * the change, and one more where it brought what is available down to the threshold.
 */
export function changeStock({ kind, cause, traceId, threshold, withinAvailable }: ChangePlaces): string {
  const low = LOW('stock.on_hand - stock.reserved', 'line.on_hand_delta - line.reserved_delta', threshold);
  const within = withinAvailable ? ' AND stock.on_hand - stock.reserved >= line.reserved_delta' : '';
  return `moved AS (
    UPDATE stock_levels stock
    SET on_hand = stock.on_hand + line.on_hand_delta, reserved = stock.reserved + line.reserved_delta, updated_at = now(),
        version = stock.version + CASE WHEN ${low} THEN 2 ELSE 1 END
    FROM line WHERE stock.product_id = line.product_id${within}
    RETURNING stock.product_id, stock.on_hand, stock.reserved, stock.version, line.on_hand_delta, line.reserved_delta,
      line.changed_id, line.low_id
  ), level AS (
    SELECT *, on_hand - reserved AS available,
      ${LOW('on_hand - reserved - on_hand_delta + reserved_delta', 'on_hand_delta - reserved_delta', threshold)} AS is_low
    FROM moved
  ), announced AS (
    INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
    SELECT changed_id, product_id, version - is_low::int, 'stock.changed',
      ${changed({ version: 'version - is_low::int', kind, cause })},
      ${traceId}::text
    FROM level
    UNION ALL
    SELECT low_id, product_id, version, 'stock.low',
      json_build_object('type', 'stock.low', 'product_id', product_id, 'version', version, 'on_hand', on_hand,
        'reserved', reserved, 'available', available, 'threshold', ${threshold}::bigint)::text,
      ${traceId}::text
    FROM level WHERE is_low
  )`;
}

/**
 * The same for many holds at once that end: by a sale what they held leaves the shelf as well. A level is written once, however
 * many of them held some of it, and each is told as a step of its own, as if one had ended after the other: the versions have
 * no gap, and the last step tells how the level is. Nothing runs low by what comes back, nor by what was held and is sold.
 *
 * They read `line (place, product_id, quantity, cause, changed_id, trace_id)`, with `place` as the order of the steps, and leave
 * `moved` behind, the levels before the first one.
 */
export function endHolds({ kind, sold }: { readonly kind: string; readonly sold: boolean }): string {
  const leaving = sold ? 'quantity' : '0';
  return `moved AS (
    UPDATE stock_levels stock
    SET on_hand = stock.on_hand - given.leaving, reserved = stock.reserved - given.units, updated_at = now(),
      version = stock.version + given.steps
    FROM (SELECT product_id, sum(quantity)::bigint AS units, sum(${leaving})::bigint AS leaving, count(*) AS steps
          FROM line GROUP BY product_id) given
    WHERE stock.product_id = given.product_id
    RETURNING stock.product_id, stock.on_hand + given.leaving AS on_hand, stock.reserved + given.units AS reserved,
      stock.version - given.steps AS version
  ), step AS (
    SELECT changed_id, product_id, cause, trace_id, -${leaving} AS on_hand_delta, -quantity AS reserved_delta,
      (on_hand - sum(${leaving}) OVER steps)::bigint AS on_hand, (reserved - sum(quantity) OVER steps)::bigint AS reserved,
      version + row_number() OVER steps AS version
    FROM line JOIN moved USING (product_id) WINDOW steps AS (PARTITION BY product_id ORDER BY place)
  ), announced AS (
    INSERT INTO outbox_events (id, aggregate_id, version, type, payload, trace_id)
    SELECT changed_id, product_id, version, 'stock.changed',
      ${changed({ version: 'version', kind, cause: 'cause' })},
      trace_id
    FROM (SELECT *, on_hand - reserved AS available FROM step) level
  )`;
}
