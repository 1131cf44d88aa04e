import { pathOf } from './http-request.js';

describe('the path of a request', () => {
  it.each([
    ['/v1/orders?email=alice@example.com', '/v1/orders'],
    ['/v1/orders', '/v1/orders'],
    ['/v1/orders/%ZZ?x', '/v1/orders/%ZZ'],
    ['/?a?b', '/'],
    ['', ''],
  ])('of %s is %s', (originalUrl, path) => {
    expect(pathOf({ originalUrl })).toBe(path);
  });

  it.each(['/v1/4242424242424242', '/v1/orders/4242%204242%204242%204242', '/%34242424242424242'])(
    'of %s is not repeated',
    (originalUrl) => {
      expect(pathOf({ originalUrl })).toBe('/[redacted]');
    },
  );
});
