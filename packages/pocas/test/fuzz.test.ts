/** Readers of what others wrote. `npm run campaign -- fuzz` tries other cases, for longer. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { solveProblem } from '@pocas/clearing/setoff';
import { fuzz } from '@pocas/vat-runtime/testing';
import { faultsOfFiles } from '#src/spreadsheet/check-files.js';
import { readDates } from '#src/spreadsheet/dates.js';
import { type Sign, readNumbers } from '#src/spreadsheet/decimals.js';
import { SpreadsheetError, describeFaults } from '#src/spreadsheet/faults.js';
import { readCircle } from '#src/spreadsheet/read-circle.js';
import { readResult } from '#src/spreadsheet/read-result.js';
import { makeFiles } from '#src/spreadsheet/results.js';
import { solveParts } from '#src/spreadsheet/solving.js';
import { readHeader } from '#src/vault/age-header.js';
import { SegmentFault } from '#src/vault/fault.js';
import { file, read } from './spreadsheet/support.ts';

const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

test('numbers: whatever stands there is read or refused, at once and in few words', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.stringMatching(/^[0-9.,' \u00a0\u202f-]{0,20}$/),
          fc.constantFrom('1.234', '1,5', '1.5'),
        ),
      ),
      fc.constantFrom(undefined, '.', ','),
      (texts, sign) => {
        const { numbers } = readNumbers(texts, sign as Sign | undefined);
        assert.equal(numbers.length, texts.length);
        for (const [i, number] of numbers.entries()) {
          if ('words' in number) assert.ok(number.words.length < 500);
          // A number has the digits of its text, in their order, and no others.
          else {
            const digits = texts[i]!.replace(/\D/g, '').replace(/^0+(?=\d)/, '');
            assert.equal(number.value.digits.toString(), digits);
          }
        }
      },
    ),
    fuzz(2000),
  );
});

test('dates: whatever stands there is read or refused', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[0-9/.T:Z -]{0,24}$/))),
      (texts) => assert.equal(readDates(texts).length, texts.length),
    ),
    fuzz(1000),
  );
});

test('whatever a file is, it is read or refused in words of ours, which a terminal can show', () => {
  const pieces = fc.constantFrom(
    ...[
      'debtor',
      'creditor',
      'amount',
      'due',
      'A',
      'B',
      '1',
      '1.5',
      '1,5',
      '"',
      '""',
      ',',
      ';',
      '\t',
    ],
    ...[
      '\n',
      '\r',
      '\r\n',
      '\ufeff',
      '=1',
      '-1',
      '\u202e',
      '\u001b',
      'sep=;',
      ' ',
      '2026-01-01',
      '\0',
    ],
  );
  const textArb = fc.oneof(
    fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
    fc
      .array(pieces, { maxLength: 40 })
      .map((parts) => `debtor,creditor,amount,due\n${parts.join('')}`),
    fc.string({ unit: 'binary' }),
  );
  const bytesArb = fc.oneof(
    textArb.map((text) => new TextEncoder().encode(text)),
    fc.uint8Array({ maxLength: 60 }),
  );
  fc.assert(
    fc.property(bytesArb, fc.boolean(), (bytes, skipBad) => {
      try {
        for (const { debts } of read(bytes, { skipBad }).parts) {
          for (const { amount, debtor, creditor } of debts) {
            assert.ok(amount > 0n && debtor !== '' && creditor !== '' && debtor !== creditor);
          }
        }
      } catch (error) {
        assert.ok(error instanceof SpreadsheetError, String(error));
        assert.doesNotMatch(
          error.message,
          /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/,
        );
        assert.ok(error.message.length < 10_000);
      }
    }),
    fuzz(1500),
  );
});

const circle = readCircle({
  obligations: file('debtor,creditor,amount,id\nA,B,100.50,=x\nB,C,80,y\nC,A,70,z\n'),
  lines: file('lender,borrower,limit\nC,B,5\n', 'l.csv'),
});
const solve = async (problem: Parameters<typeof solveProblem>[0]) => solveProblem(problem);
const solved = await solveParts(circle.parts, { hasWishes: false, solve });
const honest = makeFiles(circle, solved, 'en');

test('whatever stands in a folder of results, it is right or its faults are told', () => {
  const names = [...honest.keys()].filter((name) => name !== 'statements.txt');
  const pieceArb = fc.oneof(
    fc.constantFrom(
      ',',
      '\n',
      '"',
      '-',
      '0',
      '1',
      '9',
      '.',
      'A',
      'B',
      '',
      '\r\n',
      '=',
      '\u202e',
      '{',
      ']',
    ),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.array(fc.tuple(fc.nat(400), fc.nat(6), pieceArb), { minLength: 1, maxLength: 3 }),
      (name, changes) => {
        let text = honest.get(name)!;
        for (const [at, length, piece] of changes) {
          const from = at % (text.length + 1);
          text = `${text.slice(0, from)}${piece}${text.slice(from + length)}`;
        }
        const files = new Map(honest).set(name, text);
        const get = (one: (typeof names)[number]) => file(files.get(one)!, one);
        try {
          const { results, faults } = readResult(circle, {
            cleared: get('cleared.csv'),
            certificate: get('certificate.csv'),
            lines: get('lines.csv'),
          });
          const all =
            faults.length > 0
              ? faults
              : faultsOfFiles(
                  circle,
                  // Of one best result among several the payments may be others, which is told.
                  results.map((result, i) => ({ ...solved[i]!, result })),
                  Object.fromEntries(names.map((one) => [one, get(one)])),
                  false,
                );
          assert.doesNotMatch(describeFaults(all), unprintable);
          // What is right clears what was found, in whatever way it is written.
          if (all.length === 0) assert.equal(results[0]!.total, solved[0]!.result.total);
        } catch (error) {
          assert.ok(error instanceof SpreadsheetError, String((error as Error).stack));
          assert.doesNotMatch(error.message, unprintable);
        }
      },
    ),
    fuzz(1500),
  );
});

test('the header of a segment: whatever bytes there are, it is read, and written back the same, or refused', () => {
  // Of bytes, or digits that may be of none.
  const digits = (length: number, encoding: 'base64' | 'base64url') =>
    fc
      .oneof(
        { weight: 9, arbitrary: exactly(Math.floor((length * 3) / 4)) },
        { weight: 1, arbitrary: fc.stringMatching(new RegExp(`^[A-Za-z0-9_+/-]{${length}}$`)) },
      )
      .map((given) =>
        typeof given === 'string' ? given : Buffer.from(given).toString(encoding).slice(0, length),
      );
  const exactly = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const likely = fc
    .tuple(
      digits(43, 'base64url'),
      digits(86, 'base64url'),
      digits(43, 'base64'),
      digits(43, 'base64'),
    )
    .map(([point, proof, wrapped, mac]) =>
      Buffer.from(
        `age-encryption.org/v1\n-> pocas-threshold-v1 ${point} ${proof}\n${wrapped}\n--- ${mac}\n`,
      ),
    );
  let count = 0;
  fc.assert(
    fc.property(fc.oneof(likely, fc.uint8Array({ maxLength: 400 })), (bytes) => {
      try {
        const { encapsulation, wrapped, mac, upToMac } = readHeader(bytes);
        const again = `${upToMac} ${mac.toString('base64').slice(0, 43)}\n`;
        assert.equal(again, Buffer.from(bytes).toString('latin1'));
        assert.equal(wrapped.length + mac.length, 64);
        count += 1;
        assert.equal(Buffer.from(encapsulation.point, 'base64url').length, 32);
      } catch (error) {
        assert.ok(error instanceof SegmentFault && error.code === 'header', String(error));
      }
    }),
    fuzz(500),
  );
  assert.ok(count > 50, 'some of them are headers');
});
