import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Effect, Event, Life } from '#src/order/life.js';
import { begin, hasEnded, newLife, step, wakeOf } from '#src/order/life.js';
import { partOf } from '#src/order/money.js';
import { defaultShareOf, faultOf, newQuarrel, outcomeOf, quarrelStep } from '#src/order/quarrel.js';

const side = fc.constantFrom('buyer' as const, 'seller' as const);
const share = fc.oneof(fc.constantFrom(0n, 50n, 100n), fc.bigInt({ min: 0n, max: 100n }));
const event: fc.Arbitrary<Event> = fc.oneof(
  fc
    .constantFrom(
      ...(['legHeld', 'legFailed', 'claimed', 'confirmed', 'cancel', 'accept', 'ready'] as const),
      ...(['handOver', 'handOver', 'refuse', 'received', 'time', 'time'] as const),
    )
    .map((kind) => ({ kind })),
  fc.record({
    kind: fc.constant('unclaimed' as const),
    how: fc.constantFrom('refused' as const, 'expired' as const),
    unsure: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('dispute' as const), by: side, statement: fc.constant('so') }),
  fc.record({
    kind: fc.constant('quarrel' as const),
    act: fc.record({ kind: fc.constant('propose' as const), by: side, share }),
  }),
  fc.record({
    kind: fc.constant('callOff' as const),
    how: fc.constantFrom('cancelled' as const, 'refused' as const),
  }),
);
const first = fc.record({
  unconfirmed: fc.bigInt({ min: 0n, max: 2n }),
  expiry: fc.bigInt({ min: 1n, max: 50n }),
  due: fc.bigInt({ min: 0n, max: 80n }),
  silence: fc.bigInt({ min: 1n, max: 30n }),
  outside: fc.boolean(),
  hasStock: fc.boolean(),
});
const anything = fc.array(fc.record({ event, wait: fc.bigInt({ min: 0n, max: 20n }) }), {
  maxLength: 25,
});
const kinds = ['legHeld', 'legHeld', 'claimed', 'confirmed', 'handOver'] as const;
const complaint: Event = { kind: 'dispute', by: 'buyer', statement: 'so' };
/** Often the straight way first, of some length, so that what comes late is tried as well. */
const straight = fc
  .nat({ max: kinds.length + 1 })
  .map((length): Event[] => [...kinds.map((kind) => ({ kind })), complaint].slice(0, length));
const steps = fc
  .tuple(straight, anything)
  .map(([way, rest]) => [...way.map((one) => ({ event: one, wait: 0n })), ...rest]);

/** Follows a life from its beginning, and checks each of its effects. */
const makeWatch = (unconfirmed: bigint) => {
  const done: Effect[] = [];
  const count = (kind: Effect['kind']) => done.filter((one) => one.kind === kind).length;
  const look = (life: Life, effects: readonly Effect[]) => {
    for (const effect of effects) {
      assert.equal(count('end'), 0, 'nothing happens after the end');
      if (effect.kind === 'confirm') assert.equal(count('tryClaim'), 1);
      if (effect.kind === 'restore') {
        assert.equal(count('restore'), 0, 'units come back once');
        assert.equal(count('tryClaim'), 1, 'only what was asked for comes back');
        assert.equal(life.handedOver, false, 'what was handed over is not at its home');
      }
      done.push(effect);
      if (effect.kind !== 'end') continue;
      assert.equal(effect.phase, life.phase);
      const paid = ['accepted', 'settled', 'split'].includes(effect.phase);
      assert.equal(effect.share > 0n, paid);
      if (effect.phase === 'accepted' || effect.phase === 'settled') {
        assert.equal(effect.share, 100n);
        assert.equal(count('restore'), 0, 'what is paid is not given back');
      }
      // SPEC 7.6: after `confirm` was sent it does not lapse by itself without giving the units back.
      if (effect.share === 0n && count('confirm') === 1 && !life.handedOver)
        assert.ok(life.home === 'restored' || life.home === 'none');
    }
    assert.equal(hasEnded(life.phase), count('end') === 1);
    assert.ok(count('tryClaim') <= 1 && count('confirm') <= 1);
    if (unconfirmed > 0n && life.phase === 'placed') assert.equal(count('tryClaim'), 0);
  };
  return { look };
};

