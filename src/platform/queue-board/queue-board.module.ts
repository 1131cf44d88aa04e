import { Module } from '@nestjs/common';
import { QueueModule } from '../queue/index.js';
import { QueueBoardController } from './queue-board.controller.js';
import { QUEUE_BOARD } from './queue-board.js';

@Module({ imports: [QueueModule], controllers: [QueueBoardController], providers: [QUEUE_BOARD] })
export class QueueBoardModule {}
