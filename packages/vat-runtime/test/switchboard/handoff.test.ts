import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { leftIn } from './board.ts';
import { type FederationOptions, give, makeFederation, makeVat } from './federation.ts';

/** A, which knows a vat of B and one of C. B does not know C. */
const makeThree = (options: FederationOptions = {}) => {
  const federation = makeFederation(options);
  const [A, B, C] = ['A', 'B', 'C'].map(federation.node) as [never, never, never];
  federation.connect(A, B);
  federation.connect(A, C);
  const [a, b, c] = [A, B, C].map((node) => makeVat(node));
  const toB = give(federation, b!, 'o+1', a!);
  const toC = give(federation, c!, 'o+1', a!);
  return { federation, schedule: federation.schedule, a: a!, b: b!, c: c!, toB, toC };
};
type Three = ReturnType<typeof makeThree>;

const types = ({ federation }: Three, from: string, to: string) =>
  federation.crossings
    .filter((each) => each.from === from && each.to === to)
    .map(({ message }) => message.type);

const assertNothingLeft = ({ federation }: Three) => {
  for (const { board, name } of federation.nodes()) {
    const left = [...board.parties()].map((party) => [party.id, leftIn(party)] as const);
    assert.deepEqual(
      left.filter(([, tables]) => Object.keys(tables).length > 0),
      [],
      name,
    );
    assert.deepEqual(board.openGifts(), { withdrawals: 0, deposits: 0, waits: 0 }, name);
  }
};

/** Everybody gives back what he has, and all that waits for time has its time. */
const dropAll = (three: Three) => {
  const { schedule, a, b, c } = three;
  schedule.run(schedule.now() + 200_000);
  for (const vat of [a, b, c]) for (const slot of [...vat.imports.keys()]) vat.drop(slot);
  schedule.run(schedule.now() + 200_000);
};

test('what A introduces to B is C’s own object there, and A is not asked again', () => {
  const three = makeThree();
  const { schedule, a, b, c, toB, toC } = three;
  a.call(a.slotOf(toC)!, 'before');
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(1000);
  assert.deepEqual(b.log(), ['take']);
  const ref = b.refOf(toC);
  assert.equal(ref.owner, b.node.peer(c.node));
  assert.equal(ref.forwarded, undefined);
  const crossed = types(three, 'B', 'A').length;
  b.call(b.slotOf(toC)!, 'direct');
  schedule.run(2000);
  assert.deepEqual(c.log(), ['before', 'direct']);
  assert.equal(types(three, 'B', 'A').length, crossed, 'A has no part in it');
  assert.deepEqual(b.node.outcomes, ['A direct']);
  dropAll(three);
  assertNothingLeft(three);
});

// ---- which object it is ----

test('who has the object already gets the same', () => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toB, toC } = three;
  federation.connect(b.node, c.node);
  give(federation, c, 'o+1', b);
  const slot = b.slotOf(toC);
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(1000);
  assert.deepEqual(b.log(), ['take']);
  assert.equal(b.slotOf(toC), slot);
  assert.deepEqual(b.strangers, []);
});

test('two who introduce the same object give the same', () => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toB, toC } = three;
  const D = federation.node('D');
  const d = makeVat(D);
  federation.connect(D, b.node);
  federation.connect(D, c.node);
  give(federation, b, 'o+1', d);
  give(federation, c, 'o+1', d);
  a.call(a.slotOf(toB)!, 'from A', [toC]);
  d.call(d.slotOf(toB)!, 'from D', [toC]);
  schedule.run(1000);
  assert.deepEqual(b.log().toSorted(), ['from A', 'from D']);
  assert.deepEqual(b.strangers, []);
  assert.equal([...b.imports.values()].filter(({ token }) => token === toC).length, 1);
  assert.deepEqual(b.node.outcomes, ['A direct', 'D direct']);
});

