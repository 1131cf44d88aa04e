import type { OrderId } from '../../kernel/id.js';
import { MOST_COUNTED } from '../../kernel/page.js';
import { type Conditions, countUpTo, type Database } from '../../platform/database/index.js';

/** What a text is, as far as we know. */
interface Meaning {
  readonly ids: readonly OrderId[];
  readonly isEmail: boolean;
  /** How many lines have it as their sku, as far as rows are counted. */
  readonly linesOfSku: number;
}

/** Beyond the largest number of digits that is exact in JavaScript nothing is the number of an order. */
const NUMBER = /^[1-9]\d{0,14}$/;

/**
 * Adds what an order has to fulfil to be found by a text: its number, its id, its email or the sku of a line, in full. What
 * the text is, is asked first: a list of four possibilities would be read without any index, and one has its own. Answers how
 * many orders the text finds, as far as rows are counted, where that is known by now.
 */
export async function matchSearch(
  database: Database,
  conditions: Conditions,
  search: string,
): Promise<number | undefined> {
  const { ids, isEmail, linesOfSku } = await meaningOf(database, search);
  const ways = [
    ...(ids.length > 0 ? [`o.id = ANY(${conditions.place(ids)})`] : []),
    ...(isEmail ? [`o.email = lower(${conditions.place(search)})`] : []),
    ...(linesOfSku > 0 ? [hasSku(conditions.place(search), linesOfSku)] : []),
  ];
  conditions.always(ways.length === 0 ? 'false' : `(${ways.join(' OR ')})`);
  // Of all articles for sale one at the most has a sku, so an order has it once.
  return ids.length === 0 && !isEmail ? linesOfSku : undefined;
}

/**
 * The orders of an article are looked up by themselves, unless they are so many that a walk through all orders meets them
 * soon. PostgreSQL would take that walk for few as well, and the totals of a cheap article all lie at its end.
 */
function hasSku(place: string, lines: number): string {
  return lines > MOST_COUNTED
    ? `EXISTS (SELECT FROM order_items i WHERE i.order_id = o.id AND i.sku = ${place})`
    : `o.id = ANY(ARRAY(SELECT i.order_id FROM order_items i WHERE i.sku = ${place}))`;
}

async function meaningOf(database: Database, search: string): Promise<Meaning> {
  const number = NUMBER.test(search) ? Number(search) : null;
  const [meaning] = await database.read<Meaning>(
    `SELECT ARRAY(SELECT id FROM orders WHERE id = $1 UNION SELECT id FROM orders WHERE "number" = $2) AS ids,
       EXISTS (SELECT FROM orders WHERE email = lower($1)) AS is_email,
       (${countUpTo('order_items', 'sku = $1')}) AS lines_of_sku`,
    [search, number],
  );
  return meaning ?? { ids: [], isEmail: false, linesOfSku: 0 };
}
