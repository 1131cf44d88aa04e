import { identifyRequest } from './request-ids.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const MADE = /^[0-9a-f]{32}$/;

describe('the ids of a request', () => {
  it.each([
    [{ 'x-trace-id': 'order-42' }, 'order-42'],
    [{ traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, TRACE],
    [{ 'x-trace-id': 'order-42', traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, 'order-42'],
    [{ 'x-trace-id': 'not usable', traceparent: `00-${TRACE}-b7ad6b7169203331-01` }, TRACE],
  ])('take the trace of %j', (headers, traceId) => {
    expect(identifyRequest(headers).traceId).toBe(traceId);
  });

  it.each([
    {},
    { 'x-trace-id': '' },
    { 'x-trace-id': 'x'.repeat(129) },
    { 'x-trace-id': 'line\nbreak' },
    { 'x-trace-id': '4242424242424242' },
    { traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01` },
    { traceparent: TRACE },
  ])('have a new trace for %j', (headers) => {
    expect(identifyRequest(headers).traceId).toMatch(MADE);
    expect(identifyRequest(headers).traceId).not.toBe(identifyRequest(headers).traceId);
  });

  it('have a request id that is new each time', () => {
    const ids = Array.from({ length: 100 }, () => identifyRequest({ 'x-trace-id': 'same' }).requestId);

    expect(new Set(ids).size).toBe(100);
    expect(ids[0]).toMatch(/^req_[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
