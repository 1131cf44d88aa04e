// A broker that speaks the protocol of Kafka: messages sent with all acknowledgements, messages heard at least once.
// Never loaded where no broker is configured, and never knows what a message means.
export { KafkaModule } from './kafka.module.js';
export { KafkaListener, type KafkaMessage } from './kafka-listener.js';
export { KafkaProducer, type OutgoingMessage } from './kafka-producer.js';
export { KafkaClients } from './kafka-clients.js';
