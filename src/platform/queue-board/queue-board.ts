import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { getQueueToken } from '@nestjs/bullmq';
import type { Provider } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { QUEUES } from '../queue/index.js';
import { BoardServer } from './board-server.js';

const APPEARANCE = { boardTitle: 'Holdfast queues', hideDocsLink: true } as const;

/** Bull Board over all queues. */
export const QUEUE_BOARD: Provider = {
  provide: BoardServer,
  inject: QUEUES.map((name) => getQueueToken(name)),
  useFactory: (...queues: Queue[]): BoardServer => {
    const serverAdapter = new BoardServer();
    const adapters = queues.map((queue) => new BullMQAdapter(queue));
    createBullBoard({ queues: adapters, serverAdapter, options: { uiConfig: APPEARANCE } });
    return serverAdapter;
  },
};
