import '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { LineHalf, LineMessage, LineStep } from '@pocas/clearing/halves';
import {
  applyLine,
  draw,
  drawEnded,
  fell,
  headroom,
  hearDraw,
  hearLine,
  lineAct,
  lockLine,
  newLineHalf,
  noteDrawn,
  releaseLine,
} from '@pocas/clearing/halves';

type SideName = 'lender' | 'borrower';
type Message =
  | { readonly kind: 'line'; readonly said: LineMessage }
  | { readonly kind: 'draw' | 'made'; readonly id: string; readonly amount: bigint }
  | { readonly kind: 'drawn'; readonly tag: string; readonly value: bigint }
  | { readonly kind: 'reduced'; readonly id: string; readonly value: bigint };

const acts = 5n;
const other = (side: SideName): SideName => (side === 'lender' ? 'borrower' : 'lender');
const opened = (end: 'from' | 'to', limit: bigint): LineHalf => ({
  ...newLineHalf(end, end === 'from', limit),
  phase: 'open',
});

/** A line, the debt under it on each side, and what is under way. */
const makeModel = (limit: bigint) => {
  const half = { lender: opened('from', limit), borrower: opened('to', limit) };
  const debts: Record<SideName, Map<string, bigint>> = { lender: new Map(), borrower: new Map() };
  const queue: Record<SideName, Message[]> = { lender: [], borrower: [] };
  /** Draws that the lender refused: the answers, in any order beside the messages. */
  const refused: bigint[] = [];
  let ids = 0;
  let promised = 0n;
  let round:
    | undefined
    | {
        tag: string;
        version: bigint;
        cap: bigint;
        locked: Partial<Record<SideName, boolean>>;
        told: Partial<Record<SideName, boolean>>;
        decided?: bigint;
      };

  const take = (side: SideName, step: LineStep): boolean => {
    if (!step.ok) return false;
    assert.ok(step.half.limit <= half[side].limit, 'a limit only falls');
    half[side] = step.half;
    if (step.say !== undefined) queue[side].push({ kind: 'line', said: step.say });
    return true;
  };
  const checkLender = (): void => {
    const owed = [...debts.lender.values()].reduce((sum, one) => sum + one, 0n);
    assert.equal(half.lender.owed, owed);
  };
  /** Debt is made at the lender: only where there was room for it, or it was promised to a round. */
  const made = (amount: bigint, before: LineHalf): void => {
    assert.ok(before.owed + amount <= before.limit || amount <= promised, 'within the limit');
  };
  const self = {
    half,
    debts,
    draw(amount: bigint) {
      if (!take('borrower', draw(half.borrower, amount))) return;
      ids += 1;
      queue.borrower.push({ kind: 'draw', id: `${ids}`, amount });
    },
    act(side: SideName, what: Parameters<typeof lineAct>[1]) {
      take(side, lineAct(half[side], what, acts));
    },
    /** The lender forgives a part of some debt. */
    reduce(which: number, value: bigint) {
      const [id, amount] = [...debts.lender][which % Math.max(1, debts.lender.size)] ?? [];
      if (id === undefined || amount === undefined || value > amount) return;
      debts.lender.set(id, amount - value);
      half.lender = fell(half.lender, value);
      queue.lender.push({ kind: 'reduced', id, value });
    },
    answer(index: number) {
      if (refused.length === 0) return;
      const [amount] = refused.splice(index % refused.length, 1);
      half.borrower = drawEnded(half.borrower, amount!, false);
    },
    deliver(from: SideName) {
      const message = queue[from].shift();
      if (message === undefined) return;
      const to = other(from);
      if (message.kind === 'line') {
        const step = hearLine(half[to], message.said, acts);
        assert.ok(step.ok, `${to} refused ${message.said.act}`);
        take(to, step);
      } else if (message.kind === 'draw') {
        const before = half.lender;
        const { id, amount } = message;
        if (take('lender', hearDraw(before, amount))) {
          made(amount, before);
          assert.ok(
            before.owed + amount + (before.lock?.max ?? 0n) <= before.limit,
            'what a round holds is not drawn',
          );
          debts.lender.set(id, amount);
          queue.lender.push({ kind: 'made', id, amount });
        } else refused.push(amount);
      } else if (message.kind === 'made') {
        half.borrower = drawEnded(half.borrower, message.amount, true);
        debts.borrower.set(message.id, message.amount);
      } else if (message.kind === 'reduced') {
        const { id, value } = message;
        const amount = debts.borrower.get(id);
        // Of a round's debt the other side may not have it yet: it says so and is told later.
        if (amount === undefined) {
          queue[from].push(message);
          return;
        }
        debts.borrower.set(id, amount - value);
        half.borrower = fell(half.borrower, value);
      } else if (message.kind === 'drawn' && !debts[to].has(message.tag)) {
        assert.ok(take(to, noteDrawn(half[to], message.tag, message.value)), 'a note of its round');
      }
    },
    round(side: SideName, choice: bigint) {
      if (round === undefined) {
        const { lender, borrower } = half;
        const rooms = [headroom(lender), headroom(borrower)];
        const cap = rooms[0]! < rooms[1]! ? rooms[0]! : rooms[1]!;
        if (lender.version !== borrower.version || cap < 1n) return;
        ids += 1;
        round = {
          ...{ tag: `round ${ids}`, version: lender.version, cap: (choice % cap) + 1n },
          ...{ locked: {}, told: {} },
        };
        return;
      }
      const { tag, version, cap, locked, told } = round;
      if (locked[side] === undefined) {
        locked[side] = take(side, lockLine(half[side], tag, version, cap));
        if (side === 'lender' && locked.lender) promised = cap;
        return;
      }
      if (locked.lender === undefined || locked.borrower === undefined) return;
      round.decided ??= locked.lender && locked.borrower ? choice % (cap + 1n) : 0n;
      if (!told[side]) {
        told[side] = true;
        const { decided: value } = round;
        if (!locked[side]) {
          // It has nothing to end.
        } else if (value > 0n) {
          const before = half[side];
          assert.ok(take(side, applyLine(before, value)), 'what is locked can be made');
          if (side === 'lender') made(value, before);
          debts[side].set(tag, value);
          queue[side].push({ kind: 'drawn', tag, value });
          if (before.noted !== undefined) assert.deepEqual(before.noted, { tag, value });
        } else take(side, releaseLine(half[side]));
      }
      if (told.lender && told.borrower) {
        round = undefined;
        promised = 0n;
      }
    },
    settle() {
      for (let i = 0; round !== undefined; i += 1) {
        assert.ok(i < 20);
        self.round(i % 2 === 0 ? 'lender' : 'borrower', 1n);
      }
      for (let i = 0; queue.lender.length + queue.borrower.length + refused.length > 0; i += 1) {
        assert.ok(i < 2_000);
        self.deliver('lender');
        self.deliver('borrower');
        self.answer(0);
      }
    },
    check() {
      checkLender();
      const { lender, borrower } = half;
      assert.deepEqual(debts.lender, debts.borrower);
      assert.equal(lender.owed, borrower.owed);
      assert.equal(borrower.drawing, 0n);
      assert.deepEqual(
        [lender.version, lender.limit, lender.phase],
        [borrower.version, borrower.limit, borrower.phase],
      );
      assert.deepEqual([lender.lock, borrower.lock], [undefined, undefined]);
    },
  };
  return self;
};

