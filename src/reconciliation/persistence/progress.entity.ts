import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import type { Progress, Task } from '../domain/progress.js';

@Entity('reconciliation_progress')
@Check('reconciliation_progress_task_check', `task IN ('books', 'events')`)
export class ProgressEntity implements Progress {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'reconciliation_progress_pkey' })
  task: Task;

  @Column({ type: 'timestamptz' })
  doneUntil: Date;

  @Column({ type: 'timestamptz' })
  nextRunAt: Date;

  @Column({ type: 'bigint', default: 1 })
  fence: number;
}
