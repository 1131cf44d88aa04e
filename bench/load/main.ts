import { type LoadAnswer, type LoadJob, STOP } from './job.js';
import { load } from './load.js';

// The load generator as a process of its own: jobs come and reports go over the channel that its parent opened.
let running = new AbortController();
process.on('message', (message: LoadJob | typeof STOP) => {
  if (message === STOP) return running.abort();
  running = new AbortController();
  void load(message, running.signal).then(
    (report) => answer({ report }),
    (error: unknown) => answer({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());

function answer(message: LoadAnswer): void {
  process.send?.(message);
}
