/** `books`: payments and refunds, a day at a time · `events`: those that no webhook brought us. */
export type Task = 'books' | 'events';

/** How far a task has come. Everything at the provider before `doneUntil` was looked at. */
export interface Progress {
  readonly task: Task;
  readonly doneUntil: Date;
  /** When it is to run, or may be taken over from whoever runs it. */
  readonly nextRunAt: Date;
  /** Rises with each run: who was overtaken finds another number. */
  readonly fence: number;
}
