import { dailyPieces, daysToCompare, isWithin, nextComparison, startOfDay, widened } from './days.js';

const at = (text: string): Date => new Date(text);
const texts = (periods: readonly { readonly from: Date; readonly to: Date }[]) =>
  periods.map(({ from, to }) => [from.toISOString(), to.toISOString()]);

const MARGIN = 3_600;

describe('the days to compare', () => {
  it('are yesterday alone where the day before is done', () => {
    const days = daysToCompare(at('2026-11-19T00:00:00Z'), at('2026-11-20T08:30:00Z'), MARGIN);

    expect(texts(days)).toEqual([['2026-11-19T00:00:00.000Z', '2026-11-20T00:00:00.000Z']]);
  });

  it('are none within the margin after midnight', () => {
    const doneUntil = at('2026-11-19T00:00:00Z');

    expect(daysToCompare(doneUntil, at('2026-11-20T00:59:59Z'), MARGIN)).toEqual([]);
    expect(daysToCompare(doneUntil, at('2026-11-20T01:00:00Z'), MARGIN)).toHaveLength(1);
  });

  it('are none twice', () => {
    expect(daysToCompare(at('2026-11-20T00:00:00Z'), at('2026-11-20T23:59:59Z'), MARGIN)).toEqual([]);
  });

  it('are those that an outage has left out, oldest first', () => {
    const days = daysToCompare(at('2026-11-17T00:00:00Z'), at('2026-11-20T08:30:00Z'), MARGIN);

    expect(texts(days)).toEqual([
      ['2026-11-17T00:00:00.000Z', '2026-11-18T00:00:00.000Z'],
      ['2026-11-18T00:00:00.000Z', '2026-11-19T00:00:00.000Z'],
      ['2026-11-19T00:00:00.000Z', '2026-11-20T00:00:00.000Z'],
    ]);
  });

  it('go back 30 days at most', () => {
    const days = daysToCompare(at('2024-01-01T00:00:00Z'), at('2026-11-20T08:30:00Z'), MARGIN);

    expect(days).toHaveLength(30);
    expect(days[0]?.from.toISOString()).toBe('2026-10-21T00:00:00.000Z');
  });

  it('come up next once the day after has ended, and the margin too', () => {
    expect(nextComparison(at('2026-11-20T00:00:00Z'), MARGIN).toISOString()).toBe('2026-11-21T01:00:00.000Z');
  });
});

describe('a stretch of time', () => {
  it('falls into pieces of a day', () => {
    expect(texts(dailyPieces(at('2026-11-18T10:00:00Z'), at('2026-11-20T08:00:00Z')))).toEqual([
      ['2026-11-18T10:00:00.000Z', '2026-11-19T10:00:00.000Z'],
      ['2026-11-19T10:00:00.000Z', '2026-11-20T08:00:00.000Z'],
    ]);
  });

  it('goes back 30 days at most, and is empty where nothing has passed', () => {
    const now = at('2026-11-20T08:00:00Z');

    expect(dailyPieces(at('2020-01-01T00:00:00Z'), now)).toHaveLength(30);
    expect(dailyPieces(now, now)).toEqual([]);
  });

  it('begins with its first moment and ends before its last', () => {
    const day = { from: at('2026-11-19T00:00:00Z'), to: at('2026-11-20T00:00:00Z') };

    expect([isWithin(day.from, day), isWithin(day.to, day)]).toEqual([true, false]);
    expect(texts([widened(day, 60)])).toEqual([['2026-11-18T23:59:00.000Z', '2026-11-20T00:01:00.000Z']]);
    expect(startOfDay(at('2026-11-19T23:59:59.999Z'))).toEqual(day.from);
  });
});
