import { Gathering } from './gathering.js';

/** Work that goes on when the test says so. */
function slowWork() {
  const batches: (readonly number[])[] = [];
  const waiting: (() => void)[] = [];
  const work = async (items: readonly number[]): Promise<number[]> => {
    batches.push(items);
    await new Promise<void>((resolve) => waiting.push(resolve));
    if (items.includes(13)) throw new Error(`not ${items.join(' ')}`);
    return items.map((item) => item * 10);
  };
  const begun = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const goOn = async (): Promise<void> => {
    await begun();
    waiting.shift()?.();
    await begun();
  };
  return { batches, work, begun, goOn };
}

describe('a gathering', () => {
  it('does at once what is alone, and together what came meanwhile, so many at the most', async () => {
    const { batches, work, begun, goOn } = slowWork();
    const gathering = new Gathering(work, 3);

    const first = gathering.add(1);
    await begun();
    const results = Promise.all([first, ...[2, 3, 4, 5].map((item) => gathering.add(item))]);
    for (let run = 0; run < 3; run += 1) await goOn();

    expect(await results).toEqual([10, 20, 30, 40, 50]);
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
  });

  it('does together what is given at the same moment', async () => {
    const { batches, work, goOn } = slowWork();
    const gathering = new Gathering(work, 3);

    const results = Promise.all([gathering.add(1), gathering.add(2)]);
    await goOn();

    expect([await results, batches]).toEqual([[10, 20], [[1, 2]]]);
  });

  it('is at rest afterwards and begins anew', async () => {
    const { batches, work, goOn } = slowWork();
    const gathering = new Gathering(work, 3);
    const first = gathering.add(1);
    await goOn();
    await first;

    const second = gathering.add(2);
    await goOn();

    expect([await second, batches]).toEqual([20, [[1], [2]]]);
  });

  it('rejects what fails alone, and nothing that was done beside it', async () => {
    const { batches, work, goOn } = slowWork();
    const gathering = new Gathering(work, 3);

    const results = Promise.allSettled([2, 13, 3, 1].map((item) => gathering.add(item)));
    for (let run = 0; run < 5; run += 1) await goOn();

    expect(
      (await results).map((result) => (result.status === 'fulfilled' ? result.value : String(result.reason))),
    ).toEqual([20, 'Error: not 13', 30, 10]);
    expect(batches).toEqual([[2, 13, 3], [2], [13], [3], [1]]);
  });

  it('rejects all of them where the failure meets each', async () => {
    const { batches, work, goOn } = slowWork();
    const gathering = new Gathering(work, 3, () => true);

    const results = Promise.allSettled([2, 13].map((item) => gathering.add(item)));
    await goOn();

    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(batches).toEqual([[2, 13]]);
  });

  it('rejects work that answers too little', async () => {
    await expect(new Gathering<number, number>(async () => [], 3).add(1)).rejects.toThrow('1 were given, 0 answered');
  });
});
