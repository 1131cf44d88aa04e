import { differencesBetween } from './comparison.js';

const entry = (status: string, amount = 2_500, currency = 'usd') => ({ status, amount, currency });

describe('a payment in two books', () => {
  it.each([
    ['is the same', entry('succeeded'), entry('succeeded'), []],
    ['was captured there and is unknown here', undefined, entry('succeeded'), ['missing_here']],
    ['was captured here and is unknown there', entry('succeeded'), undefined, ['missing_at_stripe']],
    ['was captured there and is open here', entry('pending', 0), entry('succeeded'), ['status']],
    ['was captured here and is open there', entry('succeeded'), entry('open', 0), ['status']],
    ['has another amount', entry('succeeded', 2_499), entry('succeeded'), ['amount']],
    ['has another currency', entry('succeeded', 2_500, 'eur'), entry('succeeded'), ['currency']],
    ['has neither', entry('succeeded', 1, 'eur'), entry('succeeded'), ['amount', 'currency']],
    ['came to nothing there and is unknown here', undefined, entry('failed', 0), []],
    ['came to nothing here and is unknown there', entry('canceled', 0), undefined, []],
    ['came to nothing in different ways', entry('failed', 0), entry('canceled', 0), []],
    ['is known to nobody', undefined, undefined, []],
  ])('that %s', (_, here, atStripe, kinds) => {
    expect(differencesBetween('payment', here, atStripe)).toEqual(kinds);
  });
});

describe('a refund in two books', () => {
  it.each([
    ['is the same', entry('succeeded'), entry('succeeded'), []],
    ['is on its way there and unknown here', undefined, entry('pending'), ['missing_here']],
    ['is on its way here and unknown there', entry('submitted'), undefined, ['missing_at_stripe']],
    ['arrived there and is on its way here', entry('pending'), entry('succeeded'), ['status']],
    ['failed there and arrived here', entry('succeeded'), entry('failed'), ['status']],
    ['has another amount', entry('succeeded', 100), entry('succeeded', 200), ['amount']],
    ['failed in both', entry('failed'), entry('failed'), []],
    ['failed there and is unknown here', undefined, entry('failed'), []],
    ['was given up here and failed there', entry('canceled'), entry('failed'), []],
  ])('that %s', (_, here, atStripe, kinds) => {
    expect(differencesBetween('refund', here, atStripe)).toEqual(kinds);
  });
});