test('what goes round by three nodes comes home as the own object', () => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toB, toC } = three;
  federation.connect(b.node, c.node);
  const home = give(federation, a, 'o+7', b);
  give(federation, c, 'o+1', b);
  give(federation, a, 'o+1', c);
  b.call(b.slotOf(toC)!, 'here', [home]);
  schedule.run(1000);
  assert.deepEqual(c.log(), ['here']);
  assert.equal(c.refOf(home).owner, c.node.peer(a.node));
  c.call(c.slotOf(a.ownToken('o+1'))!, 'back', [home]);
  a.call(a.slotOf(toB)!, 'own', [toB]);
  schedule.run(2000);
  assert.deepEqual(a.arrivals.at(-1)!.slots, ['o+7']);
  assert.deepEqual(b.arrivals.at(-1)!.slots, ['o+1']);
});

test('it is given once for each session, and again where calls to it are under way', () => {
  const three = makeThree();
  const { federation, schedule, a, b, toB, toC } = three;
  const gifts = () => types(three, 'A', 'C').filter((type) => type === 'GIFT_DEPOSIT').length;
  a.call(a.slotOf(toB)!, 'first', [toC]);
  schedule.run(1000);
  a.call(a.slotOf(toB)!, 'second', [toC]);
  schedule.run(2000);
  assert.equal(gifts(), 1);
  a.call(a.slotOf(toC)!, 'under way');
  a.call(a.slotOf(toB)!, 'third', [toC]);
  schedule.run(3000);
  assert.equal(gifts(), 2);
  a.drop(a.slotOf(toB)!);
  federation.cut(a.node, b.node);
  federation.connect(a.node, b.node);
  give(federation, b, 'o+1', a);
  a.call(a.slotOf(toB)!, 'fourth', [toC]);
  schedule.run(4000);
  assert.equal(gifts(), 3);
  assert.deepEqual(b.log(), ['first', 'second', 'third', 'fourth']);
  assert.deepEqual(b.strangers, []);
});

// ---- only who introduces waits ----

test('while C is slow, calls of A to the same target wait, and nothing else does', () => {
  const three = makeThree();
  const { federation, schedule, a, b, toB, toC } = three;
  const other = give(federation, b, 'o+2', a);
  const D = federation.node('D');
  const d = makeVat(D);
  federation.connect(D, b.node);
  give(federation, b, 'o+1', d);
  b.node.knows.add(three.c.node);
  three.c.node.isReachable = false;
  // It says nothing either way until time is up.
  b.node.peer(three.c.node);
  const silent = b.node.board.get(`n:${three.c.node.designator}`)!;
  Object.defineProperty(silent, 'summon', { value: () => true });
  a.call(a.slotOf(toB)!, 'introduces', [toC]);
  a.call(a.slotOf(toB)!, 'after it');
  a.call(a.slotOf(other)!, 'elsewhere');
  a.call(a.slotOf(other)!, 'with it', [toC]);
  d.call(d.slotOf(toB)!, 'from another');
  schedule.run(4000);
  assert.deepEqual(b.log(), ['elsewhere', 'from another']);
  schedule.run(6000);
  assert.deepEqual(b.log(), [
    ...['elsewhere', 'from another'],
    ...['introduces', 'after it', 'with it'],
  ]);
  assert.deepEqual(b.node.outcomes, ['A late']);
  assert.equal(b.refOf(toC).owner, b.node.peer(a.node));
  assert.equal(b.refOf(toC).forwarded, 'late');
  b.call(b.slotOf(toC)!, 'forwarded');
  schedule.run(7000);
  assert.deepEqual(three.c.log(), ['forwarded']);
  d.drop(d.slotOf(toB)!);
  dropAll(three);
  assertNothingLeft(three);
});

test('a node without an address, signed by itself, is not dialled', () => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toB, toC } = three;
  a.call(a.slotOf(toB)!, 'real', [toC]);
  schedule.run(1000);
  federation.cut(b.node, c.node);
  b.node.knows.clear();
  // As a node would say it that wants somebody else to be dialled.
  const [gift] = federation.crossings.flatMap(({ message }) =>
    'gifts' in message ? (message.gifts ?? []) : [],
  );
  const lie = { ...gift!.where!, signature: 'somebody else’s' };
  b.node.board.receive(b.node.peer(a.node), {
    ...{ type: 'CTP_CALL', epoch: 0, questionID: 'q+90', target: 'o-1' },
    method: { body: '["m",[{"label":"lie","tokens":["other"]}]]', slots: ['o+77'] },
    gifts: [{ at: 0, id: gift!.id, exporter: c.node.designator, where: lie }],
  });
  schedule.run(2000);
  assert.equal(federation.isLinked(b.node, c.node), false);
  assert.deepEqual(b.node.outcomes.at(-1), 'A unknown node');
  assert.deepEqual(b.log(), ['real', 'lie']);
});

