import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { KafkaProducer, type OutgoingMessage } from '../../../platform/kafka/index.js';
import { cloudEvent, type EventTransport, type PublishedEvent, type Refusal } from '../../../platform/outbox/index.js';
import { routeOf } from '../domain/route.js';
import { ORDER_EVENTS_TOPIC } from '../domain/topics.js';
import { outgoingMessage } from './outgoing-message.js';

/** What goes to one topic. */
interface Load {
  readonly topic: string;
  readonly events: PublishedEvent[];
  readonly messages: OutgoingMessage[];
}

/** Events to a broker: `order.events`, keyed by the order, and where it is configured a topic for stock, keyed by the product. */
@Injectable()
export class KafkaTransport implements EventTransport {
  readonly name = 'kafka';

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly producer: KafkaProducer,
  ) {}

  /**
   * A topic that cannot be written to keeps the events of another one from nothing: once some were sent, the others are refused
   * by themselves. Where nothing was sent at all the broker is away.
   */
  async publish(events: readonly PublishedEvent[], signal: AbortSignal): Promise<readonly Refusal[]> {
    const refusals: Refusal[] = [];
    let sent = 0;
    for (const load of this.loadsOf(events)) {
      try {
        await this.producer.send(load.topic, load.messages, signal);
        sent += load.events.length;
      } catch (error) {
        if (sent === 0) throw error;
        refusals.push(...load.events.map(({ id }) => ({ id, reason: `${load.topic}: ${String(error)}` })));
      }
    }
    return refusals;
  }

  /** The orders first. */
  private loadsOf(events: readonly PublishedEvent[]): readonly Load[] {
    const orders: Load = { topic: ORDER_EVENTS_TOPIC, events: [], messages: [] };
    const stock: Load = { topic: this.config.KAFKA_STOCK_TOPIC, events: [], messages: [] };
    for (const event of events) {
      const told = cloudEvent(event, this.config.EVENT_SOURCE);
      const route = routeOf({ ...event, data: told.data });
      const load = route.to === 'order' ? orders : stock;
      load.events.push(event);
      load.messages.push(outgoingMessage(told, route.key));
    }
    return [orders, stock].filter(({ topic, events: some }) => topic !== '' && some.length > 0);
  }
}
