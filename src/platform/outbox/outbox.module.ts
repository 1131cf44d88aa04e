import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { OutboxBell } from './outbox-bell.js';
import { OutboxEventEntity } from './outbox-event.entity.js';
import { OutboxHorizonEntity } from './outbox-horizon.entity.js';
import { Outbox } from './outbox.js';

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([OutboxEventEntity, OutboxHorizonEntity])],
  providers: [Outbox, OutboxBell],
  exports: [Outbox],
})
export class OutboxModule {}