// ---- attacks on gifts ----

/** What A deposited at C for B, before B has come for it. */
const makeDeposited = () => {
  const three = makeThree();
  const { federation, schedule, a, b, toB, toC } = three;
  const M = federation.node('M');
  federation.connect(M, three.c.node);
  b.node.isReachable = false;
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(100);
  const deposit = federation.crossings.find(({ message }) => message.type === 'GIFT_DEPOSIT')!;
  const { id } = deposit.message as { id: string };
  /** What C answers to a withdrawal. */
  const withdraw = (by: typeof M, giver: string, gift: string, number: number) =>
    three.c.node.board.receive(three.c.node.peer(by), {
      ...{ type: 'GIFT_WITHDRAW', number, giver, id: gift },
    });
  const answersTo = (by: typeof M) =>
    federation.crossings
      .filter(({ to, message }) => to === by.name && message.type === 'GIFT_ANSWER')
      .map(({ message }) => message as { number: number; slot?: string });
  return { ...three, M, id, withdraw, answersTo };
};

test('a gift is not for somebody else, nor from somebody else: the answer is that of none', () => {
  const { schedule, a, b, c, M, id, withdraw, answersTo } = makeDeposited();
  withdraw(M, a.node.designator, id, 1);
  withdraw(M, M.designator, id, 2);
  withdraw(M, b.node.designator, id, 3);
  withdraw(M, a.node.designator, 'x'.repeat(22), 4);
  schedule.run(3000);
  assert.deepEqual(answersTo(M), [], 'neither is answered sooner');
  schedule.run(10_000);
  const none = [1, 2, 3, 4].map((number) => ({ type: 'GIFT_ANSWER', number }));
  assert.deepEqual(answersTo(M), none);
  // It is still there for B.
  assert.equal(c.node.board.openGifts().deposits, 1);
});

test('a gift is given once, and not after a minute', () => {
  for (const isLate of [false, true]) {
    const { federation, schedule, a, b, c, id, withdraw, answersTo } = makeDeposited();
    if (isLate) schedule.run(61_000);
    federation.connect(b.node, c.node);
    withdraw(b.node, a.node.designator, id, 901);
    withdraw(b.node, a.node.designator, id, 902);
    schedule.run(schedule.now() + 10_000);
    const given = answersTo(b.node).filter(({ number }) => number > 900);
    const has = given.filter(({ slot }) => slot !== undefined).map(({ number }) => number);
    assert.deepEqual(has, isLate ? [] : [901]);
    assert.equal(given.length, 2);
    assert.deepEqual(c.node.board.openGifts(), { withdrawals: 0, deposits: 0, waits: 0 });
    // What B did not ask for it did not keep.
    assert.deepEqual(b.node.violations, []);
  }
});

test('a withdrawal may come before the deposit', () => {
  const three = makeThree({ delay: () => 1 });
  const { federation, schedule, a, b, c, toB, toC } = three;
  federation.connect(b.node, c.node);
  const toOwner = a.node.peer(c.node).link!;
  const late: (() => void)[] = [];
  a.node.board.pause(a.node.peer(c.node));
  a.node.peer(c.node).link = {
    ...toOwner,
    send: (message) => void late.push(() => toOwner.send(message)),
  };
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(2000);
  assert.deepEqual(b.log(), []);
  assert.equal(c.node.board.openGifts().waits, 1);
  for (const send of late) send();
  schedule.run(2100);
  assert.deepEqual(b.log(), ['take']);
  assert.deepEqual(b.node.outcomes, ['A direct']);
});

