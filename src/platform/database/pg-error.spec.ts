import { QueryFailedError } from 'typeorm';
import { isDatabaseUnavailable, isRetryableConflict, violatesUnique } from './pg-error.js';

const failed = (code: string, facts: object = {}) =>
  new QueryFailedError('SELECT 1', [], Object.assign(new Error(`failed with ${code}`), { code, ...facts }));
const system = (code: string) => Object.assign(new Error(`connect ${code} 127.0.0.1:5432`), { code });

describe('a conflict that a rerun may heal', () => {
  it.each(['40P01', '40001'])('is %s', (code) => {
    expect(isRetryableConflict(failed(code))).toBe(true);
  });

  it.each(['23505', '55P03', '57014'])('is not %s', (code) => {
    expect(isRetryableConflict(failed(code))).toBe(false);
  });
});

describe('a database that cannot serve', () => {
  it.each(['08006', '57P01', '57P03', '53300', '55P03', '57014', '40P01', '40001'])('says %s', (code) => {
    expect(isDatabaseUnavailable(failed(code))).toBe(true);
  });

  it.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND'])('shows as %s', (code) => {
    expect(isDatabaseUnavailable(system(code))).toBe(true);
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Client has encountered a connection error and is not queryable',
  ])('shows as an error without a code: %s', (message) => {
    expect(isDatabaseUnavailable(new Error(message))).toBe(true);
  });

  it.each([failed('23505'), failed('22003'), failed('42601'), new Error('something else'), 'text', undefined])(
    'is not meant by %s',
    (error) => {
      expect(isDatabaseUnavailable(error)).toBe(false);
    },
  );
});

describe('a violated unique constraint', () => {
  it('is known by its name', () => {
    const error = failed('23505', { constraint: 'products_sku_key' });

    expect(violatesUnique(error, 'products_sku_key')).toBe(true);
    expect(violatesUnique(error, 'products_pkey')).toBe(false);
    expect(violatesUnique(failed('23503', { constraint: 'products_sku_key' }), 'products_sku_key')).toBe(false);
    expect(violatesUnique(new Error('x'), 'products_sku_key')).toBe(false);
  });
});
