import { Inject, Injectable, Logger } from '@nestjs/common';
import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import { CONFIG, type Config } from '../config/index.js';

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 8_000;

/** Makes clients of the configured broker. Each has its own connections, which whoever asked for it closes. */
@Injectable()
export class KafkaClients {
  private readonly logger = new Logger(KafkaClients.name);

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  create(): Kafka {
    const { KAFKA_BOOTSTRAP: brokers, KAFKA_CLIENT_ID: clientId, KAFKA_SSL } = this.config;
    const sasl = signInOf(this.config);
    return new Kafka({
      brokers: [...brokers],
      clientId,
      ssl: KAFKA_SSL === 'true',
      ...(sasl && { sasl }),
      connectionTimeout: CONNECT_TIMEOUT_MS,
      authenticationTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Few and quick: whoever sends or listens has pauses of his own, and says once that the broker is away.
      retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, restartOnFailure: () => Promise.resolve(false) },
      logLevel: logLevel.WARN,
      logCreator:
        () =>
        ({ namespace, log: { message } }) =>
          this.logger.debug({ msg: 'kafka_client', namespace, reason: message }),
    });
  }
}

function signInOf(config: Config): SASLOptions | undefined {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = config;
  if (mechanism === undefined || username === undefined || password === undefined) return undefined;
  return { mechanism, username, password };
}