test('the same message again brings the same object, and nothing of the gift', () => {
  const three = makeThree();
  const { federation, schedule, a, b, toB, toC } = three;
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(1000);
  const [call] = federation.crossings.filter(({ message }) => 'gifts' in message);
  b.node.board.receive(b.node.peer(a.node), { ...call!.message, questionID: 'q+50' });
  schedule.run(10_000);
  assert.deepEqual(b.log(), ['take', 'take']);
  assert.deepEqual(b.strangers, []);
  assert.equal([...b.imports.values()].filter(({ token }) => token === toC).length, 1);
});

test('a flood of gifts is bounded at the receiver, and so is what is dialled for it', () => {
  const three = makeThree({ limits: { maxWithdrawals: 8, giftDialBurst: 3 } });
  const { federation, schedule, a, b } = three;
  const nodes = Array.from({ length: 20 }, (_, i) =>
    federation.node(`N${'abcdefghijklmnopqrst'[i]}`),
  );
  let dials = 0;
  for (const [i, node] of nodes.entries()) {
    b.node.knows.add(node);
    const party = b.node.peer(node);
    Object.defineProperty(party, 'summon', { value: () => ((dials += 1), true) });
    b.node.board.receive(b.node.peer(a.node), {
      ...{ type: 'CTP_CALL', epoch: 0, questionID: `q+${100 + i}`, target: 'o-1' },
      method: { body: `["m",[{"label":"${i}","tokens":["t${i}"]}]]`, slots: [`o+${200 + i}`] },
      gifts: [{ at: 0, id: 'g'.repeat(22), exporter: node.designator }],
    });
  }
  assert.equal(dials, 3);
  assert.equal(b.node.board.openGifts().withdrawals, 3);
  schedule.run(10_000);
  assert.equal(b.arrivals.length, 20);
  assert.deepEqual(b.node.board.openGifts(), { withdrawals: 0, deposits: 0, waits: 0 });
});

test('gifts that nobody comes for are bounded for each giver and each receiver', () => {
  const three = makeThree({ limits: { maxGiftsOfGiver: 30, maxGiftsForReceiver: 20 } });
  const { federation, schedule, a, b, c } = three;
  const from = (giver: typeof a.node, receiver: string, count: number) => {
    const before = c.node.board.openGifts().deposits;
    for (let i = 0; i < count; i += 1) {
      const id = `${giver.name}${receiver.slice(0, 1)}${i}`.padEnd(22, '_');
      c.node.board.receive(c.node.peer(giver), {
        ...{ type: 'GIFT_DEPOSIT', id, receiver, slot: 'o-1' },
      });
    }
    return c.node.board.openGifts().deposits - before;
  };
  const D = federation.node('D');
  federation.connect(D, c.node);
  give(federation, c, 'o+1', makeVat(D));
  assert.equal(from(a.node, b.node.designator, 100), 20, 'for one receiver');
  assert.equal(from(a.node, D.designator, 100), 10, 'of one giver');
  assert.equal(from(D, b.node.designator, 100), 16, 'who has few is let through');
  schedule.run(61_000);
  assert.equal(c.node.board.openGifts().deposits, 0);
});

test('withdrawals that wait are bounded, and refused alike', () => {
  const three = makeThree({ limits: { maxAwaitedGifts: 5 } });
  const { federation, schedule, a, b, c } = three;
  federation.connect(b.node, c.node);
  for (let number = 1; number <= 50; number += 1) {
    c.node.board.receive(c.node.peer(b.node), {
      ...{ type: 'GIFT_WITHDRAW', number, giver: a.node.designator },
      id: String(number).padEnd(22, '_'),
    });
  }
  assert.equal(c.node.board.openGifts().waits, 5);
  schedule.run(10_000);
  assert.equal(c.node.board.openGifts().waits, 0);
  assert.equal(types(three, 'C', 'B').filter((type) => type === 'GIFT_ANSWER').length, 50);
});

test('what waits for gifts is bounded for each who introduces: beyond it, it is answered as not delivered', () => {
  const three = makeThree({ limits: { maxQueuedCalls: 3 } });
  const { schedule, a, b, c, toB, toC } = three;
  b.node.knows.add(c.node);
  Object.defineProperty(b.node.peer(c.node), 'summon', { value: () => true });
  const questions = ['1', '2', '3', '4', '5'].map((label) =>
    a.call(a.slotOf(toB)!, label, label === '1' ? [toC] : []),
  );
  schedule.run(10_000);
  assert.deepEqual(b.log(), ['1', '2', '3']);
  assert.match(a.answers.get(questions[4]!)!, /\(delivered: no\)$/);
  dropAll(three);
  assertNothingLeft(three);
});

