/** The time as the process sees it. Deadlines that guard stock or money use the database's clock instead. */
export interface Clock {
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date() };
