import { randomBytes } from 'node:crypto';
import { loadConfig } from '../../../platform/config/index.js';
import { KafkaClients, KafkaProducer, type OutgoingMessage } from '../../../platform/kafka/index.js';
import type { PublishedEvent } from '../../../platform/outbox/index.js';
import { KafkaTransport } from './kafka-transport.js';

/** Takes messages, but for the topics that it is told to fail with. */
class FakeProducer extends KafkaProducer {
  readonly sent: [string, string[]][] = [];
  readonly closed = new Set<string>();

  override send(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    if (this.closed.has(topic)) return Promise.reject(new Error(`no such topic: ${topic}`));
    this.sent.push([topic, messages.map(({ key, headers }) => `${key} ${headers['ce_id']}`)]);
    return Promise.resolve();
  }
}

function transport(stockTopic = '') {
  const config = loadConfig({
    DATABASE_URL: 'postgres://holdfast@localhost:5432/holdfast',
    REDIS_URL: 'redis://localhost:6379/0',
    JWT_SECRET: randomBytes(32).toString('hex'),
    SVC_INTERNAL_KEY: randomBytes(24).toString('hex'),
    KAFKA_BOOTSTRAP: 'localhost:9092',
    KAFKA_STOCK_TOPIC: stockTopic,
  });
  const producer = new FakeProducer(new KafkaClients(config));
  const publish = (...events: PublishedEvent[]) =>
    new KafkaTransport(config, producer).publish(events, AbortSignal.timeout(1_000));
  return { producer, publish };
}

let position = 0;
const event = (id: string, type: string, aggregateId: string, data: object = {}): PublishedEvent => {
  position += 1;
  const fixed = { version: 1, traceId: 'trace', createdAt: new Date(0) };
  return { ...fixed, id, type, aggregateId, payload: JSON.stringify({ type, ...data }), position };
};

const ORDER = event('evt_1', 'order.paid', 'ord_1', { order_id: 'ord_1' });
const STOCK = event('evt_2', 'stock.changed', 'prod_1', { product_id: 'prod_1' });
const REFUND = event('evt_3', 'refund.succeeded', 'ref_1', { order_id: 'ord_1' });

describe('the transport to a broker', () => {
  it('sends what concerns an order under its id, in order, and stock nowhere', async () => {
    const { producer, publish } = transport();

    expect(await publish(ORDER, STOCK, REFUND)).toEqual([]);

    expect(producer.sent).toEqual([['order.events', ['ord_1 evt_1', 'ord_1 evt_3']]]);
  });

  it('sends stock where it is told to', async () => {
    const { producer, publish } = transport('stock.events');

    expect(await publish(STOCK)).toEqual([]);

    expect(producer.sent).toEqual([['stock.events', ['prod_1 evt_2']]]);
  });

  it('takes orders although stock cannot be sent', async () => {
    const { producer, publish } = transport('stock.events');
    producer.closed.add('stock.events');

    expect(await publish(STOCK, ORDER)).toEqual([
      { id: 'evt_2', reason: 'stock.events: Error: no such topic: stock.events' },
    ]);

    expect(producer.sent).toEqual([['order.events', ['ord_1 evt_1']]]);
  });

  it('says that the broker is away where nothing can be sent', async () => {
    const { producer, publish } = transport('stock.events');
    producer.closed.add('order.events');

    await expect(publish(ORDER, STOCK)).rejects.toThrow('no such topic: order.events');

    expect(producer.sent).toEqual([]);
  });
});
