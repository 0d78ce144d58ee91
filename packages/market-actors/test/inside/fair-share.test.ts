/** Who may open a text while others wait for theirs: what one vat may ask is shared by all. */
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { maxInAll, maxOpening, maxTogether, mayOpen } from '#src/inside/fair-share.js';

test('one opens ten at a time; where hundreds wait each has one, and there is room for a thousand more', () => {
  assert.equal(mayOpen(maxOpening - 1, maxOpening - 1), true);
  assert.equal(mayOpen(maxOpening, maxOpening), false);
  assert.equal(mayOpen(0, maxTogether), true);
  assert.equal(mayOpen(1, maxTogether), false);
  assert.equal(mayOpen(0, maxInAll), false);
});

test('whoever is of one mind, it takes one for each text past the bound, and a vat can ask for more', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(400), { maxLength: 9000 }), (tries) => {
      const own = new Map<number, number>();
      let all = 0;
      for (const who of tries) {
        const open = own.get(who) ?? 0;
        if (!mayOpen(open, all)) continue;
        own.set(who, open + 1);
        all += 1;
      }
      // Of 400 people none keeps an honest one, who has none open, from opening one.
      assert.ok(all <= maxTogether + 400);
      assert.ok(mayOpen(0, all));
      assert.ok(maxInAll < 4096 / 2);
    }),
    { numRuns: 50 },
  );
});