type Model = ReturnType<typeof makeModel>;
const small = fc.bigInt(1n, 8n);
const sideName = fc.constantFrom<SideName>('lender', 'borrower');

const move: fc.Arbitrary<(model: Model) => void> = fc.oneof(
  { weight: 4, arbitrary: small.map((amount) => (model: Model) => model.draw(amount)) },
  { weight: 6, arbitrary: sideName.map((side) => (model: Model) => model.deliver(side)) },
  {
    weight: 6,
    arbitrary: fc.tuple(sideName, fc.bigInt(0n, 30n)).map(
      ([side, choice]) =>
        (model: Model) =>
          model.round(side, choice),
    ),
  },
  { weight: 2, arbitrary: fc.nat(3).map((index) => (model: Model) => model.answer(index)) },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(5), small).map(
      ([which, value]) =>
        (model: Model) =>
          model.reduce(which, value),
    ),
  },
  {
    weight: 1,
    arbitrary: fc
      .bigInt(0n, 30n)
      .map((limit) => (model: Model) => model.act('lender', { act: 'lower', limit })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(sideName, fc.nat(3)).map(([side, rare]) => (model: Model) => {
      if (rare === 0) model.act(side, { act: 'end' });
    }),
  },
);

test('draws, rounds, lowering and ending, in any order and however late, leave one debt on both sides', () => {
  fc.assert(
    fc.property(fc.bigInt(1n, 30n), fc.array(move, { maxLength: 60 }), (limit, moves) => {
      const model = makeModel(limit);
      for (const one of moves) one(model);
      model.settle();
      model.check();
    }),
    { numRuns: 5_000 },
  );
});

