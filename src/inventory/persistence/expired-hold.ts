/** What was held, of a row with a product and its quantity. */
export const HELD_ITEM = `json_build_object('product_id', product_id, 'qty', quantity)`;

/** What `reservation.expired` tells of a row of `reservations` that ended, by where its id and its items stand. */
export function expiredHold({ id, items }: { readonly id: string; readonly items: string }): string {
  return `json_build_object('type', 'reservation.expired', 'reservation_id', ${id}, 'version', 1,
    'order_id', order_id, 'reference', reference,
    'expires_at', to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'items', ${items})::text`;
}
