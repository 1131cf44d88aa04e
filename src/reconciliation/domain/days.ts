const SECOND_MS = 1_000;
const DAY_MS = 86_400 * SECOND_MS;

/** How many missed days are made up for after an outage: further back Stripe shows no events either. */
export const MOST_DAYS_BACK = 30;

/** A stretch of time: `from` inclusive, `to` exclusive. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** The midnight (UTC) before a moment. */
export function startOfDay(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / DAY_MS) * DAY_MS);
}

export function daysLater(moment: Date, days: number): Date {
  return new Date(moment.getTime() + days * DAY_MS);
}

export function secondsLater(moment: Date, seconds: number): Date {
  return new Date(moment.getTime() + seconds * SECOND_MS);
}

/**
 * The days (UTC) whose books are to be compared now, oldest first: those since `doneUntil` that ended `afterSeconds` ago or
 * earlier, so that what happened just before midnight has arrived here.
 */
export function daysToCompare(doneUntil: Date, now: Date, afterSeconds: number): Period[] {
  const oldest = daysLater(startOfDay(now), -MOST_DAYS_BACK);
  const days: Period[] = [];
  let from = doneUntil < oldest ? oldest : startOfDay(doneUntil);
  for (let to = daysLater(from, 1); secondsLater(to, afterSeconds) <= now; to = daysLater(from, 1)) {
    days.push({ from, to });
    from = to;
  }
  return days;
}

/** When there is a next day to be compared. */
export function nextComparison(doneUntil: Date, afterSeconds: number): Date {
  return secondsLater(daysLater(startOfDay(doneUntil), 1), afterSeconds);
}

/** Cuts a stretch of time into pieces of a day at most, oldest first, going back no further than events are kept. */
export function dailyPieces(since: Date, now: Date): Period[] {
  const oldest = daysLater(now, -MOST_DAYS_BACK);
  const pieces: Period[] = [];
  let from = since < oldest ? oldest : since;
  while (from < now) {
    const to = new Date(Math.min(daysLater(from, 1).getTime(), now.getTime()));
    pieces.push({ from, to });
    from = to;
  }
  return pieces;
}

/** The same stretch with a margin on both sides. */
export function widened({ from, to }: Period, seconds: number): Period {
  return { from: secondsLater(from, -seconds), to: secondsLater(to, seconds) };
}

export function isWithin(moment: Date, { from, to }: Period): boolean {
  return moment >= from && moment < to;
}
