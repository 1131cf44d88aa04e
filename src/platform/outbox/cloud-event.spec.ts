import { cloudEvent, type OutboxEvent } from './cloud-event.js';

const event: OutboxEvent = {
  id: 'evt_01kaf5d3m0e9wtsz1v5b7x2y4q',
  aggregateId: 'ord_01kaf5d3m0e9wtsz1v5b7x2y4q',
  version: 12,
  type: 'order.paid',
  payload: '{"type":"order.paid","amount_cents":5649}',
  traceId: '0af7651916cd43dd8448eb211c80319c',
  createdAt: new Date('2026-11-20T12:00:00.123Z'),
};

describe('an event for others', () => {
  it('has the attributes of CloudEvents, and its data as it was written', () => {
    expect(cloudEvent(event, '/shop')).toEqual({
      specversion: '1.0',
      id: event.id,
      source: '/shop',
      type: 'order.paid',
      subject: event.aggregateId,
      time: '2026-11-20T12:00:00.123Z',
      datacontenttype: 'application/json',
      sequence: '0000000012',
      partitionkey: event.aggregateId,
      traceid: event.traceId,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-8f0c937e7f1f9652-00',
      data: { type: 'order.paid', amount_cents: 5_649 },
    });
  });

  it('is named by lower-case letters and digits alone, as the specification asks', () => {
    expect(Object.keys(cloudEvent(event, '/shop')).filter((name) => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([]);
  });

  it('follows a trace in the form of a UUID', () => {
    const traceId = '0AF76519-16cd-43dd-8448-eb211c80319c';

    expect(cloudEvent({ ...event, traceId }, '/').traceparent).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-/);
  });

  it.each(['order-4711', '0'.repeat(32), ''])('has no traceparent where its trace is %j', (traceId) => {
    expect(cloudEvent({ ...event, traceId }, '/')).not.toHaveProperty('traceparent');
  });
});
