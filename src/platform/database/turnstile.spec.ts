import { TurnedAway, Turnstile } from './turnstile.js';

/** Work that lasts until somebody ends it. */
function held(): { readonly work: () => Promise<void>; readonly end: () => void } {
  let end = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { work: () => done, end };
}

describe('a turnstile', () => {
  it('lets as many in as it has places, and the others in the order in which they came', async () => {
    const turnstile = new Turnstile(2, 1_000);
    const [first, second] = [held(), held()];
    const entered: number[] = [];
    const come = (number: number, work: () => Promise<void>) =>
      turnstile.pass(() => {
        entered.push(number);
        return work();
      });

    const inside = [come(1, first.work), come(2, second.work)];
    const waiting = [come(3, () => Promise.resolve()), come(4, () => Promise.resolve())];
    await Promise.resolve();
    const before = [...entered];
    first.end();
    second.end();
    await Promise.all([...inside, ...waiting]);

    expect(before).toEqual([1, 2]);
    expect(entered).toEqual([1, 2, 3, 4]);
  });

  it('frees the place of work that failed', async () => {
    const turnstile = new Turnstile(1, 1_000);

    await expect(turnstile.pass(() => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(await turnstile.pass(() => Promise.resolve('in'))).toBe('in');
  });

  it('turns away who waited too long, and begins nothing for him', async () => {
    const turnstile = new Turnstile(1, 20);
    const { work, end } = held();
    const begun = jest.fn(() => Promise.resolve());

    const inside = turnstile.pass(work);
    await expect(turnstile.pass(begun)).rejects.toThrow(TurnedAway);
    end();
    await inside;

    expect(begun).not.toHaveBeenCalled();
    expect(await turnstile.pass(() => Promise.resolve('in'))).toBe('in');
  });

  it('turns away at once where a thousand wait already', async () => {
    const turnstile = new Turnstile(1, 60_000);
    const { work, end } = held();
    const inside = turnstile.pass(work);
    const waiting = Array.from({ length: 1_000 }, () => turnstile.pass(() => Promise.resolve()));

    await expect(turnstile.pass(() => Promise.resolve())).rejects.toThrow('1000 callers wait already');
    end();

    expect(await Promise.all([inside, ...waiting])).toHaveLength(1_001);
  });
});
