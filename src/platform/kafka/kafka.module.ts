import { Module } from '@nestjs/common';
import { KafkaClients } from './kafka-clients.js';
import { KafkaProducer } from './kafka-producer.js';

@Module({ providers: [KafkaClients, KafkaProducer], exports: [KafkaClients, KafkaProducer] })
export class KafkaModule {}
