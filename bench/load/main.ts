import type { LoadAnswer, LoadJob } from './job.js';
import { load } from './load.js';

// The load generator as a process of its own: jobs come and reports go over the channel that its parent opened.
process.on('message', (job: LoadJob) => {
  void load(job).then(
    (report) => answer({ report }),
    (error: unknown) => answer({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());

function answer(message: LoadAnswer): void {
  process.send?.(message);
}
