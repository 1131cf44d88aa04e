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

/** What a search asks of a list. */
export interface Search {
  /**
   * Whether the text is the sku of few enough lines to begin with these, `order_items i`, and not with orders. They are not
   * few where a walk through all orders meets them soon, and the totals of all of them would have to be put in order.
   */
  readonly isArticle: boolean;
  /** How many orders the text finds, as far as rows are counted, where that is known by now. */
  readonly total: number | undefined;
  readonly addTo: (conditions: Conditions) => void;
}

/** Beyond the largest number of digits that is exact in JavaScript nothing is the number of an order. */
const NUMBER = /^[1-9]\d{0,14}$/;

/**
 * Orders are found by a text that is, in full, their number, their id, their email or the sku of a line. What the text is, is
 * asked first: a list of four possibilities would be read without any index, and one has its own.
 */
export async function lookUp(database: Database, search: string): Promise<Search> {
  const { ids, isEmail, linesOfSku } = await meaningOf(database, search);
  const isSkuAlone = linesOfSku > 0 && ids.length === 0 && !isEmail;
  const isArticle = isSkuAlone && linesOfSku <= MOST_COUNTED;
  return {
    isArticle,
    // Of all articles for sale one at the most has a sku, so an order has it once.
    total: ids.length === 0 && !isEmail ? linesOfSku : undefined,
    addTo: (conditions) => {
      if (isArticle) conditions.add((place) => `i.sku = ${place}`, search);
      else conditions.always(oneOf(conditions, search, { ids, isEmail, linesOfSku }));
    },
  };
}

function oneOf(conditions: Conditions, search: string, { ids, isEmail, linesOfSku }: Meaning): string {
  const ways = [
    ...(ids.length > 0 ? [`o.id = ANY(${conditions.place(ids)})`] : []),
    ...(isEmail ? [`o.email = lower(${conditions.place(search)})`] : []),
    ...(linesOfSku > 0 ? [hasSku(conditions.place(search), linesOfSku)] : []),
  ];
  return ways.length === 0 ? 'false' : `(${ways.join(' OR ')})`;
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
