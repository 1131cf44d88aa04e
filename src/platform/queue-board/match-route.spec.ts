import { matchRoute } from './match-route.js';

describe('a route of the board', () => {
  it.each([
    ['/api/queues', '/api/queues', {}],
    ['/api/queues/:queueName/pause', '/api/queues/payments/pause', { queueName: 'payments' }],
    ['/api/queues/:queueName/:jobId', '/api/queues/payments/7', { queueName: 'payments', jobId: '7' }],
  ])('%s is found at %s', (pattern, path, parameters) => {
    expect(matchRoute(pattern, path)).toEqual(parameters);
  });

  it.each([
    ['/api/queues', '/api/queues/'],
    ['/api/queues', '/api/queue'],
    ['/api/queues/:queueName/pause', '/api/queues//pause'],
    ['/api/queues/:queueName/pause', '/api/queues/payments/resume'],
    ['/api/queues/:queueName/pause', '/api/queues/payments'],
  ])('%s is not at %s', (pattern, path) => {
    expect(matchRoute(pattern, path)).toBeUndefined();
  });
});
