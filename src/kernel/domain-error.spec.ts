import { DomainError, declaredErrors, domainError } from './domain-error.js';

class ShelfEmpty extends domainError({ code: 'shelf_empty', kind: 'conflict', summary: 'The shelf is empty.' }) {}

describe('a domain error', () => {
  it('carries its code, kind, facts and cause', () => {
    const cause = new Error('why');

    const error = new ShelfEmpty('Nothing on shelf 7.', { shelf: 7 }, { cause });

    expect(error).toBeInstanceOf(DomainError);
    expect(error).toMatchObject({
      name: 'ShelfEmpty',
      code: 'shelf_empty',
      kind: 'conflict',
      message: 'Nothing on shelf 7.',
      details: { shelf: 7 },
      cause,
    });
  });

  it('is listed with all others by code', () => {
    expect(declaredErrors()).toContainEqual({ code: 'shelf_empty', kind: 'conflict', summary: 'The shelf is empty.' });
  });

  it('has a code that nobody else may declare', () => {
    expect(() => domainError({ code: 'shelf_empty', kind: 'invalid', summary: 'Again.' })).toThrow(
      'error code shelf_empty is declared twice',
    );
  });
});
