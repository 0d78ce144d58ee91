import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fuzz } from '@pocas/vat-runtime/testing';
import { formatHeld, makeHeldCheck, numberOf, parseHeld } from '#src/switchboard/held-slots.js';
import { WireViolation } from '#src/switchboard/wire.js';
import { answerData, type Party, call, drop, leftIn, makeBoard, makeSlots } from './board.ts';

/** A vat of ours, a node that holds things of it, and one that owns things. */
const makeThree = (gated = false) => {
  const slots = makeSlots();
  const board = makeBoard({ slots, leases: true, gated });
  const vat = board.party('vat', 'v1');
  const [holder, owner] = ['n:H', 'n:O'].map((id) => board.party('node', id, () => true, true)) as [
    Party,
    Party,
  ];
  for (const node of [holder, owner]) node.take();
  return { slots, board, vat, holder, owner };
};
const says = (...slots: string[]) => ({ type: 'CTP_HELD', epoch: 0, ...formatHeld(slots) });
const GONE = /! Cannot deliver call: the reference is no longer kept.* \(delivered: no\)$/;

/** The vat sends objects of its own to the holder, which keeps them. */
const give = ({ board, vat, holder }: ReturnType<typeof makeThree>, ...own: string[]): void => {
  const target = board.introduce(vat, holder, 'o+d1');
  const { lastAsked } = vat.connection;
  vat.say(call(`q-${lastAsked + 1}`, target, ...own));
  holder.say(answerData(`q+${holder.connection.lastQuestion}`));
  vat.take();
  holder.take();
};

test('what a node does not say it holds is erased when its session begins, for good', () => {
  const three = makeThree();
  const { slots, vat, holder } = three;
  give(three, 'o+d1.a', 'o+d2.a', 'o+d3.a');
  assert.deepEqual(three.board.keptBy(holder), ['o-d1', 'o-d2', 'o-d3']);
  holder.down();
  holder.up();
  holder.say(says('o+d2'));
  assert.deepEqual([...slots.kept], [['n:H o-d2', 'v1 o+d2.a']]);
  holder.take();
  holder.say(call('q+1', 'o-d1'));
  assert.match(holder.take().at(-1)!, GONE);
  holder.say(call('q+2', 'o-d2'));
  assert.match(vat.take().at(-1)!, /o-d2\.a\.m\(\)$/);
  // What was erased gets a number that was never given.
  give(three, 'o+d1.a');
  assert.equal(slots.kept.get('n:H o-d4'), 'v1 o+d1.a');
  assert.deepEqual(holder.ended, []);
});

test('what is on its way in this session is not erased by what a node says, nor by its drop', () => {
  const three = makeThree();
  const { slots, vat, holder } = three;
  give(three, 'o+d1.a');
  holder.down();
  const target = three.board.introduce(vat, holder, 'o+d1');
  vat.say(call('q-9', target, 'o+d1.a'));
  // The call waited, so it comes before anything that the holder can say.
  holder.up();
  assert.deepEqual(holder.take(), ['q+2: o-d1.m(o+d1)', 'holds 1']);
  holder.say(says());
  holder.say(drop('o-d1', 0));
  assert.equal(slots.kept.get('n:H o-d1'), 'v1 o+d1.a');
  holder.say(drop('o-d1'));
  assert.deepEqual([...slots.kept], []);
});

test('what was sent in an earlier session counts for nobody', () => {
  const three = makeThree();
  const { slots, holder } = three;
  give(three, 'o+d1.a');
  give(three, 'o+d1.a');
  holder.down();
  holder.up();
  holder.say(says('o+d1'));
  assert.equal(slots.kept.size, 1);
  // The holder was given it twice, in a session that is over.
  holder.say(drop('o-d1', 0));
  assert.deepEqual([...slots.kept], []);
});

test('an object of another node is given back when no row names it and nobody holds it', () => {
  const { slots, board, owner } = makeThree();
  const web = board.party('web', 'w:1');
  owner.say(call('q+1', board.introduce(owner, web, 'o+1'), 'o+d7'));
  owner.say(call('q+2', 'o-1', 'o+d7'));
  board.switchboard.keep(web.connection, 'o-d1');
  const other = board.party('vat', 'v2');
  board.introduce(other, owner, 'o+d7');
  board.switchboard.keep(other.connection, 'o-d1');
  owner.take();

  // Both sleep: their rows name it, and nothing in memory does.
  web.down();
  board.switchboard.remove(web.connection);
  other.say(drop('o-d1', 1));
  board.switchboard.pause(other.connection);
  board.switchboard.rest(other.connection);
  assert.ok(owner.take().every((line) => !line.startsWith('drop')));
  assert.equal(owner.connection.bySlot.has('o+d7'), false);
  slots.erase('w:1', 'o-d1');
  assert.deepEqual(owner.take(), []);
  slots.erase('v2', 'o-d1');
  // As often as it came, though nobody held it meanwhile.
  assert.deepEqual(owner.take(), ['drop o-d7 x2']);
  assert.equal(owner.connection.receivedBefore.size, 0);
});

