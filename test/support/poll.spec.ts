import { eventually } from './poll.js';

describe('eventually', () => {
  it('answers what the first attempt without an error returned', async () => {
    const attempt = jest.fn().mockRejectedValueOnce(new Error('not yet')).mockResolvedValueOnce('now');

    await expect(eventually(attempt, { everyMs: 1 })).resolves.toBe('now');
    expect(attempt).toHaveBeenCalledTimes(2);
  });

  it('gives up at the deadline and says what still was wrong', async () => {
    const attempt = jest.fn().mockRejectedValue(new Error('1 order instead of 2'));

    await expect(eventually(attempt, { withinMs: 0 })).rejects.toThrow('Not within 0 ms: 1 order instead of 2');
  });
});
