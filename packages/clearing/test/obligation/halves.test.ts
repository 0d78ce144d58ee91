import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { HalfAct } from '@pocas/clearing/halves';
import { act, apply, hear, lock, newHalf, release } from '@pocas/clearing/halves';
import type { Model, SideName } from './halves-model.ts';
import { acts, assertAgree, deliver, does, makeModel, roundStep, settle } from './halves-model.ts';

const sideOf = fc.constantFrom<SideName>('a', 'b');
const small = fc.bigInt(1n, 12n);

type Move =
  | { readonly move: 'act'; readonly side: SideName; readonly what: HalfAct }
  | { readonly move: 'deliver'; readonly side: SideName }
  | { readonly move: 'round'; readonly side: SideName; readonly choice: bigint };

const what: fc.Arbitrary<HalfAct> = fc.oneof(
  fc.record({ act: fc.constantFrom('accept', 'decline', 'withdraw', 'retract', 'deny') }),
  fc.record({ act: fc.constant('state'), value: small }),
  fc.record({ act: fc.constant('forgive'), value: small }),
) as fc.Arbitrary<HalfAct>;

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ move: fc.constant('act'), side: sideOf, what }) },
  { weight: 3, arbitrary: fc.record({ move: fc.constant('deliver'), side: sideOf }) },
  {
    weight: 2,
    arbitrary: fc.record({ move: fc.constant('round'), side: sideOf, choice: fc.bigInt(0n, 20n) }),
  },
) as fc.Arbitrary<Move>;

const play = (model: Model, moves: readonly Move[]): void => {
  for (const one of moves) {
    if (one.move === 'act') does(model, one.side, one.what);
    else if (one.move === 'deliver') deliver(model, one.side);
    else roundStep(model, one.side, one.choice);
  }
};