const halfOf = (step: LineStep): LineHalf => {
  assert.ok(step.ok);
  return step.half;
};

test('a draw that comes to a lender whose half a round holds is refused, and harmless', () => {
  const held = halfOf(lockLine(opened('from', 10n), 'tag', 1n, 8n));
  assert.deepEqual(hearDraw(held, 3n), { ok: false, code: 'conflict' });
  assert.equal(halfOf(hearDraw(held, 2n)).owed, 2n);
  const asked = halfOf(draw(opened('to', 10n), 3n));
  assert.equal(headroom(asked), 7n);
  assert.deepEqual(drawEnded(asked, 3n, false), opened('to', 10n));
  // The borrower's half, held: what the round may use is not asked for.
  const own = halfOf(lockLine(opened('to', 10n), 'tag', 1n, 8n));
  assert.deepEqual(draw(own, 3n), { ok: false, code: 'conflict' });
});

test('what a lender promised to a round stands when it lowers or ends the line', () => {
  const held = halfOf(lockLine(opened('from', 10n), 'tag', 1n, 8n));
  const lower = halfOf(lineAct(held, { act: 'lower', limit: 1n }, acts));
  assert.equal(headroom(lower), 1n);
  const made = halfOf(applyLine(halfOf(lineAct(lower, { act: 'end' }, acts)), 8n));
  assert.deepEqual([made.owed, headroom(made)], [8n, 0n]);
  assert.ok(!applyLine(held, 9n).ok);
});

test('nobody makes debt under a line but those who may', () => {
  // The lender draws; the borrower is told of a draw, or lowers the line; both raise it.
  assert.deepEqual(draw(opened('from', 10n), 1n), { ok: false, code: 'unsupported' });
  assert.deepEqual(hearDraw(opened('to', 10n), 1n), { ok: false, code: 'invalid' });
  assert.deepEqual(lineAct(opened('to', 10n), { act: 'lower', limit: 1n }, acts), {
    ok: false,
    code: 'unsupported',
  });
  assert.deepEqual(hearLine(opened('from', 10n), { act: 'lowered', value: 1n }, acts), {
    ok: false,
    code: 'invalid',
  });
  assert.deepEqual(lineAct(opened('from', 10n), { act: 'lower', limit: 11n }, acts), {
    ok: false,
    code: 'limit',
  });
  assert.deepEqual(hearLine(opened('to', 10n), { act: 'lowered', value: 11n }, acts), {
    ok: false,
    code: 'invalid',
  });
  // Before consent, and after the end.
  const asked = newLineHalf('from', false, 10n);
  assert.deepEqual(hearDraw(asked, 1n), { ok: false, code: 'closed' });
  const ended = halfOf(lineAct(opened('from', 10n), { act: 'end' }, acts));
  assert.deepEqual(hearDraw(ended, 1n), { ok: false, code: 'closed' });
  assert.deepEqual(lockLine(ended, 'tag', 1n, 1n), { ok: false, code: 'closed' });
  assert.deepEqual(hearDraw(opened('from', 10n), 11n), { ok: false, code: 'limit' });
  // A note of a round that does not hold the line.
  assert.deepEqual(noteDrawn(opened('to', 10n), 'tag', 1n), { ok: false, code: 'invalid' });
});
