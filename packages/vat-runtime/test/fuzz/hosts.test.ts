import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { ReportViolation, checkFromChild } from '#src/hosts/check-reports.js';
import { frameOf, headerBytes, makeFrameReader } from '#src/hosts/frames.js';
import { alter, alterationArb, textArb } from './hostile-json.ts';

const data = { body: '#[1]', slots: ['d1.a', '-d3'] };
const reports = [
  {
    type: 'crank',
    vat: '5',
    load: 1,
    number: 7,
    done: 'in/5/0000000000000007',
    crank: {
      rows: [
        ['o/1', '{}'],
        ['o/2', null],
      ],
      stored: ['o-d3'],
      messages: [{ type: 'CTP_DROP', epoch: 0, slotID: 'o-1', decRefs: 1 }],
      effects: [
        { kind: 'send', target: 'd1.a', method: 'm', args: data, send: 3, notAfter: '99' },
        { kind: 'answer', ticket: '5/3', outcome: { ok: true, data } },
        { kind: 'timer', timer: 4, at: '-5' },
        { kind: 'cancel', timer: 4, at: '-5' },
      ],
      lines: ['said'],
      sawTime: true,
      unlinked: false,
    },
  },
  { type: 'unloaded', vat: '5', load: 1, forgotten: true },
  { type: 'failed', vat: '5', reason: 'a row is damaged' },
];
const frames = [
  { type: 'ready' },
  { type: 'read', vat: '5', key: 'o/1' },
  { type: 'done', carriedOut: 3, reports },
].map((frame) => JSON.stringify(frame));

test('whatever a process of guests says, it is refused in fixed words or taken as a report is', () => {
  for (const frame of frames) checkFromChild(frame);
  fc.assert(
    fc.property(fc.constantFrom(...frames), alterationArb, textArb, (frame, alteration, text) => {
      for (const said of [alter(frame, alteration), text]) {
        let taken;
        try {
          taken = checkFromChild(said);
        } catch (error) {
          assert.ok(error instanceof ReportViolation, String((error as Error).stack));
          assert.match(error.message, /^Cannot take report: bad [A-Za-z]+$/);
          continue;
        }
        // What was taken is taken again as it is.
        const again = JSON.stringify(taken, (_key, value: unknown) => value ?? null);
        if (!again.includes('"done":null')) assert.deepEqual(checkFromChild(again), taken);
      }
    }),
    fuzz(1000),
  );
});

test('frames come whole in whatever pieces they are cut, and one that is too long ends the reading', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 6 }),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 10 }),
      fc.nat({ max: 60 }),
      (texts, cuts, maxBytes) => {
        const bytes = Buffer.concat(texts.map(frameOf));
        const got: string[] = [];
        const take = makeFrameReader(maxBytes, (text) => void got.push(text));
        let isOpen = true;
        for (let at = 0, i = 0; at < bytes.length && isOpen; i += 1) {
          const end = at + 1 + cuts[i % cuts.length]!;
          isOpen = take(bytes.subarray(at, end));
          at = end;
        }
        const tooLong = texts.findIndex((text) => Buffer.byteLength(text) > maxBytes);
        assert.deepEqual(got, tooLong < 0 ? texts : texts.slice(0, tooLong));
        assert.equal(isOpen, tooLong < 0);
        if (!isOpen) assert.equal(take(Buffer.alloc(headerBytes)), false);
      },
    ),
    fuzz(500),
  );
});
