import { CatalogFacade, type ProductDraft } from '../../../src/catalog/index.js';
import { ProductRepository } from '../../../src/catalog/persistence/product.repository.js';
import { newId } from '../../../src/kernel/id.js';
import { sql } from '../../../src/platform/database/index.js';
import { withRollback } from '../../support/database.js';
import { addProduct } from '../../support/products.js';
import { recordStatements } from '../../support/statements.js';

const catalog = new CatalogFacade(new ProductRepository());
const draft = (sku: string): ProductDraft => ({
  sku,
  title: `Product ${sku}`,
  description: '',
  unitPrice: 500,
  currency: 'usd',
  active: true,
});

describe('the catalogue', () => {
  const db = withRollback();
  const query = (text: string, parameters: readonly unknown[] = []) => sql(db.tx, text, [...parameters]);

  it('finds products by id, archived ones as not active, with one statement', async () => {
    const mug = await addProduct(query, { unitPrice: 500 });
    const cup = await addProduct(query, { currency: 'eur', archived: true });
    const off = await addProduct(query, { active: false });
    await addProduct(query);
    let found: unknown;

    const log = await recordStatements(async () => {
      found = await catalog.findProducts(db.tx, [off.id, newId('prod'), cup.id, 'mug', mug.id, mug.id]);
    });

    expect(found).toEqual([
      { ...mug, active: true },
      { ...cup, active: false },
      { ...off, active: false },
    ]);
    expect(log.count).toBe(1);
  });

  it('adds the drafts whose sku no product ever had', async () => {
    await catalog.addMissing(db.tx, [draft('A')]);
    await query(`UPDATE products SET active = false, archived_at = now() WHERE sku = 'A'`);
    const before = await query('SELECT * FROM products');

    const added = await catalog.addMissing(db.tx, [draft('A'), draft('B')]);
    const again = await catalog.addMissing(db.tx, [draft('A'), draft('B')]);

    const after = await query('SELECT id, sku, unit_price FROM products ORDER BY id');
    expect([...added.keys()]).toEqual(['B']);
    expect(again.size).toBe(0);
    expect(after).toMatchObject([{ sku: 'A' }, { id: added.get('B'), sku: 'B', unitPrice: 500 }]);
    expect(await query(`SELECT * FROM products WHERE sku = 'A'`)).toEqual(before);
  });
});
