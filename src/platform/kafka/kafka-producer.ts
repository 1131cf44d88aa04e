import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Partitioners, type Producer } from 'kafkajs';
import { KafkaClients } from './kafka-clients.js';
import { settledWithin, unlessAborted } from './within-limit.js';

export interface OutgoingMessage {
  /** Messages of one key stay in order. */
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

const ALL_REPLICAS = -1;
/** How long the broker may wait for its replicas. */
const ACKNOWLEDGE_TIMEOUT_MS = 5_000;
const DISCONNECT_LIMIT_MS = 2_000;

/** Sends messages. Connects with the first one, and anew after each failure. */
@Injectable()
export class KafkaProducer implements OnApplicationShutdown {
  private connected: Promise<Producer> | undefined;

  constructor(private readonly clients: KafkaClients) {}

  /**
   * Resolves once all in-sync replicas have all of the messages. Where it throws, some may have arrived all the same: sent
   * again they come twice, but none comes before one of its key that stands in front of it.
   */
  async send(topic: string, messages: readonly OutgoingMessage[], signal: AbortSignal): Promise<void> {
    try {
      await unlessAborted(signal, this.sendAll(topic, messages));
    } catch (error) {
      await this.disconnect();
      throw error;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.disconnect();
  }

  private async sendAll(topic: string, messages: readonly OutgoingMessage[]): Promise<void> {
    this.connected ??= this.connect();
    const producer = await this.connected;
    await producer.send({
      topic,
      acks: ALL_REPLICAS,
      timeout: ACKNOWLEDGE_TIMEOUT_MS,
      messages: messages.map(({ key, value, headers }) => ({ key, value, headers: { ...headers } })),
    });
  }

  private async connect(): Promise<Producer> {
    const producer = this.clients.create().producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    return producer;
  }

  private async disconnect(): Promise<void> {
    const { connected } = this;
    this.connected = undefined;
    if (!connected) return;
    await settledWithin(
      DISCONNECT_LIMIT_MS,
      connected.then((producer) => producer.disconnect()),
    );
  }
}