test('a gift of what the giver does not have, or has not to give, ends its session or is nothing', () => {
  for (const [slot, reason] of [
    ['o-99', 'unknown slot'],
    ['o+5', 'a gift of an own object'],
  ] as const) {
    const { a, b, c } = makeThree();
    c.node.board.receive(c.node.peer(a.node), {
      ...{ type: 'GIFT_DEPOSIT', id: 'g'.repeat(22), receiver: b.node.designator, slot },
    });
    assert.deepEqual(c.node.violations, [`n:${a.node.designator}: ${reason}`]);
  }
});

test('what every stranger finds here is no gift: two of them leave nothing', () => {
  const { federation, schedule, c } = makeThree();
  const [M, N] = [federation.node('M'), federation.node('N')];
  for (const stranger of [M, N]) {
    federation.connect(stranger, c.node);
    const party = c.node.peer(stranger);
    party.bootstrap = c.node.board.refAt(c.connection, `o+dgreeter.${stranger.name.toLowerCase()}`);
    c.node.board.place(party, 'o-dgreeter', party.bootstrap);
  }
  const id = 'g'.repeat(22);
  c.node.board.receive(c.node.peer(M), {
    ...{ type: 'GIFT_DEPOSIT', id, receiver: N.designator, slot: 'o-dgreeter' },
  });
  c.node.board.receive(c.node.peer(N), {
    ...{ type: 'GIFT_WITHDRAW', number: 1, giver: M.designator, id },
  });
  schedule.run(10_000);
  assert.deepEqual([...c.node.peer(N).bySlot.keys()], ['o-dgreeter']);
});

test('answers that nobody waits for, and from whom nobody asked, change nothing', () => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toB, toC } = three;
  const M = federation.node('M');
  federation.connect(M, b.node);
  b.node.knows.add(c.node);
  Object.defineProperty(b.node.peer(c.node), 'summon', { value: () => true });
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(100);
  for (let number = 0; number < 5; number += 1) {
    b.node.board.receive(b.node.peer(M), { type: 'GIFT_ANSWER', number, slot: 'o+66' });
    b.node.board.receive(b.node.peer(M), { type: 'GIFT_ANSWER', number });
    b.node.board.receive(b.node.peer(a.node), { type: 'GIFT_ANSWER', number, slot: 'o+67' });
  }
  schedule.run(200);
  assert.deepEqual(b.log(), [], 'it still waits');
  assert.deepEqual(leftIn(b.node.peer(M)), {});
  schedule.run(10_000);
  assert.equal(b.refOf(toC).owner, b.node.peer(a.node));
});

// ---- who leaves when ----

test('who introduces may leave at once; what it said is delivered, and stays', () => {
  const three = makeThree({ delay: () => 10 });
  const { federation, schedule, a, b, c, toB, toC } = three;
  a.call(a.slotOf(toC)!, 'before');
  a.call(a.slotOf(toB)!, 'take', [toC]);
  a.call(a.slotOf(toB)!, 'and this');
  schedule.run(schedule.now() + 11);
  assert.deepEqual(b.log(), [], 'B waits for C');
  federation.cut(a.node, b.node);
  federation.cut(a.node, c.node);
  a.node.isReachable = false;
  schedule.run(1000);
  assert.deepEqual(b.log(), ['take', 'and this']);
  b.call(b.slotOf(toC)!, 'direct');
  schedule.run(2000);
  assert.deepEqual(c.log(), ['before', 'direct']);
  schedule.run(100_000);
  for (const slot of [...b.imports.keys()]) b.drop(slot);
  schedule.run(200_000);
  for (const vat of [b, c]) {
    for (const party of vat.node.board.parties()) assert.deepEqual(leftIn(party), {}, party.id);
  }
});

