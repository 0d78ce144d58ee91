import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { type DateOrder, formatDate, readDates } from '#src/spreadsheet/dates.js';

const readAll = (texts: string[], order?: DateOrder): string[] =>
  readDates(texts, order).map((date) =>
    date === undefined ? '' : 'day' in date ? formatDate(date.day) : date.words,
  );

const good: readonly (readonly [string, string[], string[], DateOrder?])[] = [
  ['the year first', ['2026-11-30', '2026-1-2', ''], ['2026-11-30', '2026-01-02', '']],
  [
    'with a time of midnight',
    ['2026-11-30 00:00:00', '2026-11-30T00:00'],
    ['2026-11-30', '2026-11-30'],
  ],
  [
    'the day first, as one of them tells',
    ['30/11/2026', '01/02/2026'],
    ['2026-11-30', '2026-02-01'],
  ],
  [
    'the month first, as one of them tells',
    ['11-30-2026', '01-02-2026'],
    ['2026-11-30', '2026-01-02'],
  ],
  ['the same in both orders', ['05.05.2026'], ['2026-05-05']],
  ['as was said', ['01/02/2026'], ['2026-01-02'], 'mdy'],
  ['leap days', ['2028-02-29'], ['2028-02-29']],
];
for (const [name, texts, expected, order] of good) {
  test(`dates: ${name}`, () => assert.deepEqual(readAll(texts, order), expected));
}

const bad: readonly (readonly [string, string[], RegExp, DateOrder?])[] = [
  ['a date of two months', ['01/02/2026'], /may be of two months; .*--dates/],
  [
    'a day that is not there',
    ['2026-02-30'],
    /is no date; write the year first, such as 2026-11-30/,
  ],
  ['the 29th of February of another year', ['2026-02-29'], /is no date/],
  ['a year of two digits', ['30/11/26'], /is no date/],
  ['a thirteenth month', ['2026-13-01'], /is no date/],
  [
    'the rarer order',
    ['11/30/2026', '30/11/2026', '29/11/2026'],
    /no date when the day comes first, as in most/,
  ],
  [
    'another order than was said',
    ['30/11/2026'],
    /no date when the month comes first, as in --dates/,
    'mdy',
  ],
  ['two signs', ['30/11-2026'], /is no date/],
  ['a time', ['2026-11-30 13:00'], /is no date/],
  ['words', ['mañana'], /is no date/],
];
for (const [name, texts, expected, order] of bad) {
  test(`dates: ${name} is refused`, () => assert.match(readAll(texts, order)[0]!, expected));
}

test('dates: each day is read as it was written', () => {
  fc.assert(
    fc.property(fc.bigInt(-25_000n, 300_000n), (day) => {
      assert.deepEqual(readDates([formatDate(day)]), [{ day }]);
    }),
    fuzz(500),
  );
});
