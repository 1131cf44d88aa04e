import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OutboxEventEntity } from './outbox-event.entity.js';
import { Outbox } from './outbox.js';

@Global()
@Module({ imports: [TypeOrmModule.forFeature([OutboxEventEntity])], providers: [Outbox], exports: [Outbox] })
export class OutboxModule {}