test('where the owner was lost meanwhile the introducer’s way is taken, and where it has no way the call says so', () => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toB, toC } = three;
  c.node.isReachable = false;
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(1000);
  assert.deepEqual(b.node.outcomes, ['A unreachable']);
  federation.cut(a.node, c.node);
  const question = b.call(b.slotOf(toC)!, 'nobody there');
  schedule.run(2000);
  assert.match(b.answers.get(question)!, /delivered: no/);
});

test('a gift that is gone when the receiver comes for it, as after a restart of the owner: the introducer’s way is taken', () => {
  const three = makeThree({ delay: () => 10, limits: { maxGiftMilliseconds: 15 } });
  const { federation, schedule, a, b, c, toB, toC } = three;
  federation.connect(b.node, c.node);
  // B comes a little later.
  const { link } = b.node.peer(c.node);
  b.node.peer(c.node).link = {
    ...link!,
    send: (message) => void schedule.after(20, () => link!.send(message)),
  };
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(3000);
  assert.deepEqual(b.log(), []);
  schedule.run(10_000);
  assert.deepEqual(b.log(), ['take']);
  assert.deepEqual(b.node.outcomes, ['A refused']);
  assert.equal(b.refOf(toC).owner, b.node.peer(a.node));
  b.call(b.slotOf(toC)!, 'through A');
  schedule.run(11_000);
  assert.deepEqual(c.log(), ['through A']);
});

test('what ended with the owner’s session goes through the introducer again', () => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toB, toC } = three;
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(1000);
  federation.cut(b.node, c.node);
  b.drop(b.slotOf(toC)!);
  c.node.isReachable = false;
  schedule.run(2000);
  a.call(a.slotOf(toB)!, 'again', [toC]);
  schedule.run(3000);
  b.call(b.slotOf(toC)!, 'through A');
  schedule.run(4000);
  assert.deepEqual(c.log(), ['through A']);
  dropAll(three);
  assertNothingLeft(three);
});

// ---- promises ----

test('a promise is forwarded, and what it becomes is handed over behind calls made on it', () => {
  const delays = [30, 1, 1];
  const three = makeThree({ delay: () => delays[0]! });
  const { federation, schedule, a, b, c, toB, toC } = three;
  // C’s promise, which A has and passes on.
  const promise = give(federation, c, 'p+5', a);
  a.call(a.slotOf(toB)!, 'take', [promise]);
  schedule.run(1000);
  assert.deepEqual(b.log(), ['take']);
  b.call(b.slotOf(promise)!, 'early');
  schedule.run(1010);
  c.resolve('p+5', toC);
  delays[0] = 1;
  schedule.run(1100);
  assert.equal(b.refOf(toC).owner, b.node.peer(c.node));
  b.call(b.slotOf(toC)!, 'late');
  schedule.run(3000);
  assert.deepEqual(c.log(), ['early', 'late']);
});

// ---- data beside messages ----

test('data beside messages is handed over as well', () => {
  const three = makeThree();
  const { schedule, a, b, c, toC } = three;
  const { data, gifts } = a.node.board.dataFor(a.node.peer(b.node), {
    body: '"data"',
    refs: [a.refOf(toC)],
  });
  assert.equal(gifts?.length, 1);
  schedule.run(100);
  const got: string[] = [];
  b.node.board.dataFrom(b.node.peer(a.node), data, gifts, ({ body, refs }) => {
    got.push(`${body} ${refs.map(({ owner }) => owner.id).join()}`);
  });
  assert.deepEqual(got, [], 'it waits');
  schedule.run(1000);
  assert.deepEqual(got, [`"data" n:${c.node.designator}`]);
  dropAll(three);
  assertNothingLeft(three);
});

// ---- order among three, where two wait ----

/** A calls C with an object of D, which C cannot reach before `at`: the call waits there. */
const makeWaiting = (at = 3000) => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toC } = three;
  federation.connect(b.node, c.node);
  const D = federation.node('D');
  const d = makeVat(D);
  federation.connect(a.node, D);
  const toD = give(federation, d, 'o+1', a);
  c.node.knows.add(D);
  Object.defineProperty(c.node.peer(D), 'summon', { value: () => true });
  schedule.after(at, () => federation.connect(c.node, D));
  a.call(a.slotOf(toC)!, 'waits', [toD]);
  schedule.run(schedule.now() + 10);
  assert.deepEqual(c.log(), []);
  return three;
};

