import { fromGlobalSetup, requireTestDatabase, requireTestRedis } from './guards.js';

//
describe('guards of the test suite', () => {
  it.each(['postgres://app@db/shop', 'postgres://app@test.example.com/shop', 'postgres://test@db/'])(
    'refuse the database %s',
    (url) => {
      expect(() => requireTestDatabase(url)).toThrow('Refusing to test on database');
    },
  );

  it('accept a database whose name says test', () => {
    expect(requireTestDatabase('postgres://app@db/holdfast_test_1')).toBe('holdfast_test_1');
  });

  it.each(['redis://cache:6379', 'redis://cache:6379/', 'redis://cache:6379/0', 'redis://cache:6379/00'])(
    'refuse Redis at %s',
    (url) => {
      expect(() => requireTestRedis(url)).toThrow('Refusing to test on Redis database');
    },
  );

  it('accept Redis database 15', () => {
    expect(requireTestRedis('redis://cache:6379/15')).toBe('redis://cache:6379/15');
  });

  it('fail, never skip, without the services', () => {
    expect(() => fromGlobalSetup('TEST_DATABASE_URL_THAT_NOBODY_SETS')).toThrow('this test needs PostgreSQL and Redis');
  });
});
