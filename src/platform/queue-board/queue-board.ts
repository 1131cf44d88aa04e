import { getQueueToken } from '@nestjs/bullmq';
import type { Provider } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { QUEUES } from '../queue/index.js';
import { BoardServer } from './board-server.js';

const APPEARANCE = { boardTitle: 'Holdfast queues', hideDocsLink: true } as const;

/** Bull Board over all queues. Its library is loaded for the first who looks: most processes never show it. */
export class QueueBoard {
  private opened: Promise<BoardServer> | undefined;

  constructor(private readonly queues: readonly Queue[]) {}

  server(): Promise<BoardServer> {
    this.opened ??= this.open();
    return this.opened;
  }

  private async open(): Promise<BoardServer> {
    const [{ createBullBoard }, { BullMQAdapter }] = await Promise.all([
      import('@bull-board/api'),
      import('@bull-board/api/bullMQAdapter'),
    ]);
    const serverAdapter = new BoardServer();
    const queues = this.queues.map((queue) => new BullMQAdapter(queue));
    createBullBoard({ queues, serverAdapter, options: { uiConfig: APPEARANCE } });
    return serverAdapter;
  }
}

export const QUEUE_BOARD: Provider = {
  provide: QueueBoard,
  inject: QUEUES.map((name) => getQueueToken(name)),
  useFactory: (...queues: Queue[]): QueueBoard => new QueueBoard(queues),
};
