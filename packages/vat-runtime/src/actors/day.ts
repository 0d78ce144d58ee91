/** Days of the calendar, without the host's: a vat may not ask what day it is. */

const msPerDay = 86_400_000n;
const msPerMinute = 60_000n;

const padded = (n: bigint, width: number): string => `${n}`.padStart(width, '0');

/**
 * The day of a time, UTC, such as `2026-11-30`. From the days since 1970 to the year, counted from
 * March so that the leap day is the last (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
 *
 * @param time - milliseconds since 1970, not negative
 */
export const dayOf = (time: bigint): string => {
  const shifted = time / msPerDay + 719_468n;
  const era = shifted / 146_097n;
  const dayOfEra = shifted - era * 146_097n;
  const yearOfEra =
    (dayOfEra - dayOfEra / 1_460n + dayOfEra / 36_524n - dayOfEra / 146_096n) / 365n;
  const dayOfYear = dayOfEra - (365n * yearOfEra + yearOfEra / 4n - yearOfEra / 100n);
  const monthFromMarch = (5n * dayOfYear + 2n) / 153n;
  const date = dayOfYear - (153n * monthFromMarch + 2n) / 5n + 1n;
  const month = monthFromMarch < 10n ? monthFromMarch + 3n : monthFromMarch - 9n;
  const year = yearOfEra + era * 400n + (month <= 2n ? 1n : 0n);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(date, 2)}`;
};

/**
 * The minute of a time, such as `2026-11-30 18:05 UTC`. A vat does not know the zone of who reads.
 *
 * @param time - milliseconds since 1970, not negative
 */
export const minuteOf = (time: bigint): string => {
  const minute = (time % msPerDay) / msPerMinute;
  return `${dayOf(time)} ${padded(minute / 60n, 2)}:${padded(minute % 60n, 2)} UTC`;
};
