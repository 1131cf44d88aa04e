import { Global, Module } from '@nestjs/common';
import { KafkaModule } from '../../platform/kafka/index.js';
import { InboundModule } from '../inbound/inbound.module.js';
import { BROKER_TRANSPORT } from '../outbound/broker-transport.js';
import { KafkaTransport } from './gateway/kafka-transport.js';
import { PaymentEvents } from './jobs/payment-events.js';
import { SendDeadLetters } from './use-cases/send-dead-letters.use-case.js';

/** What a worker with a broker adds. Global, so that the way out finds the transport where there is one. */
@Global()
@Module({
  imports: [InboundModule, KafkaModule],
  providers: [PaymentEvents, SendDeadLetters, { provide: BROKER_TRANSPORT, useClass: KafkaTransport }],
  exports: [BROKER_TRANSPORT],
})
export class BrokerModule {}
