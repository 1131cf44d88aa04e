import { PruneIdempotencyKeys } from '../../platform/idempotency/index.js';
import { ExpireReservations } from '../use-cases/expire-reservations.use-case.js';
import { SettlePayments } from '../use-cases/settle-payments.use-case.js';
import { CheckoutSweeps } from './checkout-sweeps.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('the sweeps of the checkout', () => {
  it('look for holds twice as often as for anything else', async () => {
    const [settle, expire, prune]: [SettlePayments, ExpireReservations, PruneIdempotencyKeys] = [
      Object.create(SettlePayments.prototype),
      Object.create(ExpireReservations.prototype),
      Object.create(PruneIdempotencyKeys.prototype),
    ];
    const [settled, expired] = [
      jest.spyOn(settle, 'sweep').mockResolvedValue(0),
      jest.spyOn(expire, 'execute').mockResolvedValue(0),
    ];
    const sweeps = new CheckoutSweeps({ SWEEP_INTERVAL_SECONDS: 4 }, settle, expire, prune);

    sweeps.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(8_000);
    await sweeps.onApplicationShutdown();

    expect(settled).toHaveBeenCalledTimes(2);
    expect(expired).toHaveBeenCalledTimes(4);
  });
});
