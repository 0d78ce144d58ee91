/** Two halves and what is under way between them, as pure values: what the model tests drive. */
import assert from 'node:assert/strict';
import type { Half, HalfAct, HalfMessage, HalfStep } from '@pocas/clearing/halves';
import { act, apply, hear, lock, lodgeable, newHalf, release } from '@pocas/clearing/halves';

export type SideName = 'a' | 'b';
export const otherSide = (side: SideName): SideName => (side === 'a' ? 'b' : 'a');

/** Few enough that runs come to the bound. */
export const acts = 6n;

type Round = {
  readonly tag: string;
  /** What the coordinator does next, in some order. */
  readonly version: bigint;
  readonly cap: bigint;
  readonly locked: { a?: boolean; b?: boolean };
  decided?: bigint;
  readonly told: { a?: boolean; b?: boolean };
};

/** What happened on one side, to be compared with the other's. */
type Sum = { setoff: bigint; paid: bigint; forgiven: bigint };

export type Model = {
  readonly half: Record<SideName, Half>;
  /** From a side, on the way to the other. */
  readonly queue: Record<SideName, HalfMessage[]>;
  readonly sums: Record<SideName, Sum>;
  round: Round | undefined;
  rounds: number;
};

export const makeModel = (debtor: SideName, proposer: SideName, agreed: bigint): Model => {
  const half = (side: SideName) =>
    newHalf(
      side === debtor ? 'from' : 'to',
      side === proposer,
      side === proposer ? 'proposed' : 'asked',
      agreed,
    );
  return {
    half: { a: half('a'), b: half('b') },
    queue: { a: [], b: [] },
    sums: {
      a: { setoff: 0n, paid: 0n, forgiven: 0n },
      b: { setoff: 0n, paid: 0n, forgiven: 0n },
    },
    round: undefined,
    rounds: 0,
  };
};

const take = (model: Model, side: SideName, step: HalfStep): boolean => {
  if (!step.ok) return false;
  const before = model.half[side];
  const { half, say, notes } = step;
  assert.ok(half.amount >= 0n && half.amount <= before.amount, 'an amount only falls');
  assert.ok(half.version >= before.version, 'a version only grows');
  model.half[side] = half;
  if (say !== undefined) model.queue[side].push(say);
  for (const { kind, value = 0n } of notes) {
    if (kind === 'setoff' || kind === 'paid' || kind === 'forgiven') {
      model.sums[side][kind] += value;
    }
  }
  const { setoff, paid, forgiven } = model.sums[side];
  assert.equal(half.agreed - half.amount, setoff + paid + forgiven, 'each reduction is noted');
  return true;
};

export const does = (model: Model, side: SideName, what: HalfAct): boolean =>
  take(model, side, act(model.half[side], what, acts));

/** The next message from a side arrives. Honest sides never refuse each other. */
export const deliver = (model: Model, from: SideName): void => {
  const message = model.queue[from].shift();
  if (message === undefined) return;
  const to = otherSide(from);
  const step = hear(model.half[to], message, acts);
  assert.ok(step.ok, `${to} refused ${message.act} as ${step.ok ? '' : step.code}`);
  take(model, to, step);
};

/** An honest coordinator takes its next step for one side; `choice` is its whim. */
export const roundStep = (model: Model, side: SideName, choice: bigint): void => {
  const { half, round } = model;
  if (round === undefined) {
    const { a, b } = half;
    const cap = lodgeable(a) < lodgeable(b) ? lodgeable(a) : lodgeable(b);
    // Both lodged, perhaps long ago: `freeze` finds out what has changed since.
    if (a.version !== b.version || cap < 1n) return;
    model.rounds += 1;
    model.round = {
      tag: `${model.rounds}`,
      version: a.version,
      cap: (choice % cap) + 1n,
      locked: {},
      told: {},
    };
    return;
  }
  const { tag, version, cap, locked, told } = round;
  if (locked[side] === undefined) {
    locked[side] = take(model, side, lock(half[side], tag, version, cap));
  } else if (locked.a !== undefined && locked.b !== undefined) {
    round.decided ??= locked.a && locked.b && choice % 3n > 0n ? choice % (cap + 1n) : 0n;
    const { decided } = round;
    if (told[side] === undefined) {
      told[side] = true;
      if (locked[side] && decided > 0n) {
        assert.ok(take(model, side, apply(half[side], decided)), 'what is locked can be set off');
      } else if (locked[side]) {
        take(model, side, release(half[side]));
      }
    }
    if (told.a && told.b) model.round = undefined;
  }
};

/** Everything that is under way comes to its end. */
export const settle = (model: Model): void => {
  for (let i = 0; model.round !== undefined; i += 1) {
    assert.ok(i < 20, 'a round comes to its end');
    roundStep(model, i % 2 === 0 ? 'a' : 'b', 1n);
  }
  for (let i = 0; model.queue.a.length + model.queue.b.length > 0; i += 1) {
    assert.ok(i < 1_000, 'messages come to an end');
    deliver(model, model.queue.a.length > 0 ? 'a' : 'b');
  }
};

/** Fails where the two halves do not say the same. */
export const assertAgree = ({ half: { a, b }, sums }: Model): void => {
  const phases = [a.phase, b.phase].toSorted().join();
  assert.ok(a.phase === b.phase || phases === 'asked,proposed', `phases ${phases}`);
  assert.notEqual(a.phase, 'withdrawing');
  assert.equal(a.amount, b.amount, 'amounts');
  assert.equal(a.version, b.version, 'versions');
  assert.deepEqual(sums.a, sums.b);
  assert.deepEqual([a.waiting.times, b.waiting.times], [0n, 0n]);
  assert.deepEqual([a.lock, b.lock], [undefined, undefined]);
  const { stated: ours } = a;
  const { stated: theirs } = b;
  assert.equal(ours === undefined, theirs === undefined, 'what is stated');
  if (ours === undefined || theirs === undefined) return;
  assert.deepEqual([ours.number, ours.value], [theirs.number, theirs.value]);
  assert.notEqual(ours.by, theirs.by);
  assert.ok(!ours.retracting && !theirs.retracting, 'whoever took it back was answered');
};
