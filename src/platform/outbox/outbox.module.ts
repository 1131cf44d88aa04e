import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DeadLetters } from './dead-letters.js';
import { OutboxBell } from './outbox-bell.js';
import { OutboxEventEntity } from './outbox-event.entity.js';
import { OutboxHorizonEntity } from './outbox-horizon.entity.js';
import { OutboxLogRepository } from './outbox-log.repository.js';
import { OutboxSendingRepository } from './outbox-sending.repository.js';
import { Outbox } from './outbox.js';
import { PruneOutbox } from './prune-outbox.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([OutboxEventEntity, OutboxHorizonEntity])],
  providers: [Outbox, OutboxBell, OutboxLogRepository, OutboxSendingRepository, DeadLetters, PruneOutbox],
  exports: [Outbox, OutboxLogRepository, OutboxSendingRepository, DeadLetters, PruneOutbox],
})
export class OutboxModule {}
