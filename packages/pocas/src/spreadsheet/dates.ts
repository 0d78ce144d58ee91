/** Dates as people write them. Whether the day or the month comes first is found out for a whole file, and never guessed. */
import { quoted } from './shown.ts';

export type DateOrder = 'dmy' | 'mdy';

/** In days since 1970-01-01. */
export type ReadDate = { readonly day: bigint } | { readonly words: string };

const millisecondsPerDay = 86_400_000;

const dayOf = (year: number, month: number, day: number): bigint | undefined => {
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  // There is no 30th of February.
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isReal && year >= 1900 && year <= 2999 ? BigInt(time / millisecondsPerDay) : undefined;
};

// Some spreadsheets add a time of midnight.
const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$/;
const local = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/;

const readAs = (text: string, order: DateOrder): bigint | undefined => {
  const match = local.exec(text);
  if (match === null) return undefined;
  const [first, second, year] = [Number(match[1]), Number(match[3]), Number(match[4])];
  return order === 'dmy' ? dayOf(year, second, first) : dayOf(year, first, second);
};

/** Reads all dates of a file. An empty text is no date. */
export const readDates = (
  texts: readonly string[],
  stated?: DateOrder,
): readonly (ReadDate | undefined)[] => {
  const votes = { dmy: 0, mdy: 0 };
  for (const text of texts) {
    const [dmy, mdy] = [readAs(text, 'dmy'), readAs(text, 'mdy')];
    if (dmy !== undefined && mdy === undefined) votes.dmy += 1;
    if (mdy !== undefined && dmy === undefined) votes.mdy += 1;
  }
  const order =
    stated ??
    (votes.dmy + votes.mdy === 0 ? undefined : votes.mdy > votes.dmy ? 'mdy' : ('dmy' as const));
  return texts.map((text): ReadDate | undefined => {
    if (text === '') return undefined;
    const match = iso.exec(text);
    const whole =
      match === null ? undefined : dayOf(Number(match[1]), Number(match[2]), Number(match[3]));
    if (whole !== undefined) return { day: whole };
    const [dmy, mdy] = [readAs(text, 'dmy'), readAs(text, 'mdy')];
    if (dmy === undefined && mdy === undefined) {
      return { words: `${quoted(text)} is no date; write the year first, such as 2026-11-30` };
    }
    const day = order === 'mdy' ? mdy : dmy;
    if (order === undefined && dmy !== mdy) {
      return {
        words: `${quoted(text)} may be of two months; write the year first, such as 2026-11-30, or say the order with --dates dmy or --dates mdy`,
      };
    }
    if (day === undefined) {
      return {
        words: `${quoted(text)} is no date when ${order === 'mdy' ? 'the month' : 'the day'} comes first, as in ${stated === undefined ? 'most of this file' : '--dates'}; write the year first, such as 2026-11-30`,
      };
    }
    return { day };
  });
};

/** Such as 2026-11-30. */
export const formatDate = (day: bigint): string =>
  new Date(Number(day) * millisecondsPerDay).toISOString().slice(0, 10);
