import { RouteMap } from './route-map.js';

describe('the map of routes', () => {
  const routes = new RouteMap();
  routes.add(['GET', 'HEAD'], '/v1/orders/:id');
  routes.add(['PATCH'], '/v1/orders/:id');
  routes.add(['POST'], '/v1/orders/:id/cancel');
  routes.add(['GET'], '/docs/*');
  routes.add(['GET'], '/openapi.json');

  it('lists the methods of a path, without those that every path has', () => {
    expect(routes.methodsAt('/v1/orders/ord_1')).toEqual(['GET', 'PATCH']);
    expect(routes.methodsAt('/v1/orders/ord_1/cancel')).toEqual(['POST']);
  });

  it.each(['/v1/orders', '/v1/orders/', '/v1/orders/a/b', '/v1/orders/a/cancel/b', '/docs/x', '/openapiXjson', ''])(
    'knows nothing at %j',
    (path) => {
      expect(routes.methodsAt(path)).toEqual([]);
    },
  );
});