test('whatever two sides do, and however late they hear of each other, both halves come to agree', () => {
  fc.assert(
    fc.property(
      sideOf,
      sideOf,
      fc.bigInt(1n, 20n),
      fc.boolean(),
      fc.array(move, { maxLength: 60 }),
      (debtor, proposer, agreed, isOpen, moves) => {
        const model = makeModel(debtor, proposer, agreed);
        if (isOpen) {
          does(model, proposer === 'a' ? 'b' : 'a', { act: 'accept' });
          settle(model);
        }
        play(model, moves);
        settle(model);
        assertAgree(model);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('statements that are made, taken back and denied again and again come to agree', () => {
  const statement: fc.Arbitrary<Move> = fc.oneof(
    fc.record({ move: fc.constant('deliver'), side: sideOf }),
    fc.record({
      move: fc.constant('act'),
      side: sideOf,
      what: fc.oneof(
        fc.record({ act: fc.constantFrom('retract', 'deny') }),
        fc.record({ act: fc.constant('state'), value: small }),
      ),
    }),
  ) as fc.Arbitrary<Move>;
  fc.assert(
    fc.property(sideOf, fc.array(statement, { maxLength: 40 }), (debtor, moves) => {
      const model = makeModel(debtor, 'a', 100n);
      does(model, 'b', { act: 'accept' });
      settle(model);
      play(model, moves);
      settle(model);
      assertAgree(model);
    }),
    { numRuns: 3_000 },
  );
});

test('all orders of a withdrawal and an answer end the same on both sides', () => {
  for (const answer of ['accept', 'decline'] as const) {
    // Every way of putting these four in order; what comes before there is anything does nothing.
    const steps: ((model: Model) => void)[] = [
      (model) => does(model, 'a', { act: 'withdraw' }),
      (model) => does(model, 'b', { act: answer }),
      (model) => deliver(model, 'a'),
      (model) => deliver(model, 'b'),
    ];
    const orders = (left: typeof steps): (typeof steps)[] =>
      left.length === 0
        ? [[]]
        : left.flatMap((one) =>
            orders(left.filter((other) => other !== one)).map((rest) => [one, ...rest]),
          );
    const ends = new Set<string>();
    for (const order of orders(steps)) {
      const model = makeModel('a', 'a', 10n);
      for (const step of order) step(model);
      settle(model);
      assertAgree(model);
      ends.add(model.half.a.phase);
    }
    assert.deepEqual(
      [...ends].toSorted(),
      [answer === 'accept' ? 'open' : 'declined', 'withdrawn'].toSorted(),
    );
  }
});

test('all orders of two statements, a retraction and a denial end the same on both sides', () => {
  const steps: ((model: Model) => void)[] = [
    (model) => does(model, 'a', { act: 'state', value: 8n }),
    (model) => does(model, 'b', { act: 'state', value: 5n }),
    (model) => does(model, 'a', { act: 'retract' }),
    (model) => does(model, 'b', { act: 'deny' }),
    (model) => deliver(model, 'a'),
    (model) => deliver(model, 'b'),
    (model) => deliver(model, 'a'),
  ];
  const orders = (left: typeof steps): (typeof steps)[] =>
    left.length === 0
      ? [[]]
      : left.flatMap((one) =>
          orders(left.filter((other) => other !== one)).map((rest) => [one, ...rest]),
        );
  const amounts = new Set<bigint>();
  for (const order of orders(steps)) {
    const model = makeModel('a', 'a', 10n);
    does(model, 'b', { act: 'accept' });
    settle(model);
    for (const step of order) step(model);
    settle(model);
    assertAgree(model);
    amounts.add(model.half.a.amount);
  }
  // The smaller of both was paid, or nothing.
  assert.deepEqual([...amounts].toSorted(), [10n, 5n]);
});

const open = (end: 'from' | 'to', amount = 10n) => newHalf(end, true, 'open', amount);
const halfOf = (step: ReturnType<typeof act>) => {
  assert.ok(step.ok);
  return step.half;
};

test('what a round holds cannot be reduced by anything else, and what it sets off always fits', () => {
  const held = halfOf(lock(open('from'), 'tag', 1n, 7n));
  assert.deepEqual(act(held, { act: 'state', value: 1n }, acts), { ok: false, code: 'conflict' });
  assert.deepEqual(lock(held, 'other', 1n, 1n), { ok: false, code: 'conflict' });
  const creditors = halfOf(lock(open('to'), 'tag', 1n, 7n));
  assert.deepEqual(act(creditors, { act: 'forgive', value: 1n }, acts), {
    ok: false,
    code: 'conflict',
  });
  // The other side forgives all of it meanwhile: that waits for the round.
  const told = halfOf(hear(held, { act: 'forgiven', value: 10n }, acts));
  assert.equal(told.amount, 10n);
  const after = halfOf(apply(told, 7n));
  assert.deepEqual([after.amount, after.version, after.phase], [0n, 3n, 'cleared']);
  const released = halfOf(release(told));
  assert.deepEqual([released.amount, released.version, released.phase], [0n, 2n, 'cleared']);
  // Each time that it forgave counts, as it did at its side.
  const first = halfOf(hear(held, { act: 'forgiven', value: 2n }, acts));
  const second = halfOf(hear(first, { act: 'forgiven', value: 1n }, acts));
  const twice = halfOf(release(second));
  assert.deepEqual([twice.amount, twice.version, twice.phase], [7n, 3n, 'open']);
});

test('a statement that the other side does not know of any more can be taken back', () => {
  // Its machine went back to an old backup, say.
  const asked = hear(open('to'), { act: 'retract', number: 3n }, acts);
  assert.ok(asked.ok);
  assert.deepEqual(asked.say, { act: 'retracted', number: 3n });
  const stated = halfOf(act(open('from'), { act: 'state', value: 4n }, acts));
  const retracting = halfOf(act(stated, { act: 'retract' }, acts));
  assert.equal(halfOf(hear(retracting, { act: 'retracted', number: 1n }, acts)).stated, undefined);
  // Nobody was asked: it stands.
  assert.ok(!hear(stated, { act: 'retracted', number: 1n }, acts).ok);
});

test('a lock is refused at another version, above what is there, and beside a payment', () => {
  const stated = halfOf(act(open('to'), { act: 'state', value: 4n }, acts));
  assert.deepEqual(lock(stated, 'tag', 1n, 7n), { ok: false, code: 'limit' });
  assert.ok(lock(stated, 'tag', 1n, 6n).ok);
  assert.deepEqual(lock(open('to'), 'tag', 2n, 1n), { ok: false, code: 'stale' });
  assert.deepEqual(lock(open('to'), 'tag', 1n, 0n), { ok: false, code: 'limit' });
  assert.deepEqual(apply(halfOf(lock(open('to'), 'tag', 1n, 3n)), 4n), {
    ok: false,
    code: 'limit',
  });
});

test('a hostile side can say anything: a half refuses it, or only the other side loses', () => {
  const hostile = fc.oneof(
    fc.record({
      act: fc.constantFrom('accepted', 'declined', 'withdraw', 'withdrawn'),
    }),
    fc.record({ act: fc.constant('stated'), number: small, value: fc.bigInt(0n, 30n) }),
    fc.record({ act: fc.constantFrom('retract', 'retracted', 'denied'), number: small }),
    fc.record({ act: fc.constant('forgiven'), value: fc.bigInt(0n, 30n) }),
    fc.record({ act: fc.constant('mend'), amount: fc.bigInt(0n, 30n), version: small }),
  ) as fc.Arbitrary<Parameters<typeof hear>[1]>;
  fc.assert(
    fc.property(
      fc.constantFrom('from' as const, 'to' as const),
      fc.boolean(),
      fc.constantFrom('proposed' as const, 'asked' as const, 'open' as const),
      fc.array(fc.oneof(hostile, what), { maxLength: 40 }),
      (end, ours, first, moves) => {
        let half = newHalf(end, ours, first, 10n);
        let consented = ours || first === 'open';
        let given = 0n;
        for (const one of moves) {
          const own = ['accept', 'decline', 'withdraw', 'state', 'forgive', 'retract', 'deny'];
          const isOwn = own.includes(one.act) && !('number' in one) && one.act !== 'withdraw';
          const step = isOwn
            ? act(half, one as HalfAct, acts)
            : hear(half, one as Parameters<typeof hear>[1], acts);
          if (!step.ok) continue;
          const { half: after } = step;
          assert.ok(after.amount <= half.amount && after.amount >= 0n);
          assert.ok(after.phase !== 'open' || consented || one.act === 'accept', 'own consent');
          if (one.act === 'accept') consented = true;
          if (one.act === 'forgive' || one.act === 'state') given += one.value;
          half = after;
        }
        // A creditor loses no more than what it forgave, and said that it received.
        if (end === 'to') assert.ok(10n - half.amount <= given);
        assert.ok(half.begunThere <= acts + 1n, 'what it can make us do is bounded');
      },
    ),
    { numRuns: 3_000 },
  );
});