test('what came in an earlier session is not given back in this one', () => {
  const { slots, board, owner } = makeThree();
  const web = board.party('web', 'w:1');
  owner.say(call('q+1', board.introduce(owner, web, 'o+1'), 'o+d7'));
  board.switchboard.keep(web.connection, 'o-d1');
  web.down();
  board.switchboard.remove(web.connection);
  assert.equal(owner.connection.receivedBefore.size, 1);
  owner.down();
  owner.up();
  assert.deepEqual(owner.take().slice(-1), ['holds 7']);
  slots.erase('w:1', 'o-d1');
  // Were it given back once, that would be for what its owner sends now.
  assert.deepEqual(owner.take(), ['drop o-d7 x0']);
});

test('what is given back while the link is down is not spoken of when it is up', () => {
  const { slots, board, owner } = makeThree();
  const web = board.party('web', 'w:1');
  board.introduce(web, owner, 'o+d7');
  board.introduce(web, owner, 'o+d8');
  for (const slot of ['o-d1', 'o-d2']) board.switchboard.keep(web.connection, slot);
  owner.down();
  web.down();
  board.switchboard.remove(web.connection);
  slots.erase('w:1', 'o-d2');
  owner.up();
  assert.deepEqual(owner.take(), ['holds 7']);
});

test('an object that passes through a node is given back to its owner when its holder gives it back', () => {
  const { slots, board, holder, owner } = makeThree();
  owner.say(call('q+1', board.introduce(owner, holder, 'o+d1'), 'o+d7'));
  assert.deepEqual(holder.take(), ['q+1: o-d1.m(o+d1)']);
  assert.deepEqual(
    [...slots.kept],
    [
      ['n:O o-d1', 'n:H o+d1'],
      ['n:H o-d1', 'n:O o+d7'],
    ],
  );
  holder.say(answerData('q+1'));
  owner.take();
  holder.say(drop('o-d1'));
  assert.deepEqual(owner.take(), ['drop o-d7 x1']);
  owner.say(drop('o-d1', 1));
  assert.deepEqual([[...slots.kept], holder.take().at(-1)], [[], 'drop o-d1 x0']);
  assert.deepEqual(
    [leftIn(holder.connection), leftIn(owner.connection)].map((left) => left['bySlot']),
    [undefined, undefined],
  );
});

test('a reference that was erased is an object that refuses, and no two of them are one', () => {
  const three = makeThree();
  const { board, vat, holder } = three;
  give(three, 'o+d1.a', 'o+d2.a');
  for (const slot of ['o-d1', 'o-d2']) holder.say(drop(slot));
  const rich = board.introduce(holder, vat, 'o+d5.a');
  vat.take();
  holder.say(call('q+1', rich, 'o-d1', 'o-d2'));
  const [taken] = vat.take();
  assert.match(taken!, /^q\+\d+: o-d5\.a\.m\(o\+(\d+),o\+(?!\1)\d+\)$/);
  const [, one, two] = /\((.*),(.*)\)/.exec(taken!)!;
  vat.say(call('q-50', one!.replace('+', '-')));
  assert.match(vat.take()[0]!, GONE);
  for (const slot of [one!, two!]) vat.say(drop(slot.replace('+', '-')));
  assert.deepEqual(
    [...vat.connection.bySlot.keys()].filter((slot) => slot === one || slot === two),
    [],
  );
});

test('a node releases nothing but its own: not of others, not what it was never given, and no power', () => {
  const three = makeThree();
  const { slots, board, vat, holder, owner } = three;
  give(three, 'o+d1.a');
  board.introduce(owner, vat, 'o+d1.a');
  const power = board.refOf(vat, 'o+dgreeter');
  board.switchboard.place(holder.connection, 'o-dgreeter', power);
  const before = new Map(slots.kept);
  for (const slot of ['o-d2', 'o-d999999', 'o-dgreeter', 'o-7', 'p-7', 'o+d1', 'q-3']) {
    holder.say(drop(slot, 1_000_000));
  }
  assert.deepEqual([...slots.kept], [...before]);
  // It gives back more than it was sent: that is its own loss.
  holder.say(drop('o-d1', Number.MAX_SAFE_INTEGER));
  assert.deepEqual([...slots.kept.keys()], ['n:O o-d1']);
  assert.deepEqual([holder.ended, owner.ended], [[], []]);
  holder.say(call('q+1', 'o-dgreeter'));
  assert.match(vat.take().at(-1)!, /o-dgreeter\.m\(\)$/);
  // What it was never given is still no slot of its own.
  holder.say(call('q+2', 'o-d2'));
  assert.deepEqual(holder.ended, ['Cannot accept message: unknown slot']);
});

