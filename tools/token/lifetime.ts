const unitSeconds = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3_600],
  ['d', 86_400],
]);

/** Seconds of a lifetime such as `90s`, `15m`, `1h` or `7d`; a bare number counts seconds. @throws Error otherwise. */
export function toSeconds(text: string): number {
  const [, count, unit = 's'] = /^([1-9]\d{0,8})([smhd])?$/.exec(text) ?? [];
  if (count === undefined) throw new Error(`--expires ${text}: must be a number with s, m, h or d, such as 1h`);
  return Number(count) * (unitSeconds.get(unit) ?? 1);
}
