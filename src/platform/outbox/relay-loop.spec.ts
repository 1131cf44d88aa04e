import { Logger } from '@nestjs/common';
import { RelayLoop } from './relay-loop.js';

const AN_HOUR_MS = 3_600_000;

/** A loop whose runs are ended by hand, so that nothing depends on time. */
function steppedLoop(intervalMs = AN_HOUR_MS) {
  const runs: { stop: AbortSignal; end: (error?: Error) => void }[] = [];
  let begun: () => void = () => undefined;
  const loop = new RelayLoop('test', intervalMs, (stop) => {
    const run = new Promise<void>((resolve, reject) => {
      runs.push({ stop, end: (error) => (error ? reject(error) : resolve()) });
    });
    begun();
    return run;
  });
  const nextRun = async (count: number): Promise<void> => {
    while (runs.length < count) await new Promise<void>((resolve) => (begun = resolve));
  };
  return { loop, runs, nextRun };
}

describe('a relay', () => {
  it('works at once, and again when it is woken', async () => {
    const { loop, runs, nextRun } = steppedLoop();

    loop.start();
    await nextRun(1);
    runs[0]?.end();
    await Promise.resolve();
    loop.wake();
    await nextRun(2);

    runs[1]?.end();
    await loop.stop();
    expect(runs).toHaveLength(2);
  });

  it('looks once more where it was woken during its work, and never works twice at once', async () => {
    const { loop, runs, nextRun } = steppedLoop();

    loop.start();
    await nextRun(1);
    loop.wake();
    loop.wake();
    expect(runs).toHaveLength(1);
    runs[0]?.end();
    await nextRun(2);

    runs[1]?.end();
    await loop.stop();
    expect(runs).toHaveLength(2);
  });

  it('works by itself when its time has come', async () => {
    const { loop, runs, nextRun } = steppedLoop(1);

    loop.start();
    for (let count = 1; count <= 3; count += 1) {
      await nextRun(count);
      runs[count - 1]?.end();
    }

    const stopped = loop.stop();
    runs.at(-1)?.end();
    await stopped;
    expect(runs.length).toBeGreaterThanOrEqual(3);
  });

  it('goes on after a failure, and says so', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const { loop, runs, nextRun } = steppedLoop(1);

    loop.start();
    await nextRun(1);
    runs[0]?.end(new Error('no database'));
    await nextRun(2);

    const stopped = loop.stop();
    runs[1]?.end();
    await stopped;
    expect(error).toHaveBeenCalledWith({ msg: 'relay_failed', relay: 'test', reason: 'Error: no database' });
  });

  it('stops after the work that is under way, which is told', async () => {
    const { loop, runs, nextRun } = steppedLoop();
    loop.start();
    await nextRun(1);

    const stopped = loop.stop();

    expect(runs[0]?.stop.aborted).toBe(true);
    runs[0]?.end();
    await stopped;
    loop.wake();
    expect(runs).toHaveLength(1);
  });
});
