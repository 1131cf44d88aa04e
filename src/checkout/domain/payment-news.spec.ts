import { judge, type NewsCall, type NewsFact, type NewsPayment } from './payment-news.js';

const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, second));
const payment = (status: NewsPayment['status'], knownAt: number | null = 5): NewsPayment => ({
  status,
  lastFactAt: knownAt === null ? null : at(knownAt),
});
const fact = (kind: NewsFact['kind'], second: number): NewsFact => ({ kind, occurredAt: at(second) });
const call = (action: NewsCall['action'], paymentMethod: string | null = 'pm_card_visa'): NewsCall => ({
  action,
  request: { paymentMethod },
});

const STATES = ['pending', 'processing', 'requires_action', 'authorized', 'failed'] as const;
const TRIES = ['processing', 'requires_action', 'authorized', 'failed'] as const;
const KINDS = ['open', 'processing', 'requires_action', 'authorized', 'succeeded', 'failed', 'canceled'] as const;
const BEFORE = 4;
const SAME_SECOND = 5;
const AFTER = 6;

//
describe('news of captured money', () => {
  it.each(STATES)('pays what is %s, in the same second and later', (status) => {
    expect(judge(payment(status), undefined, fact('succeeded', SAME_SECOND))).toBe('apply');
    expect(judge(payment(status), undefined, fact('succeeded', AFTER))).toBe('apply');
  });

  it('is looked into where it is older than a decline', () => {
    expect(judge(payment('failed'), undefined, fact('succeeded', BEFORE))).toBe('ask');
  });

  it.each(['pending', 'processing', 'requires_action', 'authorized'] as const)(
    'pays what is %s also where it is older than what we know',
    (status) => {
      expect(judge(payment(status), undefined, fact('succeeded', BEFORE))).toBe('apply');
    },
  );

  it.each(['create', 'confirm', 'cancel'] as const)('counts while the answer to a %s is awaited', (action) => {
    expect(judge(payment('processing'), call(action), fact('succeeded', SAME_SECOND))).toBe('apply');
  });
});

describe('news of an intent that was given up', () => {
  it.each(STATES)('counts for what is %s, whenever it comes', (status) => {
    for (const second of [BEFORE, SAME_SECOND, AFTER]) {
      expect(judge(payment(status), undefined, fact('canceled', second))).toBe('apply');
      expect(judge(payment(status), call('cancel'), fact('canceled', second))).toBe('apply');
    }
  });
});

describe('any news', () => {
  it.each(['succeeded', 'canceled'] as const)('is old to a payment that is %s', (status) => {
    for (const kind of KINDS) expect(judge(payment(status), undefined, fact(kind, AFTER))).toBe('ignore');
  });

  it.each(TRIES)('of a try (%s) is dropped where it is older than what we know', (kind) => {
    for (const status of STATES) expect(judge(payment(status), undefined, fact(kind, BEFORE))).toBe('ignore');
  });

  it.each(TRIES)('of a try (%s) counts where it is newer', (kind) => {
    for (const status of STATES) expect(judge(payment(status), undefined, fact(kind, AFTER))).toBe('apply');
  });

  it.each(TRIES)('of a try (%s) in the same second counts where nothing had been tried', (kind) => {
    expect(judge(payment('pending'), undefined, fact(kind, SAME_SECOND))).toBe('apply');
  });

  it('of another state in the same second is looked into', () => {
    expect(judge(payment('processing'), undefined, fact('failed', SAME_SECOND))).toBe('ask');
    expect(judge(payment('requires_action'), undefined, fact('failed', SAME_SECOND))).toBe('ask');
    expect(judge(payment('failed'), undefined, fact('processing', SAME_SECOND))).toBe('ask');
  });

  it.each(TRIES)('that only repeats (%s) is dropped', (kind) => {
    expect(judge(payment(kind), undefined, fact(kind, SAME_SECOND))).toBe('ignore');
  });
});

describe('news while we await an answer', () => {
  it.each(TRIES)('(%s) is that answer where we asked for a new intent', (kind) => {
    expect(judge(payment('processing', null), call('create'), fact(kind, 1))).toBe('apply');
  });

  it.each(['open', ...TRIES] as const)('(%s) may be about an earlier try where the intent is older', (kind) => {
    for (const action of ['confirm', 'cancel'] as const) {
      expect(judge(payment('processing'), call(action), fact(kind, SAME_SECOND))).toBe('ignore');
      expect(judge(payment('processing'), call(action), fact(kind, AFTER))).toBe('ignore');
    }
  });

  it('that the intent exists is the answer only where nothing is charged yet', () => {
    expect(judge(payment('processing', null), call('create', null), fact('open', 1))).toBe('apply');
    expect(judge(payment('processing', null), call('create', 'pm_card_visa'), fact('open', 1))).toBe('ignore');
  });
});

describe('news that an intent is open', () => {
  it('says nothing new of one that waits, or in the second in which something was tried', () => {
    expect(judge(payment('pending'), undefined, fact('open', AFTER))).toBe('ignore');
    for (const kind of TRIES) expect(judge(payment(kind), undefined, fact('open', SAME_SECOND))).toBe('ignore');
  });

  it.each(TRIES)('after it was %s is looked into', (status) => {
    expect(judge(payment(status), undefined, fact('open', AFTER))).toBe('ask');
  });
});