test('whatever happens to an order, it ends once, one way, and silence alone ends it', () => {
  fc.assert(
    fc.property(first, share, steps, (beginning, defaultShare, happening) => {
      let now = 0n;
      const { look } = makeWatch(beginning.unconfirmed);
      const begun = newLife(beginning, now);
      const initial = begin(begun, now);
      assert.ok(initial.ok);
      let { life } = initial;
      look(life, initial.effects);
      const take = (one: Event) => {
        const next = step(life, one, now, defaultShare);
        if (!next.ok) return;
        if (hasEnded(life.phase)) assert.equal(next.life.phase, life.phase, 'an end is final');
        life = next.life;
        look(life, next.effects);
      };
      for (const { event: one, wait } of happening) {
        now += wait;
        take(one);
      }
      // Nobody says anything any more: time ends it, in a few steps.
      for (let i = 0; i < 4; i += 1) {
        const at = wakeOf(life);
        if (at === undefined) break;
        if (now < at) now = at;
        take({ kind: 'time' });
      }
      assert.ok(hasEnded(life.phase), `${life.phase} does not end`);
    }),
    { numRuns: 2_000 },
  );
});

test('nothing is paid by time before it was handed over, nothing given back after', () => {
  fc.assert(
    fc.property(first, steps, (beginning, happening) => {
      let now = 0n;
      const initial = begin(newLife(beginning, now), now);
      assert.ok(initial.ok);
      let { life } = initial;
      for (const { event: one, wait } of happening) {
        now += wait;
        const before = life;
        const next = step(life, one, now, 50n);
        if (!next.ok) continue;
        life = next.life;
        const end = next.effects.find((effect) => effect.kind === 'end');
        if (end === undefined || one.kind !== 'time') continue;
        assert.ok(now >= wakeOf(before)!, 'its time had come');
        if (before.phase === 'disputed') assert.equal(end.share, outcomeOf(before.quarrel!) ?? 50n);
        else assert.equal(end.share, before.handedOver ? 100n : 0n);
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a step that was taken is taken again without any effect', () => {
  fc.assert(
    fc.property(first, steps, (beginning, happening) => {
      let now = 0n;
      const initial = begin(newLife(beginning, now), now);
      assert.ok(initial.ok);
      let { life } = initial;
      for (const { event: one, wait } of happening) {
        now += wait;
        const next = step(life, one, now, 50n);
        if (!next.ok) continue;
        // Each leg tells once how it stands, its own object sees to that; and time goes on by itself.
        if (one.kind !== 'legHeld' && one.kind !== 'time') {
          const again = step(next.life, one, now, 50n);
          if (again.ok) assert.ok(!again.effects.some(({ kind }) => kind === 'restore'));
          if (again.ok && next.effects.some(({ kind }) => kind === 'end'))
            assert.deepEqual([again.life, again.effects], [next.life, []]);
        }
        life = next.life;
      }
    }),
    { numRuns: 1_000 },
  );
});

test('a part of a price is whole steps, and never more than the share', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 12n }),
      share,
      fc.bigInt(1n, 50n),
      (n, s, each) => {
        const value = n * each;
        const part = partOf(value, s, each);
        assert.ok(part >= 0n && part * 100n <= value * s);
        assert.equal(part % each, 0n);
        if (s === 100n) assert.equal(part, value);
        else assert.ok((part + each) * 100n > value * s);
      },
    ),
  );
});

test('a dispute: who agrees to what, the market’s rule, and whose fault it is', () => {
  const begun = newQuarrel('buyer', 'it never came');
  assert.equal(outcomeOf(begun), undefined);
  const offered = quarrelStep(begun, { kind: 'propose', by: 'buyer', share: 40n });
  const asked = quarrelStep(offered, { kind: 'propose', by: 'seller', share: 60n });
  assert.equal(outcomeOf(asked), undefined);
  const met = quarrelStep(asked, { kind: 'propose', by: 'seller', share: 30n });
  assert.equal(outcomeOf(met), 30n, 'nobody gets more than was asked for');
  assert.equal(faultOf(met, 30n, 5n), 'seller');
  const paid = quarrelStep(quarrelStep(begun, { kind: 'propose', by: 'buyer', share: 100n }), {
    kind: 'propose',
    by: 'seller',
    share: 100n,
  });
  assert.equal(faultOf(paid, 100n, 0n), 'buyer', 'a complaint that was not true');
  const half = { ...met, proposals: { buyer: 50n, seller: 50n } };
  assert.equal(faultOf(half, 50n, 0n), undefined);

  const silent = { ...begun, byDefault: 0n };
  assert.equal(faultOf(silent, 0n, 0n), 'seller', 'who never said a word is wrong');
  const stated = quarrelStep(begun, { kind: 'state', by: 'seller', statement: 'it did' });
  const ruled = { ...stated, byDefault: 0n };
  assert.equal(faultOf(ruled, 0n, 0n), undefined, 'a first claim that nobody can judge is free');
  assert.equal(faultOf(ruled, 0n, 1n), 'buyer', 'a second one is not');

  assert.equal(defaultShareOf(9n, false, 10n), 0n);
  assert.equal(defaultShareOf(10n, false, 10n), 50n);
  assert.equal(defaultShareOf(1n, true, 10n), 50n);
});