test('whoever is introduced comes behind calls of the introducer that wait at the owner', () => {
  const { schedule, a, b, c, toB, toC } = makeWaiting();
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(2000);
  assert.deepEqual(b.log(), []);
  schedule.run(4000);
  assert.deepEqual(b.log(), ['take']);
  b.call(b.slotOf(toC)!, 'direct');
  schedule.run(5000);
  assert.deepEqual(c.log(), ['waits', 'direct']);
  assert.deepEqual(b.node.outcomes, ['A direct']);
});

test('so does who is given what is at home there', () => {
  const { federation, schedule, a, c, toC } = makeWaiting();
  const other = give(federation, c, 'o+2', a);
  a.call(a.slotOf(other)!, 'take', [toC]);
  a.call(a.slotOf(other)!, 'and this');
  schedule.run(2000);
  assert.deepEqual(c.log(), []);
  schedule.run(4000);
  assert.deepEqual(c.log(), ['waits', 'take', 'and this']);
});

test('calls on a promise that wait for gifts come before those on what it became', () => {
  const three = makeThree();
  const { federation, schedule, a, b, c, toB, toC } = three;
  const D = federation.node('D');
  const d = makeVat(D);
  federation.connect(b.node, D);
  b.node.knows.add(c.node);
  Object.defineProperty(b.node.peer(c.node), 'summon', { value: () => true });
  const promise = give(federation, d, 'p+5', b);
  give(federation, b, 'o+1', d);
  const toA = give(federation, a, 'o+1', b);
  b.call(b.slotOf(toA)!, 'here', [promise]);
  schedule.run(100);
  a.call(a.slotOf(promise)!, 'early', [toC]);
  schedule.run(200);
  d.resolve('p+5', toB);
  schedule.run(300);
  a.call(a.slotOf(toB)!, 'late');
  schedule.run(1000);
  assert.deepEqual(b.log(), []);
  federation.connect(b.node, c.node);
  schedule.run(2000);
  assert.deepEqual(b.log(), ['early', 'late']);
});

test('one slot stands for one object: what was delivered as forwarding stays that', () => {
  const three = makeThree({ limits: { maxQueuedCalls: 1 } });
  const { federation, schedule, b, c, toB, toC, a: silent } = three;
  b.node.knows.add(c.node);
  Object.defineProperty(b.node.peer(c.node), 'summon', { value: () => true });
  const A = silent.node;
  const a = makeVat(A, { id: 'v2', reply: () => toC });
  give(federation, b, 'o+1', a);
  give(federation, c, 'o+1', a);
  const toA = give(federation, a, 'o+1', b);
  a.call(a.slotOf(toB)!, 'waits', [toC]);
  b.call(b.slotOf(toA)!, 'get');
  schedule.run(1000);
  // The answer had no room to wait.
  assert.equal(b.refOf(toC).forwarded, 'too many');
  federation.connect(b.node, c.node);
  schedule.run(2000);
  assert.deepEqual(b.log(), ['waits']);
  assert.deepEqual(b.strangers, []);
  b.call(b.slotOf(toC)!, 'forwarded');
  schedule.run(3000);
  assert.deepEqual(c.log(), ['forwarded']);
});

test('what is on its way once more is kept for who may have lost the owner', () => {
  const three = makeThree({ delay: () => 10 });
  const { federation, schedule, a, b, c, toB, toC } = three;
  a.call(a.slotOf(toB)!, 'take', [toC]);
  schedule.run(1000);
  b.drop(b.slotOf(toC)!);
  a.call(a.slotOf(toB)!, 'again', [toC]);
  a.drop(a.slotOf(toC)!);
  federation.cut(b.node, c.node);
  c.node.isReachable = false;
  schedule.run(2000);
  assert.deepEqual(b.log(), ['take', 'again']);
  b.call(b.slotOf(toC)!, 'through A');
  schedule.run(3000);
  assert.deepEqual(c.log(), ['through A']);
  assert.deepEqual(a.node.violations, []);
});
