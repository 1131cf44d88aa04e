import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../platform/database/index.js';
import { KafkaProducer, type OutgoingMessage } from '../../../platform/kafka/index.js';
import { type DeadEvent, DeadEventRepository } from '../../inbound/persistence/dead-event.repository.js';
import { DEAD_LETTER_TOPIC } from '../domain/topics.js';

const BATCH = 100;
const SENDING_LIMIT_MS = 20_000;

/**
 * Copies events of the broker that were parked to its dead letters, for whoever watches the broker and not us. They stay in
 * the inbox, where an admin may replay them. A crash between sending and marking sends them twice.
 */
@Injectable()
export class SendDeadLetters {
  private readonly logger = new Logger(SendDeadLetters.name);

  constructor(
    private readonly database: Database,
    private readonly events: DeadEventRepository,
    private readonly producer: KafkaProducer,
  ) {}

  /** Sends one bounded batch, and answers how many those were. The broker may be away: then they wait. */
  async execute(stop: AbortSignal): Promise<number> {
    const dead = await this.database.transaction((tx) => this.events.findUnsent(tx, BATCH));
    if (dead.length === 0) return 0;
    const signal = AbortSignal.any([stop, AbortSignal.timeout(SENDING_LIMIT_MS)]);
    await this.producer.send(DEAD_LETTER_TOPIC, dead.map(messageOf), signal);
    await this.database.transaction((tx) =>
      this.events.markSent(
        tx,
        dead.map(({ id }) => id),
      ),
    );
    for (const { id, origin } of dead) this.logger.warn({ msg: 'webhook_dead_lettered', webhook_event_id: id, origin });
    return dead.length;
  }
}

function messageOf({ id, providerEventId, type, payload, origin, lastError, attempts }: DeadEvent): OutgoingMessage {
  const [topic = '', partition = '', offset = ''] = (origin ?? '').split('/');
  return {
    key: providerEventId,
    value: payload,
    headers: {
      reason: lastError ?? '',
      attempts: String(attempts),
      webhook_event_id: id,
      event_type: type,
      origin_topic: topic,
      origin_partition: partition,
      origin_offset: offset,
    },
  };
}
