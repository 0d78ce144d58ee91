import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { findAlike, findNames, fromCell, readName, toCell } from '#src/spreadsheet/names.js';
import { quoted, shown } from '#src/spreadsheet/shown.js';

const good: readonly (readonly [string, string, string])[] = [
  ['white space that nobody sees', '  Ana \t López\u00a0 ', 'Ana López'],
  ['a line break in a cell', 'Ana\nLópez', 'Ana López'],
  ['an accent in two characters', 'Lo\u0301pez', 'López'],
  ['emoji of several characters', '👩‍👩‍👧‍👦 Familia', '👩‍👩‍👧‍👦 Familia'],
  ['from right to left', 'مخبز القمر', 'مخبز القمر'],
  ['markup, which is only text', '<script>alert(1)</script>', '<script>alert(1)</script>'],
  ['a formula marked as a text', "'=SUM(A1)", '=SUM(A1)'],
  ['an apostrophe of its own', "'s Hertogenbosch", "'s Hertogenbosch"],
];
for (const [name, cell, expected] of good) {
  test(`names: ${name}`, () => assert.deepEqual(readName(cell), { name: expected }));
}

const bad: readonly (readonly [string, string, RegExp])[] = [
  ['nothing', ' \n ', /it is empty/],
  ['more than 200 characters', 'a'.repeat(201), /more than 200 characters/],
  ['10,000 characters', 'ñ'.repeat(10_000), /more than 200 characters/],
  ['what turns the direction of reading', 'Ana\u202egnp', /does not show, U\+202E/],
  ['what a terminal acts upon', 'Ana\u001b[31m', /does not show, U\+001B/],
  ['a space without width', 'An\u200ba', /does not show, U\+200B/],
  ['half a character', 'Ana\ud800', /does not show, U\+D800/],
];
for (const [name, cell, expected] of bad) {
  test(`names: ${name} is refused in a short line that a terminal can show`, () => {
    const read = readName(cell);
    assert.ok('words' in read);
    assert.match(read.words, expected);
    assert.ok(read.words.length < 200);
    assert.doesNotMatch(read.words, /[\u0000-\u001f\u007f-\u009f\u200b\u202a-\u202e]/);
  });
}

// OWASP, "CSV Injection".
for (const formula of ['=1+1', '+1', '-1', '@SUM(A1)', '＝1', "'=1", "''=1"]) {
  test(`names: no spreadsheet takes "${formula}" for a formula, and it is read back`, () => {
    const cell = toCell(formula);
    assert.match(cell, /^'/);
    assert.equal(fromCell(cell), formula);
  });
}

test('names: every name is read back from its cell', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'grapheme' }), fc.stringMatching(/^['=+@-]{0,4}.$/)),
      (name) => {
        assert.equal(fromCell(toCell(name)), name);
        assert.doesNotMatch(toCell(name), /^[=+\-@\t\r＝＋－＠]/);
        const read = readName(name);
        if ('name' in read) assert.deepEqual(readName(toCell(read.name)), read);
      },
    ),
    fuzz(2000),
  );
});

test('names: those that may be meant to be one are found, and others are not', () => {
  assert.deepEqual(findAlike(['Ana López', 'Beto', 'ana lopez', 'ANA-LÓPEZ', '!!!', '???']), [
    ['Ana López', 'ana lopez', 'ANA-LÓPEZ'],
  ]);
  const names = new Set(['Panadería Luna', 'Taller Sol']);
  assert.deepEqual(findNames(' Taller  Sol ', names), { name: 'Taller Sol', alike: [] });
  assert.deepEqual(findNames('panaderia', names), { alike: ['Panadería Luna'] });
  assert.deepEqual(findNames('Zoe', names), { alike: [] });
});

test('names: on a terminal nothing moves the cursor, and nothing is long', () => {
  assert.equal(quoted('a\u001b[2J\n\u202eb'), '"a\\u{1b}[2J\\u{a}\\u{202e}b"');
  assert.equal(shown('x'.repeat(100_000)), `${'x'.repeat(59)}…`);
  assert.equal(shown('👩‍👧'), '👩‍👧');
});
