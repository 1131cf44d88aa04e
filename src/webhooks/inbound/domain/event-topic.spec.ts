import { HANDLED_EVENT_TYPES, topicOf, topicOfEvent } from './event-topic.js';

describe('an event', () => {
  it.each([
    ['payment_intent.succeeded', 'payment'],
    ['payment_intent.amount_capturable_updated', 'payment'],
    ['charge.refunded', 'refunded_charge'],
    ['refund.created', 'refund'],
    ['refund.failed', 'refund'],
    ['charge.dispute.created', 'dispute'],
    ['charge.dispute.funds_withdrawn', 'dispute'],
  ])('%s is about a %s', (type, topic) => {
    expect(topicOf(type)).toBe(topic);
  });

  it.each(['charge.succeeded', 'charge.refund.updated', 'payment_intent', 'customer.created', 'refunds.created', ''])(
    '%j is left alone',
    (type) => {
      expect(topicOf(type)).toBeUndefined();
    },
  );
});

describe('an event of the broker', () => {
  it.each(['payment.succeeded', 'payment.failed'])('%s reports a payment', (type) => {
    expect(topicOfEvent({ provider: 'broker', type })).toBe('report');
    expect(topicOfEvent({ provider: 'stripe', type })).toBeUndefined();
  });

  it.each(['payment_intent.succeeded', 'refund.created', 'payment.refunded', 'payment', ''])(
    '%j is left alone',
    (type) => {
      expect(topicOfEvent({ provider: 'broker', type })).toBeUndefined();
    },
  );
});

describe('the types that Stripe is asked for by name', () => {
  it('are about something, and no more than Stripe lets one name', () => {
    expect(HANDLED_EVENT_TYPES.filter((type) => topicOf(type) === undefined)).toEqual([]);
    expect(HANDLED_EVENT_TYPES.length).toBeLessThanOrEqual(20);
  });
});
