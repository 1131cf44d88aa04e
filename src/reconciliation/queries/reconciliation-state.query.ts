import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database/index.js';
import { COMPARED_OBJECTS, type ComparedObject } from '../domain/difference.js';
import type { Task } from '../domain/progress.js';

const OPEN = COMPARED_OBJECTS.map((name) => `count(*) FILTER (WHERE "object" = '${name}') AS ${name}`).join(', ');

/** What is to be measured about the comparison of the books. */
@Injectable()
export class ReconciliationStateQuery {
  constructor(private readonly database: Database) {}

  /** How many differences are open. */
  async countOpen(): Promise<Readonly<Record<ComparedObject, number>>> {
    const [open] = await this.database.read<Record<ComparedObject, number>>(
      `SELECT ${OPEN} FROM reconciliation_differences WHERE status = 'open'`,
    );
    return open ?? { payment: 0, refund: 0 };
  }

  /** How far each task has come; one that never ran is not there. */
  findProgress(): Promise<{ readonly task: Task; readonly doneUntil: Date }[]> {
    return this.database.read('SELECT task, done_until FROM reconciliation_progress');
  }
}
