import { newId } from '../../kernel/id.js';
import { type Product, reviseProduct } from './product.js';

const mug: Product = {
  id: newId('prod'),
  sku: 'MUG-BLUE',
  title: 'Blue mug',
  description: '',
  unitPrice: 1_450,
  currency: 'usd',
  active: true,
  archivedAt: null,
  createdAt: new Date('2026-11-01T00:00:00Z'),
  updatedAt: new Date('2026-11-01T00:00:00Z'),
};
const archived: Product = { ...mug, active: false, archivedAt: new Date('2026-11-02T00:00:00Z') };

describe('reviseProduct', () => {
  it('changes what is given and leaves what is undefined', () => {
    const revised = reviseProduct(mug, { title: 'Mug', description: undefined, unitPrice: 1 });

    expect(revised).toEqual({ ...mug, title: 'Mug', unitPrice: 1 });
  });

  it('brings an archived product back when it is activated', () => {
    expect(reviseProduct(archived, { active: true })).toEqual({ ...archived, active: true, archivedAt: null });
  });

  it('leaves an archived product archived through any other change', () => {
    expect(reviseProduct(archived, { title: 'Mug' })).toEqual({ ...archived, title: 'Mug' });
    expect(reviseProduct(archived, { active: false })).toEqual(archived);
  });

  it('does not archive a product that is taken off sale', () => {
    expect(reviseProduct(mug, { active: false })).toEqual({ ...mug, active: false });
  });
});