test('nobody but a node says what it holds, and it does so once in a session', () => {
  const { board, holder } = makeThree();
  for (const kind of ['vat', 'client', 'web'] as const) {
    const party = board.party(kind, kind === 'vat' ? 'v9' : `${kind}:9`);
    party.say(says());
    assert.deepEqual(party.ended, ['Cannot accept message: unknown kind'], kind);
  }
  holder.say(says());
  holder.say(says());
  assert.deepEqual(holder.ended, ['Cannot accept message: held slots said twice']);
  holder.up();
  holder.say(says('o+d3'));
  assert.equal(holder.ended.length, 1);
  for (const [upTo, slots] of [
    [1, '2'],
    [9, '1 0'],
    [9, '1  1'],
    [9, ' 1'],
    [9, '1 '],
    [9, '-1'],
    [9, '1.5'],
    [9, 'A'],
    [-1, ''],
    [1.5, ''],
    [9, 7],
    [Number.MAX_SAFE_INTEGER, 'zzzzzzzzzz zzzzzzzzzz zzzzzzzzzz'],
    [Number.MAX_SAFE_INTEGER, Array.from({ length: 65_537 }, () => '1').join(' ')],
    [9, ' '.repeat(2 << 20)],
  ]) {
    const party = board.party(
      'node',
      `n:${String(upTo)}${String(slots).length}${String(slots).slice(0, 9)}`,
    );
    party.say({ type: 'CTP_HELD', epoch: 0, upTo, slots });
    assert.deepEqual(
      party.ended,
      ['Cannot accept message: bad list of held slots'],
      String(slots).slice(0, 9),
    );
  }
});

test('what is said to be held is read as it was written; what does not fit is kept', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 1e15 - 1 })), (numbers) => {
      const text = formatHeld([...numbers, ...numbers].map((number) => `o+d${number}`));
      const held = parseHeld(text);
      assert.deepEqual(
        held.numbers,
        [...new Set(numbers)].sort((a, b) => a - b),
      );
      const isHeld = makeHeldCheck(held);
      for (const number of numbers) {
        assert.ok(isHeld(number));
        if (!numbers.includes(number + 1)) assert.ok(!isHeld(number + 1));
      }
    }),
    fuzz(200),
  );
  function* many(count: number, step: number) {
    for (let i = 1; i <= count; i += 1) yield `o+d${i * step}`;
  }
  for (const [count, step] of [
    [70_000, 1],
    [65_536, 1],
    [65_537, 1e10],
  ] as const) {
    const text = formatHeld(many(count, step));
    assert.ok(text.slots.length <= 512 << 10);
    const isHeld = makeHeldCheck(parseHeld(text));
    for (const slot of many(count, step)) assert.ok(isHeld(numberOf(slot)!));
    assert.equal(isHeld(1e15), count !== 65_536);
  }
  assert.deepEqual(formatHeld(['o+dgreeter', 'o+d1.a', 'p+1', 'o+7']).slots, '');
});

test('any text is a list of held slots or is refused, in a time that its length allows', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.stringMatching(/^[0-9a-z ]*$/)),
      fc.nat({ max: Number.MAX_SAFE_INTEGER }),
      (slots, upTo) => {
        try {
          const { numbers } = parseHeld({ upTo, slots });
          assert.ok(numbers.every((number, i) => number > (numbers[i - 1] ?? 0) && number <= upTo));
        } catch (error) {
          assert.ok(error instanceof WireViolation);
        }
      },
    ),
    fuzz(500),
  );
});

test('a drop leaves when the rows that it speaks of are on disk as erased', () => {
  const { slots, board, owner } = makeThree(true);
  const web = board.party('web', 'w:1');
  board.release();
  owner.take();
  board.introduce(web, owner, 'o+d7');
  board.switchboard.keep(web.connection, 'o-d1');
  web.down();
  board.switchboard.remove(web.connection);
  slots.erase('w:1', 'o-d1');
  assert.deepEqual([owner.take(), board.waiting()], [[], 1]);
  board.release();
  assert.deepEqual(owner.take(), ['drop o-d7 x0']);
});
