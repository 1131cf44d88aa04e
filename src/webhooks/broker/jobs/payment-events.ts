import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock } from '../../../kernel/clock.js';
import { CONFIG, type Config } from '../../../platform/config/index.js';
import { KafkaClients, KafkaListener, type KafkaMessage } from '../../../platform/kafka/index.js';
import { Sweep } from '../../../platform/queue/index.js';
import { ReceiveEvent } from '../../inbound/use-cases/receive-event.use-case.js';
import { PAYMENT_EVENTS_TOPIC } from '../domain/topics.js';
import { readMessage } from '../gateway/incoming-message.js';
import { SendDeadLetters } from '../use-cases/send-dead-letters.use-case.js';

/** Hears `payment.events`: each message lies in the inbox before its offset is committed. */
@Injectable()
export class PaymentEvents implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly listener: KafkaListener;
  private readonly deadLetters: Sweep;

  constructor(
    @Inject(CONFIG) config: Config,
    clients: KafkaClients,
    sendDeadLetters: SendDeadLetters,
    private readonly receiveEvent: ReceiveEvent,
  ) {
    this.listener = new KafkaListener(clients, {
      topic: PAYMENT_EVENTS_TOPIC,
      groupId: config.KAFKA_GROUP_ID,
      receive: (message) => this.receive(message),
    });
    this.deadLetters = new Sweep('send-dead-letters', config.SWEEP_INTERVAL_SECONDS * 1_000, (stop) =>
      sendDeadLetters.execute(stop),
    );
  }

  onApplicationBootstrap(): void {
    this.listener.start();
    this.deadLetters.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.listener.stop(), this.deadLetters.stop()]);
  }

  private async receive(message: KafkaMessage): Promise<void> {
    const read = readMessage(message, systemClock.now());
    if (read.kind === 'event') await this.receiveEvent.execute(read.event);
    else await this.receiveEvent.setAside(read.event, read.reason);
  }
}
