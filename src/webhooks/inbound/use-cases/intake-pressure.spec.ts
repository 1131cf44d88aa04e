import { RedisStore } from '../../../platform/redis/index.js';
import { IntakePressure } from './intake-pressure.js';

/** What Redis answers look after look; the last answer stays. */
function pressure(...signs: readonly [string | undefined, ...(string | undefined)[]]) {
  let looks = 0;
  const redis: RedisStore = Object.create(RedisStore.prototype);
  const put = jest.spyOn(redis, 'put').mockResolvedValue();
  const get = jest
    .spyOn(redis, 'get')
    .mockImplementation(() => Promise.resolve(signs[Math.min(looks++, signs.length - 1)]));
  return { put, get, pressure: new IntakePressure(redis) };
}

describe('who applies what came in', () => {
  it('does not wait where nothing says so', async () => {
    const quiet = pressure(undefined);
    await quiet.pressure.over();
    expect(quiet.get).toHaveBeenCalledTimes(1);
  });

  it('waits until the sign is gone', async () => {
    const flood = pressure('1', '1', undefined);
    await flood.pressure.over();
    expect(flood.get).toHaveBeenCalledTimes(3);
  });

  it('looks once for all that ask at the same moment', async () => {
    const quiet = pressure(undefined);
    await Promise.all([quiet.pressure.over(), quiet.pressure.over(), quiet.pressure.over()]);
    expect(quiet.get).toHaveBeenCalledTimes(1);
  });

  it('goes on after a quarter of a minute, though it never ends', async () => {
    const flood = pressure('1');
    let now = performance.now();
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => (now += 6_000));
    await flood.pressure.over();
    clock.mockRestore();
    expect(flood.get.mock.calls.length).toBeGreaterThan(1);
    expect(flood.get.mock.calls.length).toBeLessThan(5);
  });

  it('goes on at once when the process stops', async () => {
    const flood = pressure('1');
    const waiting = flood.pressure.over();
    flood.pressure.beforeApplicationShutdown();
    await waiting;
    expect(flood.get).toHaveBeenCalledTimes(1);
  });
});

describe('who takes in', () => {
  it('gives a sign where many come while some are being stored, and not with each of them', () => {
    const taking = pressure(undefined);
    expect(taking.pressure.note(7)).toBe(false);
    expect(taking.put).not.toHaveBeenCalled();
    expect([taking.pressure.note(8), taking.pressure.note(64)]).toEqual([true, true]);
    expect(taking.put.mock.calls).toEqual([['webhooks:intake_pressure', '1', 1]]);
  });
});
