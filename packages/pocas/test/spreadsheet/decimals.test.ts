import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import {
  type Sign,
  formatDecimal,
  readMoney,
  readNumbers,
  scale,
} from '#src/spreadsheet/decimals.js';

/** Each as `digits/places`, or the beginning of what is said of it. */
const readAll = (texts: string[], sign?: Sign): string[] =>
  readNumbers(texts, sign).numbers.map((number) =>
    'value' in number ? `${number.value.digits}/${number.value.places}` : number.words,
  );

const good: readonly (readonly [string, string[], string[], Sign?])[] = [
  ['whole numbers', ['0', '7', '1200', '007'], ['0/0', '7/0', '1200/0', '7/0']],
  ['decimal points', ['1.5', '12.50', '3'], ['15/1', '1250/2', '3/0']],
  ['decimal commas', ['1,5', '12,50', '3'], ['15/1', '1250/2', '3/0']],
  ['thousands by comma', ['1,234.50', '1,234', '12'], ['123450/2', '1234/0', '12/0']],
  ['thousands by point', ['1.234,50', '1.234.567', '1.234'], ['123450/2', '1234567/0', '1234/0']],
  ['several thousands alone tell the sign', ['1,234,567', '1,234'], ['1234567/0', '1234/0']],
  [
    'thousands by spaces',
    ['1 234,50', '1\u00a0234\u00a0567', '1\u202f234'],
    ['123450/2', '1234567/0', '1234/0'],
  ],
  ['thousands by apostrophes', ["1'234.50", '1’234'], ['123450/2', '1234/0']],
  ['three decimals that cannot be thousands', ['0.125', '1234.125'], ['125/3', '1234125/3']],
  ['what was said by whoever knows', ['1.234', '5'], ['1234/3', '5/0'], '.'],
  ['the other way too', ['1.234', '5'], ['1234/0', '5/0'], ','],
  ['18 digits', ['123456789012345678'], ['123456789012345678/0']],
];
for (const [name, texts, expected, sign] of good) {
  test(`numbers: ${name}`, () => assert.deepEqual(readAll(texts, sign), expected));
}

const bad: readonly (readonly [string, string[], RegExp, Sign?])[] = [
  [
    'a number that may be two, by a point',
    ['1.234'],
    /"1\.234" may be 1234 or 1\.234; .*--decimals/,
  ],
  ['and by a comma', ['1,234'], /"1,234" may be 1234 or 1\.234; /],
  ['also where others tell the sign', ['1.234', '1.50'], /may be 1234 or 1\.234/],
  [
    'the rarer of two signs',
    ['1,5', '1.5', '2.5'],
    /has a decimal comma, and by most of this file it is the point/,
  ],
  ['another sign than was said', ['1,5'], /by --decimals it is the point/, '.'],
  ['nothing', [''], /it is empty/],
  ['below zero', ['-5'], /below zero; .*change debtor and creditor/],
  ['below zero for accountants', ['(5)'], /below zero/],
  ['what a spreadsheet shortened', ['1E+05'], /shortened by the spreadsheet/],
  ['an error of a spreadsheet', ['#REF!'], /is an error of the spreadsheet/],
  ['money signs', ['$5'], /"\$5" has the sign of a currency; format the cells as plain numbers/],
  ['money signs behind it', ['1.250,50 €', '3,5'], /has the sign of a currency/],
  ['letters', ['5 MXN'], /is no number; write only digits, such as 1200\.50/],
  ['no digit before the sign', ['.5'], /is no number/],
  ['no digit behind it', ['5.'], /is no number/],
  ['groups of two', ['1,23,456'], /is no number/],
  ['groups by two signs', ['1,234 567.5'], /is no number/],
  ['a group that begins with zero', ['0,234,567'], /is no number/],
  ['digits of other scripts', ['١٢٣'], /is no number/],
  ['wide digits', ['１２'], /is no number/],
  ['a plus', ['+5'], /is no number/],
  ['hexadecimal', ['0x10'], /is no number/],
  ['infinity', ['Infinity'], /is no number/],
  [
    'what was calculated in floating point',
    ['0.30000000000000004'],
    /more than 6 decimals; round it/,
  ],
  ['19 digits', ['1234567890123456789'], /more than 18 digits/],
  ['a long text', ['9'.repeat(100_000)], /is no number/],
];
for (const [name, texts, expected, sign] of bad) {
  test(`numbers: ${name} is refused`, () => {
    const [said] = readAll(texts, sign);
    assert.match(said!, expected);
    assert.ok(said!.length < 300);
  });
}

test('numbers: in a file in which all is said in one way, each amount is read as it was written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.bigInt(0n, 10n ** 15n), fc.constantFrom(0, 1, 2)), { minLength: 1 }),
      fc.constantFrom<Sign>('.', ','),
      (amounts, sign) => {
        const texts = amounts.map(([digits, places]) => formatDecimal(digits, places, sign));
        const { numbers } = readNumbers(texts);
        for (const [i, number] of numbers.entries()) {
          const [digits, places] = amounts[i]!;
          assert.ok('value' in number, texts[i]);
          assert.equal(scale(number.value, 2), digits * 10n ** BigInt(2 - places));
        }
      },
    ),
    fuzz(500),
  );
});

test('numbers: what we write is read back, zeros at the end or not', () => {
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 15n), 10n ** 15n),
      fc.integer({ min: 0, max: 6 }),
      fc.constantFrom<Sign>('.', ','),
      (value, places, sign) => {
        const text = formatDecimal(value, places, sign);
        assert.equal(readMoney(text, sign, places), value);
        if (places > 0) assert.equal(readMoney(text.replace(/[.,]?0+$/, ''), sign, places), value);
      },
    ),
    fuzz(500),
  );
});
