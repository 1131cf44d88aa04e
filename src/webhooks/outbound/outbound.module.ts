import { Module } from '@nestjs/common';
import {
  EVENT_SUBSCRIBERS,
  EVENT_TRANSPORTS,
  type EventSubscriber,
  type EventTransport,
  OutboxEar,
  PublishEvents,
  SendEvents,
} from '../../platform/outbox/index.js';
import { BROKER_TRANSPORT } from './broker-transport.js';
import { DeliveriesFacade } from './deliveries.facade.js';
import { DeliveriesModule } from './deliveries.module.js';
import { Relay } from './jobs/relay.js';

/** Where events go over the network. */
function transportsOf(...found: readonly (EventTransport | undefined)[]): readonly EventTransport[] {
  return found.filter((transport) => transport !== undefined);
}

/** The way out, without anything that serves HTTP or jobs. */
@Module({
  imports: [DeliveriesModule],
  providers: [
    // Who takes events into our own database, in the transaction that publishes them.
    {
      provide: EVENT_SUBSCRIBERS,
      inject: [DeliveriesFacade],
      useFactory: (...subscribers: EventSubscriber[]) => subscribers,
    },
    {
      provide: EVENT_TRANSPORTS,
      inject: [{ token: BROKER_TRANSPORT, optional: true }],
      useFactory: transportsOf,
    },
    PublishEvents,
    SendEvents,
  ],
  exports: [PublishEvents, SendEvents],
})
export class OutboundModule {}

/** What the worker adds. */
@Module({ imports: [OutboundModule], providers: [OutboxEar, Relay] })
export class OutboundJobsModule {}
