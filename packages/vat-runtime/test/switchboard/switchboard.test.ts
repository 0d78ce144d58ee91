import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import {
  type Party,
  answer,
  answerData,
  answerError,
  bootstrap,
  call,
  capability,
  drop,
  leftIn,
  makeBoard,
  makeSlots,
  resolve,
  resolveData,
} from './board.ts';

const NOT_A_CAPABILITY = '! Cannot deliver call: the answer it was made on is not a capability';

/** Three vats; A holds B's `o+1` in `o-1`. */
const makeThree = (options: Parameters<typeof makeBoard>[0] = {}) => {
  const board = makeBoard(options);
  const a = board.party('vat', 'vA');
  const b = board.party('vat', 'vB');
  const c = board.party('vat', 'vC');
  board.introduce(a, b, 'o+1');
  return { board, a, b, c };
};

const sizes = (...parties: Party[]) =>
  parties.map((party) => {
    const { entries, asked, answering } = party.sizes();
    return [entries, asked, answering];
  });

// ---- rewriting ----

test('slots and question numbers are rewritten from the sender’s table to the receiver’s, both ways', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1', 'o+7', 'p+8'));
  assert.deepEqual(b.take(), ['q+1: o-1.m(o+1,p+2)']);
  b.say(answer('q+1', 'o+9'));
  assert.deepEqual(b.take(), ['drop q-1 x1']);
  assert.deepEqual(a.take(), ['q-1 = o+2']);
  b.say(call('q-5', 'o-1', 'o+9'));
  assert.deepEqual(a.take(), ['q+1: o-7.m(o+2)']);
  a.say(answerData('q+1', '"done"'));
  assert.deepEqual(b.take(), ['q-5 = "done"']);
});

test('an object is the same to each party, however it travels round', () => {
  const { board, a, b, c } = makeThree();
  const toC = board.introduce(b, c, 'o+1');
  a.say(call('q-1', 'o-1', 'o+7'));
  assert.deepEqual(b.take(), ['q+1: o-1.m(o+2)']);
  b.say(call('q-1', toC, 'o-2'));
  assert.deepEqual(c.take(), ['q+1: o-1.m(o+1)']);
  // C sends it home to A, and to B which holds it already.
  board.introduce(c, a, 'o+90');
  board.introduce(c, b, 'o+91');
  c.say(call('q-1', 'o-2', 'o-1'));
  assert.deepEqual(a.take(), ['q+1: o-90.m(o-7)']);
  c.say(call('q-2', 'o-3', 'o-1'));
  assert.deepEqual(b.take(), ['q+2: o-91.m(o+2)']);
});

test('one object twice in a message is one entry and one count', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1', 'o+7', 'o+7'));
  assert.deepEqual(b.take(), ['q+1: o-1.m(o+1,o+1)']);
  b.say(drop('o-1', 1));
  assert.deepEqual(a.take(), ['drop o-7 x1']);
});

test('a party without anything to offer is told so, another gets its greeter', () => {
  const { board, a, b } = makeThree();
  a.say(bootstrap('q-1'));
  assert.deepEqual(a.take(), ['q-1 = ! Cannot bootstrap: nothing is offered here']);
  a.connection.bootstrap = board.refOf(b, 'o+1');
  a.say(bootstrap('q-2'));
  assert.deepEqual(a.take(), ['q-2 = o+1']);
});

// ---- pipelining ----

test('a call on an unsettled answer waits, and is released to where the capability lives', () => {
  const { board, a, b, c } = makeThree();
  const cAtB = board.introduce(b, c, 'o+5');
  a.say(call('q-1', 'o-1'));
  a.say(call('q-2', 'q-1', 'o+7'));
  a.say(call('q-3', 'q-1'));
  assert.deepEqual(b.take(), ['q+1: o-1.m()']);
  assert.deepEqual(c.take(), []);
  b.say(answer('q+1', cAtB));
  assert.deepEqual(a.take(), ['q-1 = o+2']);
  assert.deepEqual(c.take(), ['q+1: o-5.m(o+1)', 'q+2: o-5.m()']);
  // The answer's number still works until it is dropped, and only until then.
  a.say(call('q-4', 'q-1'));
  assert.deepEqual(c.take(), ['q+3: o-5.m()']);
  a.say(drop('q-1', 0));
  a.say(call('q-5', 'q-1'));
  assert.deepEqual(a.take(), [`q-5 = ${NOT_A_CAPABILITY}`]);
});

test('calls on answers that wait in a row are released one after the other', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1'));
  a.say(call('q-2', 'q-1'));
  a.say(call('q-3', 'q-2'));
  assert.deepEqual(b.take(), ['q+1: o-1.m()']);
  b.say(answer('q+1', 'o+2'));
  assert.deepEqual(b.take(), ['drop q-1 x1', 'q+2: o-2.m()']);
  b.say(answer('q+2', 'o+3'));
  assert.deepEqual(b.take(), ['drop q-2 x1', 'q+3: o-3.m()']);
});

for (const [what, said] of Object.entries({
  data: answerData('q+1'),
  'an error': answerError('q+1', 'secret reason'),
  'an object among data': answerData('q+1', `[${capability}]`, 'o+2'),
  'a promise': answer('q+1', 'p+2'),
  'a slot with a wrong index': answerData('q+1', '{"@qclass":"slot","index":1}', 'o+2'),
  'a body that only begins like a slot': answerData('q+1', '{"@qclass":"slot","index":0', 'o+2'),
  'a body with two answers to what it is': answerData(
    'q+1',
    '{"@qclass":"slot","index":0,"@qclass":"undefined"}',
    'o+2',
  ),
})) {
  test(`a call on an answer that is ${what} is refused with the one fixed error`, () => {
    const { a, b } = makeThree();
    a.say(call('q-1', 'o-1'));
    a.say(call('q-2', 'q-1', 'o+7'));
    b.take();
    b.say(said);
    assert.deepEqual(a.take().slice(1), [`q-2 = ${NOT_A_CAPABILITY}`, 'drop o-7 x1']);
    assert.deepEqual(b.take(), ['drop q-1 x1']);
    a.say(call('q-3', 'q-1'));
    assert.deepEqual(a.take(), [`q-3 = ${NOT_A_CAPABILITY}`]);
    assert.deepEqual(b.take(), []);
  });
}

test('calls on what becomes one’s own object come before those made after it', () => {
  const { board, a, b } = makeThree();
  const own = board.introduce(b, a, 'o+5');
  a.say(call('q-1', 'o-1', 'o+7'));
  a.say(call('q-2', 'q-1'));
  b.take();
  b.say(answer('q+1', own));
  assert.deepEqual(a.take(), ['q+1: o-5.m()', 'q-1 = o-5']);
  a.say(call('q-3', 'o-1'));
  b.say(answerData('q+2', '[]', 'p+2'));
  assert.deepEqual(a.take(), ['q-3 = [] p+2']);
  a.say(call('q-4', 'p-2'));
  b.say(resolve('p-2', own));
  assert.deepEqual(a.take(), ['q+2: o-5.m()', 'p-2 = o-5']);
});

test('a call on an unsettled promise waits for it, and is released onto an object', () => {
  const { board, a, b, c } = makeThree();
  const cAtB = board.introduce(b, c, 'o+5');
  a.say(call('q-1', 'o-1'));
  b.take();
  b.say(answerData('q+1', `[${capability}]`, 'p+3'));
  assert.deepEqual(a.take(), [`q-1 = [${capability}] p+2`]);
  b.take();
  a.say(call('q-2', 'p-2', 'o+7'));
  assert.deepEqual(b.take(), []);
  b.say(resolve('p-3', cAtB));
  assert.deepEqual(a.take(), ['p-2 = o+3']);
  assert.deepEqual(c.take(), ['q+1: o-5.m(o+1)']);
  // Later calls on the promise go the same way.
  a.say(call('q-3', 'p-2'));
  assert.deepEqual(c.take(), ['q+2: o-5.m()']);
});

test('whoever is first sent a promise by its settling is told once what it became', () => {
  const { board, a, b, c } = makeThree();
  const cAtB = board.introduce(b, c, 'o+5');
  a.say(call('q-1', 'o-1'));
  b.say(answerData('q+1', `[${capability}]`, 'p+3'));
  a.take();
  // The call waits for the promise, and takes it to C when it is settled.
  a.say(call('q-2', 'p-2', 'p-2'));
  b.say(resolve('p-3', cAtB));
  assert.deepEqual(c.take(), ['q+1: o-5.m(p+1)', 'p-1 = o-5']);
  assert.deepEqual(a.take(), ['p-2 = o+3']);
});

test('a call on a promise that becomes data is refused with the one fixed error', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1'));
  b.say(answerData('q+1', `[${capability}]`, 'p+3'));
  a.take();
  a.say(call('q-2', 'p-2', 'o+7'));
  b.say(resolveData('p-3'));
  assert.deepEqual(a.take(), ['p-2 = "data"', `q-2 = ${NOT_A_CAPABILITY}`, 'drop o-7 x1']);
});

test('a chain of calls on an answer of another node is forwarded at once', () => {
  const board = makeBoard();
  const a = board.party('vat', 'vA');
  const n = board.party('node', 'n:N');
  board.introduce(a, n, 'o+1');
  a.say(call('q-1', 'o-1'));
  a.say(call('q-2', 'q-1'));
  a.say(call('q-3', 'q-2', 'o+7'));
  assert.deepEqual(n.take(), ['q+1: o-1.m()', 'q+2: q+1.m()', 'q+3: q+2.m(o+1)']);
  // A promise of another node takes calls, too.
  n.say(answerData('q+3', `[${capability}]`, 'p+4'));
  n.take();
  assert.deepEqual(a.take(), [`q-3 = [${capability}] p+2`]);
  a.say(call('q-4', 'p-2'));
  assert.deepEqual(n.take(), ['q+4: p-4.m()']);
});

test('a chain that waits here is forwarded together when its beginning goes to another node', () => {
  const board = makeBoard();
  const a = board.party('vat', 'vA');
  const b = board.party('vat', 'vB');
  const n = board.party('node', 'n:N');
  board.introduce(a, b, 'o+1');
  const far = board.introduce(b, n, 'o+9');
  a.say(call('q-1', 'o-1'));
  a.say(call('q-2', 'q-1'));
  a.say(call('q-3', 'q-2'));
  a.say(call('q-4', 'q-3'));
  assert.deepEqual(n.take(), []);
  b.say(answer('q+1', far));
  assert.deepEqual(n.take(), ['q+1: o-9.m()', 'q+2: q+1.m()', 'q+3: q+2.m()']);
});

test('a call from another node on an answer waits here, and its number is freed by q+N', () => {
  const board = makeBoard();
  const n = board.party('node', 'n:N');
  const b = board.party('vat', 'vB');
  const slot = board.introduce(n, b, 'o+d1.x');
  n.say(call('q+1', slot));
  n.say(call('q+2', 'q+1'));
  assert.deepEqual(b.take(), ['q+1: o-d1.x.m()']);
  b.say(answer('q+1', 'o+d2.x'));
  assert.deepEqual(b.take(), ['drop q-1 x1', 'q+2: o-d2.x.m()']);
  b.say(answerData('q+2'));
  assert.equal(n.sizes().asked, 1);
  n.say(drop('q-1', 1));
  assert.equal(n.sizes().asked, 0);
});

// ---- settling ----

test('what a party owes when it goes down is answered with an unknown fate, what waits for it with none', () => {
  const { board, a, b, c } = makeThree();
  board.introduce(c, b, 'o+1');
  a.say(call('q-1', 'o-1'));
  a.say(call('q-2', 'q-1'));
  c.say(call('q-1', 'o-1', 'p+4'));
  b.down('the thread ended');
  const unknown = '! Cannot await answer: the thread ended (delivered: unknown)';
  assert.deepEqual(a.take(), [`q-1 = ${unknown}`, `q-2 = ${NOT_A_CAPABILITY}`]);
  assert.deepEqual(c.take(), [`q-1 = ${unknown}`, 'drop p-4 x1']);
  // Its objects are gone with it.
  a.say(call('q-3', 'o-1'));
  assert.deepEqual(a.take(), ['q-3 = ! Cannot deliver call: the thread ended (delivered: no)']);
  assert.deepEqual(sizes(a, b, c), [
    [1, 0, 0],
    [0, 0, 0],
    [1, 0, 0],
  ]);
});

test('a settled promise that is sent again while its holder drops it is resolved again', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1', 'p+5'));
  a.say(resolveData('p-5'));
  a.say(call('q-2', 'o-1', 'p+5'));
  b.take();
  // B has seen the first call only.
  b.say(drop('p-1', 1));
  assert.deepEqual(b.take(), ['p-1 = "data"']);
  b.say(drop('p-1', 1));
  assert.deepEqual(b.take(), []);
  assert.deepEqual(a.take(), ['drop p-5 x2']);
});

test('an unsettled promise of a party that goes down is rejected for its holders', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1', 'p+3'));
  b.take();
  b.say(call('q-1', 'p-1'));
  a.down('its session was ended');
  const unknown = '! Cannot await answer: its session was ended (delivered: unknown)';
  assert.deepEqual(b.take(), [`p-1 = ${unknown}`, `q-1 = ${NOT_A_CAPABILITY}`]);
});

test('an answer to a party that is gone reaches nobody, even after it came back', () => {
  const { board, a, b } = makeThree();
  a.say(call('q-1', 'o-1'));
  a.down();
  a.up();
  board.introduce(a, b, 'o+1');
  a.say(call('q-1', 'o-2'));
  b.take();
  b.say(answer('q+1', 'o+8'));
  assert.deepEqual(a.take(), []);
  // Nobody received the object, so its owner may free it.
  assert.deepEqual(b.take(), ['drop q-1 x1', 'drop o-8 x1']);
  b.say(answerData('q+2', '"second"'));
  assert.deepEqual(a.take(), ['q-1 = "second"']);
});

test('calls for a party that is away are held in order, and delivered when it is up', () => {
  const board = makeBoard();
  const a = board.party('vat', 'vA');
  let summoned = 0;
  const n = board.party('node', 'n:N', () => {
    summoned += 1;
    return true;
  });
  board.introduce(a, n, 'o+d1');
  a.say(call('q-1', 'o-d1', 'o+7'));
  a.say(call('q-2', 'q-1'));
  a.say(call('q-3', 'o-d1'));
  assert.equal(summoned, 1);
  n.up();
  // A's own object goes to N under a number; the chain follows its beginning.
  assert.deepEqual(n.take(), ['q+1: o-d1.m(o+1)', 'q+2: q+1.m()', 'q+3: o-d1.m()']);
});

test('calls for a party that is not to be had are refused as not delivered', () => {
  const board = makeBoard();
  const a = board.party('vat', 'vA');
  let there = true;
  const n = board.party('node', 'n:N', () => there);
  board.introduce(a, n, 'o+d1');
  a.say(call('q-1', 'o-d1', 'o+7'));
  a.say(call('q-2', 'q-1'));
  assert.deepEqual(a.take(), []);
  board.switchboard.unreachable(n.connection, 'the node cannot be reached');
  assert.deepEqual(a.take(), [
    'q-1 = ! Cannot deliver call: the node cannot be reached (delivered: no)',
    `q-2 = ${NOT_A_CAPABILITY}`,
    'drop o-7 x1',
  ]);
  there = false;
  a.say(call('q-3', 'o-d1'));
  assert.deepEqual(a.take(), ['q-3 = ! Cannot deliver call: the party is gone (delivered: no)']);
});

// ---- collection ----

test('drops are counted, and the owner is told once, when nobody holds the object', () => {
  const { board, a, b, c } = makeThree();
  board.introduce(a, c, 'o+1');
  a.say(call('q-1', 'o-1', 'o+7'));
  a.say(call('q-2', 'o-1', 'o+7'));
  a.say(call('q-3', 'o-2', 'o+7'));
  b.say(drop('o-1', 1));
  assert.deepEqual(a.take(), []);
  b.say(drop('o-1', 1));
  assert.deepEqual(a.take(), []);
  c.say(drop('o-1', 1));
  assert.deepEqual(a.take(), ['drop o-7 x3']);
  // One more says nothing about anything.
  c.say(drop('o-1', 1));
  assert.deepEqual(a.take(), []);
});

test('a drop that crosses a new sending leaves the object in place', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1', 'o+7'));
  a.say(call('q-2', 'o-1', 'o+7'));
  // B drops what it had received before the second message reached it.
  b.say(drop('o-1', 1));
  b.say(call('q-1', 'o-1'));
  assert.deepEqual(a.take(), ['q+1: o-7.m()']);
});

test('an object that was dropped and is sent again works', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1', 'o+7'));
  b.say(drop('o-1'));
  assert.deepEqual(a.take(), ['drop o-7 x1']);
  b.take();
  a.say(call('q-2', 'o-1', 'o+7'));
  assert.deepEqual(b.take(), ['q+2: o-1.m(o+2)']);
  b.say(call('q-1', 'o-2'));
  assert.deepEqual(a.take(), ['q+1: o-7.m()']);
});

test('tables are empty when everything was answered and dropped', () => {
  const { a, b } = makeThree();
  for (let i = 1; i <= 50; i += 1) {
    a.say(call(`q-${i}`, 'o-1', `o+${i}`, `p+${100 + i}`));
    b.say(answer(`q+${i}`, `o+${1000 + i}`));
    a.say(resolve(`p-${100 + i}`, `o+${200 + i}`));
  }
  for (const [party, other] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const slot of [...party.connection.bySlot.keys()]) {
      if (slot[1] === '-') party.say(drop(slot, 50));
    }
    other.take();
  }
  for (let i = 1; i <= 50; i += 1) a.say(drop(`q-${i}`, 0));
  assert.deepEqual(sizes(a, b), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

test('tables are empty of a party that went down', () => {
  const { board, a, b, c } = makeThree();
  board.introduce(c, a, 'o+70');
  a.say(call('q-1', 'o-1', 'o+7', 'p+8'));
  b.say(answer('q+1', 'o+9'));
  a.say(call('q-2', 'o-1'));
  c.say(call('q-1', 'o-1'));
  b.take();
  a.down();
  assert.deepEqual(sizes(a), [[0, 0, 0]]);
  const unknown = '! Cannot await answer: the connection was lost (delivered: unknown)';
  assert.deepEqual(b.take(), [`p-2 = ${unknown}`, 'drop o-9 x1']);
  assert.deepEqual(c.take(), [`q-1 = ${unknown}`]);
  b.say(answerData('q+2', '[]', 'o+10'));
  assert.deepEqual(b.take(), ['drop q-2 x1', 'drop o-10 x1']);
  for (const slot of ['o-1', 'p-2']) b.say(drop(slot));
  c.say(drop('o-1'));
  for (const { connection } of [a, b, c]) assert.deepEqual(leftIn(connection), {});
});

test('an object in a call that waits is not dropped before the call is delivered', () => {
  const { board, a, b, c } = makeThree();
  const cAtA = board.introduce(a, c, 'o+5');
  a.say(call('q-1', 'o-1'));
  a.say(call('q-2', 'q-1', cAtA));
  // A has serialised the call, so it may have collected its last mention of the object.
  a.say(drop(cAtA));
  assert.deepEqual(c.take(), []);
  b.take();
  b.say(answer('q+1', 'o+2'));
  assert.deepEqual(b.take(), ['drop q-1 x1', 'q+2: o-2.m(o+1)']);
  b.say(call('q-1', 'o-1'));
  assert.deepEqual(c.take(), ['q+1: o-5.m()']);
  b.say(drop('o-1'));
  assert.equal(c.sizes().entries, 0);
});

test('an object in a call that is held for a link is not dropped before it is up', () => {
  const board = makeBoard();
  const a = board.party('vat', 'vA');
  const c = board.party('vat', 'vC');
  const n = board.party('node', 'n:N', () => true);
  board.introduce(a, n, 'o+d1');
  c.say(call('q-1', board.introduce(c, a, 'o+1'), 'o+5'));
  a.take();
  a.say(call('q-1', 'o-d1', 'o-1'));
  a.say(drop('o-1'));
  assert.deepEqual(c.take(), []);
  n.up();
  assert.deepEqual(n.take(), ['q+1: o-d1.m(o+1)']);
  n.say(call('q+1', 'o-1'));
  assert.deepEqual(c.take(), ['q+1: o-5.m()']);
  n.say(drop('o-1'));
  assert.deepEqual(c.take(), ['drop o-5 x1']);
});

test('what a promise became is not dropped while the promise is held', () => {
  const { board, a, b, c } = makeThree();
  const toC = board.introduce(a, c, 'o+5');
  a.say(call('q-1', 'o-1'));
  b.say(answerData('q+1', `[${capability}]`, 'p+3'));
  b.say(resolve('p-3', 'o+4'));
  assert.deepEqual(a.take(), [`q-1 = [${capability}] p+3`, 'p-3 = o+4']);
  b.take();
  a.say(drop('o-4'));
  assert.deepEqual(b.take(), []);
  // Calls on the promise still arrive, and so does whoever gets the promise now.
  a.say(call('q-2', 'p-3'));
  assert.deepEqual(b.take(), ['q+2: o-4.m()']);
  a.say(call('q-3', toC, 'p-3'));
  assert.deepEqual(c.take(), ['q+1: o-5.m(p+1)', 'p-1 = o+2']);
  a.say(drop('p-3'));
  c.say(drop('p-1'));
  assert.deepEqual(b.take(), ['drop p-3 x1']);
  c.say(drop('o-2'));
  assert.deepEqual(b.take(), ['drop o-4 x1']);
});

test('an answer keeps its object until its number is dropped', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1'));
  b.say(answer('q+1', 'o+4'));
  b.take();
  a.say(drop('o-2'));
  assert.deepEqual(b.take(), []);
  a.say(call('q-2', 'q-1'));
  assert.deepEqual(b.take(), ['q+2: o-4.m()']);
  a.say(drop('q-1', 0));
  assert.deepEqual(b.take(), ['drop o-4 x1']);
});

test('nobody can make us call what another node no longer exports to us', () => {
  // A client that drops an object of another node and calls it all the same must not end our link to that node.
  const board = makeBoard();
  const n = board.party('node', 'n:N');
  const client = board.party('client', 'client:1');
  board.introduce(client, n, 'o+1');
  client.say(call('q-1', 'o-1'));
  n.say(answer('q+1', 'o+4'));
  n.take();
  client.say(drop('o-2'));
  client.say(call('q-2', 'q-1'));
  client.say(drop('q-1', 0));
  client.say(call('q-3', 'q-1'));
  assert.deepEqual(n.take(), ['q+2: o-4.m()', 'drop o-4 x1']);
});

test('a promise that all dropped while calls waited for it is freed when it settles', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1'));
  b.say(answerData('q+1', `[${capability}]`, 'p+3'));
  a.say(call('q-2', 'p-2'));
  a.say(drop('p-2'));
  b.take();
  b.say(resolve('p-3', 'o+4'));
  assert.deepEqual(b.take(), ['q+2: o-4.m()', 'drop p-3 x1', 'drop o-4 x1']);
  b.say(answerData('q+2'));
  assert.deepEqual(b.take(), ['drop q-2 x1']);
  assert.equal(b.sizes().entries, 1);
});

test('what a promise became that nobody holds any more is dropped at once', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1'));
  b.say(answerData('q+1', `[${capability}]`, 'p+3'));
  a.say(drop('p-2'));
  b.take();
  b.say(resolve('p-3', 'o+4'));
  assert.deepEqual(b.take(), ['drop o-4 x1']);
  assert.equal(b.sizes().entries, 1);
});

test('an object that its owner sends to itself is not kept for it', () => {
  const { board, a, b } = makeThree();
  const home = board.introduce(b, a, 'o+2');
  a.say(call('q-1', 'o-1'));
  a.say(call('q-2', 'q-1', 'o+7'));
  b.say(answer('q+1', home));
  assert.deepEqual(a.take(), ['q+1: o-2.m(o-7)', 'drop o-7 x1', 'q-1 = o-2']);
});

// ---- promises and late holders ----

test('whoever gets a promise after it settled is sent its resolution', () => {
  const { board, a, b, c } = makeThree();
  board.introduce(a, c, 'o+1');
  a.say(call('q-1', 'o-1', 'p+3'));
  a.say(resolve('p-3', 'o+4'));
  assert.deepEqual(b.take(), ['q+1: o-1.m(p+1)', 'p-1 = o+2']);
  a.say(call('q-2', 'o-2', 'p+3'));
  assert.deepEqual(c.take(), ['q+1: o-1.m(p+1)', 'p-1 = o+2']);
  // Those who have it are not told again.
  a.say(call('q-3', 'o-2', 'p+3'));
  assert.deepEqual(c.take(), ['q+2: o-1.m(p+1)']);
});

test('a party cannot settle a promise of another, nor its own twice', () => {
  const { a } = makeThree();
  a.say(call('q-1', 'o-1', 'p+3'));
  a.say(resolve('p-3', 'o+4'));
  a.say(resolve('p-3', 'o+5'));
  assert.deepEqual(a.ended, ['Cannot accept message: second resolution']);
  const other = makeThree();
  other.a.say(call('q-1', 'o-1', 'p+3'));
  other.b.say(resolve('p+1', 'o+4'));
  assert.deepEqual(other.b.ended, ['Cannot accept message: resolution of a promise of another']);
  assert.deepEqual(other.a.ended, []);
});

// ---- violations and limits ----

const long = (length: number) => `"${'x'.repeat(length - 2)}"`;
const withBody = (body: string) => ({ ...call('q-9', 'o-1'), method: { body, slots: [] } });
const violations: Record<string, [said: unknown, reason: RegExp]> = {
  'no record': [7, /not a record/],
  'no kind': [{ type: 'CTP_OTHER' }, /unknown kind/],
  'the name of an inherited member as its kind': [{ type: 'constructor' }, /unknown kind/],
  'a bad slot': [call('q-9', 'o-1', 'x+1'), /bad slot/],
  'slot zero': [call('q-9', 'o-1', 'o+0'), /bad slot/],
  'a slot that is not text': [call('q-9', 'o-1', 7 as never), /bad slot/],
  'slots that are no array': [
    { ...call('q-9', 'o-1'), method: { body: '[]', slots: { length: 1 } } },
    /not an array/,
  ],
  'a body that is not text': [withBody(7 as never), /body is not text/],
  'an unknown target': [call('q-9', 'o-44'), /unknown slot/],
  'an unknown argument': [call('q-9', 'o-1', 'o-44'), /unknown slot/],
  'an unknown lasting slot': [call('q-9', 'o-1', 'o-d44'), /unknown slot/],
  'a call on an object of its own': [call('q-9', 'o+1'), /call on an own object/],
  'a question number used before': [call('q-1', 'o-1'), /question number used before/],
  'no question number': [call('7', 'o-1'), /bad question number/],
  'an answer to no question': [answerData('q+77'), /answer to no question/],
  'a body that is too long': [withBody(long(1001)), /body is too long/],
  'a body that is nested too deeply': [
    withBody(`${'['.repeat(11)}${']'.repeat(11)}`),
    /nested too deeply/,
  ],
  'deep nesting after a text': [
    withBody(`["\\"",${'['.repeat(10)}${']'.repeat(11)}`),
    /nested too deeply/,
  ],
  'too many values': [withBody(`["m",[${'[],'.repeat(20)}1]]`), /too many values/],
  'too many properties': [withBody(`["m",[{${'"a":1,'.repeat(40)}"b":1}]]`), /too many values/],
  'too many slots': [call('q-9', 'o-1', ...Array<string>(9).fill('o+1')), /too many slots/],
  'a trap': [{ ...call('q-9', 'o-1'), trap: true }, /trap is not served/],
  'deep nesting after escaped backslashes': [
    withBody(`["\\\\",${'['.repeat(10)}${']'.repeat(11)}`),
    /nested too deeply/,
  ],
  'a property that is not known': [{ ...call('q-9', 'o-1'), more: 1 }, /unknown property/],
  'a property that is missing': [{ type: 'CTP_BOOTSTRAP', epoch: 0 }, /missing/],
  'an answer and an error at once': [
    { ...answerData('q+1'), exception: { body: '1', slots: [] } },
    /unknown property/,
  ],
  'a key named __proto__': [
    JSON.parse('{"type":"CTP_BOOTSTRAP","epoch":0,"questionID":"q-9","__proto__":{}}'),
    /unknown property/,
  ],
  'a key named __proto__ in the place of another': [
    JSON.parse('{"type":"CTP_BOOTSTRAP","epoch":0,"__proto__":{"questionID":"q-9"}}'),
    /bad question number/,
  ],
  'another epoch': [{ ...call('q-9', 'o-1'), epoch: 1 }, /bad epoch/],
  'a body with something beside its text': [
    { ...call('q-9', 'o-1'), method: { body: '1', slots: [], more: 1 } },
    /unknown property/,
  ],
  'a name hidden in escapes': [withBody('["m",[{"\\u005f_proto__":1}]]'), /a needless escape/],
  'a symbol': [withBody('["m",[{"@qclass":"symbol","name":"a"}]]'), /a symbol/],
  'a symbol in smallcaps': [withBody('#["m",["%a"]]'), /a symbol/],
  'a number of 21 digits': [
    withBody(`["m",[{"@qclass":"bigint","digits":"${'1'.repeat(21)}"}]]`),
    /too many digits/,
  ],
  'a number of 21 digits in smallcaps': [
    withBody(`#["m",["-${'1'.repeat(21)}"]]`),
    /too many digits/,
  ],
  'digits hidden in escapes': [
    withBody(`#["m",["+${'\\u0031'.repeat(21)}"]]`),
    /a needless escape/,
  ],
  'digits of another base': [
    withBody(`["m",[{"@qclass":"bigint","digits":"0X${'fE'.repeat(11)}"}]]`),
    /too many digits/,
  ],
  'a number of 21 digits outside of texts': [
    withBody(`["m",[1${'0'.repeat(20)}]]`),
    /too many digits/,
  ],
  'a bad drop': [drop('x-1'), /bad drop/],
  'a drop of less than nothing': [drop('o-1', -1), /bad drop count/],
  'a lasting slot of its own, though it does not last': [
    call('q-9', 'o-1', 'o+d1'),
    /lasting slot of a party that does not last/,
  ],
};
for (const [what, [said, reason]] of Object.entries(violations)) {
  test(`a message with ${what} ends that party's session and no other`, () => {
    const board = makeBoard({
      limits: {
        maxBodyLength: 1000,
        maxDepth: 10,
        maxSlotsPerMessage: 8,
        maxDigits: 20,
        maxValuesInCall: 40,
      },
    });
    const bad = board.party('client', 'client:1');
    const good = board.party('client', 'client:2');
    const vat = board.party('vat', 'vV');
    board.introduce(bad, vat, 'o+1');
    board.introduce(good, vat, 'o+1');
    bad.say(call('q-1', 'o-1', 'o+6'));
    good.say(call('q-1', 'o-1'));
    vat.take();
    bad.say(said);
    assert.equal(bad.ended.length, 1);
    assert.match(bad.ended[0]!, reason);
    assert.match(bad.take().at(-1)!, /^end: Cannot accept message: /);
    assert.deepEqual(sizes(bad), [[0, 0, 0]]);
    // Nothing of the bad message was delivered, and what it says now is not heard.
    bad.say(call('q-10', 'o-1'));
    assert.deepEqual(vat.take(), []);
    vat.say(answerData('q+2'));
    vat.say(answerData('q+1'));
    assert.deepEqual(good.take(), ['q-1 = "data"']);
    assert.deepEqual([good.ended, vat.ended, bad.take()], [[], [], []]);
  });
}

test('a message at each limit is accepted', () => {
  const board = makeBoard({
    limits: {
      maxBodyLength: 1000,
      maxDepth: 10,
      maxSlotsPerMessage: 8,
      maxDigits: 20,
      maxValuesInCall: 40,
    },
  });
  const a = board.party('client', 'client:1');
  board.introduce(a, board.party('vat', 'vV'), 'o+1');
  a.say({ ...withBody(long(1000)), questionID: 'q-1' });
  a.say({
    ...withBody(`${'['.repeat(10)}"${'['.repeat(99)}\\""${']'.repeat(10)}`),
    questionID: 'q-2',
  });
  a.say(call('q-3', 'o-1', ...Array<string>(8).fill('o+1')));
  const texts = [
    '1'.repeat(20),
    `0x${'f'.repeat(20)}`,
    'f'.repeat(40),
    '"__proto__": "@qclass":"symbol"',
    '%a',
    '__proto__',
    '\\u0031 \u0000 \ud800 ñ',
  ];
  a.say({ ...withBody(JSON.stringify(['m', texts])), questionID: 'q-4' });
  assert.deepEqual(a.ended, []);
});

test('a second answer to one question ends the session', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1'));
  b.say(answerData('q+1'));
  b.say(answerData('q+1'));
  assert.deepEqual(b.ended, ['Cannot accept message: answer to no question']);
});

test('a party that says goodbye in any words is let go, whatever the words are', () => {
  for (const reason of ['bye', undefined, { toString: 1, valueOf: 1 }, { message: 'x' }, []]) {
    const { a } = makeThree();
    a.say({ type: 'CTP_DISCONNECT', epoch: 0, reason });
    assert.deepEqual(a.ended, ['the other side ended the session']);
    assert.deepEqual(sizes(a), [[0, 0, 0]]);
  }
});

test('open questions, waiting calls and entries are limited', () => {
  const limits = { maxOpenQuestions: 3, maxQueuedCalls: 2, maxExports: 3 };
  const make = () => {
    const board = makeBoard({ limits });
    const asker = board.party('client', 'client:1');
    const vat = board.party('vat', 'vV');
    board.introduce(asker, vat, 'o+1');
    return { asker, vat };
  };
  {
    const { asker } = make();
    for (let i = 1; i <= 3; i += 1) asker.say(call(`q-${i}`, 'o-1'));
    assert.deepEqual(asker.ended, []);
    asker.say(call('q-4', 'o-1'));
    assert.deepEqual(asker.ended, ['Cannot accept message: too many open questions']);
  }
  {
    const board = makeBoard({ limits: { maxQueuedLength: 100 } });
    const asker = board.party('client', 'client:1');
    const vat = board.party('vat', 'vV');
    board.introduce(asker, vat, 'o+1');
    const large = (questionID: string, target: string) => ({
      ...call(questionID, target),
      method: { body: long(40), slots: [] },
    });
    asker.say(call('q-1', 'o-1'));
    asker.say(large('q-2', 'q-1'));
    asker.say(large('q-3', 'q-1'));
    asker.say(large('q-4', 'q-1'));
    // What was delivered is no longer here.
    for (let i = 5; i <= 9; i += 1) asker.say(large(`q-${i}`, 'o-1'));
    assert.deepEqual(asker.ended, []);
    assert.deepEqual(asker.take(), [
      'q-4 = ! Cannot deliver call: too many calls of this party wait (delivered: no)',
    ]);
  }
  {
    const { asker, vat } = make();
    asker.say(call('q-1', 'o-1'));
    vat.say(answerData('q+1', '[]', 'p+2'));
    asker.take();
    for (let i = 2; i <= 4; i += 1) asker.say(call(`q-${i}`, 'p-2'));
    assert.deepEqual(asker.take(), [
      'q-4 = ! Cannot deliver call: too many calls of this party wait (delivered: no)',
    ]);
  }
  {
    const { asker } = make();
    asker.say(call('q-1', 'o-1', 'o+1', 'o+2', 'o+3'));
    assert.deepEqual(asker.ended, []);
    asker.say(call('q-2', 'o-1', 'o+4'));
    assert.deepEqual(asker.ended, ['Cannot accept message: too many objects']);
  }
});

test('promises of a party are limited by themselves, and those that nobody holds are not counted', () => {
  const board = makeBoard({ limits: { maxPromises: 3 } });
  const vat = board.party('vat', 'vV');
  const client = board.party('client', 'client:1');
  board.introduce(client, vat, 'o+1');
  client.say(call('q-1', 'o-1', 'p+1', 'p+2', 'p+3', 'o+4', 'o+5'));
  client.say(resolve('p-1', 'o+4'));
  // The slot in which the vat has the first of them.
  vat.say({ type: 'CTP_DROP', epoch: 0, slotID: 'p-1', decRefs: 1 });
  client.say(call('q-2', 'o-1', 'p+6'));
  assert.deepEqual(client.ended, []);
  client.say(call('q-3', 'o-1', 'p+7'));
  assert.deepEqual(client.ended, ['Cannot accept message: too many promises']);
});

test('references count as length: a call with many is under way alone', () => {
  const board = makeBoard({ byHand: true, limits: { maxInFlightLength: 1000 } });
  const vat = board.party('vat', 'v1');
  const client = board.party('client', 'c');
  board.introduce(client, vat, 'o+1');
  client.say(call('q-1', 'o-1', ...Array.from({ length: 40 }, (_, i) => `o+${i + 1}`)));
  assert.equal(client.flow(), 'p');
  vat.carryOut(1);
  assert.equal(client.flow(), 'pr');
});

test('a lasting object of another node that nobody holds and no row names is given back', () => {
  const board = makeBoard();
  const vat = board.party('vat', 'vV');
  const node = board.party('node', 'n:1');
  board.introduce(node, vat, 'o+1');
  node.say(call('q-1', 'o-1', 'o+d1', 'o+d2'));
  vat.take();
  vat.say(drop('o-1'));
  vat.say(drop('o-2'));
  vat.say(drop('o-d1'));
  vat.say(drop('o-d2'));
  assert.deepEqual(node.take(), ['drop o-d1 x1', 'drop o-d2 x1']);
  assert.deepEqual([node.connection.exports, node.connection.lastingExports], [0, 0]);
  // It may be sent again.
  node.say(call('q-2', 'o-1', 'o+d2'));
  assert.deepEqual(vat.take(), ['q+2: o-1.m(o+d3)']);
});

test('a vat of an owner, which may lie, has no more in the tables than others, and is not paused', () => {
  const board = makeBoard({
    byHand: true,
    limits: { maxExports: 3, maxOpenQuestions: 2, maxInFlight: 1 },
  });
  const [guest, vat] = [board.party('guest', 'v1'), board.party('guest', 'v2')];
  board.introduce(guest, vat, 'o+1');
  guest.say(call('q-1', 'o-1', 'o+1', 'o+2', 'o+3'));
  guest.say(call('q-2', 'o-1'));
  assert.deepEqual([guest.ended, guest.flow()], [[], '']);
  guest.say(call('q-3', 'o-1'));
  assert.deepEqual(guest.ended, ['Cannot accept message: too many open questions']);
  board.introduce(vat, board.party('vat', 'v3'), 'o+1');
  vat.say(call('q-1', 'o-1', 'o+1', 'o+2', 'o+3', 'o+4'));
  assert.deepEqual(vat.ended, ['Cannot accept message: too many objects']);
});

test('what is held of nodes that are away shuts nobody out who has few objects', () => {
  const board = makeBoard({ limits: { maxExportsInAll: 10, maxLinks: 2 } });
  const vat = board.party('vat', 'vV');
  const away = board.party('node', 'n:1');
  const few = board.party('client', 'client:1');
  for (const party of [away, few]) board.introduce(party, vat, 'o+1');
  away.say(call('q-1', 'o-1', ...Array.from({ length: 10 }, (_, i) => `o+d${i + 1}`)));
  away.down();
  few.say(call('q-1', 'o-1', 'o+1', 'o+2', 'o+3'));
  assert.deepEqual(few.ended, []);
  few.say(call('q-2', 'o-1', 'o+4', 'o+5', 'o+6'));
  assert.deepEqual(few.ended, ['Cannot accept message: too many objects in all']);
});

test('what all parties outside send is limited together: the session of the one with the most ends', () => {
  const board = makeBoard({ limits: { maxExportsInAll: 10 } });
  const [many, few] = [board.party('client', 'client:1'), board.party('client', 'client:2')];
  const vat = board.party('vat', 'vV');
  for (const party of [many, few]) board.introduce(party, vat, 'o+1');
  const objects = (count: number, from = 1) =>
    Array.from({ length: count }, (_, i) => `o+${from + i}`);
  many.say(call('q-1', 'o-1', ...objects(7)));
  few.say(call('q-1', 'o-1', ...objects(3)));
  few.say(call('q-2', 'o-1', ...objects(1, 4)));
  assert.deepEqual(many.ended, ['Cannot accept message: too many objects in all']);
  assert.deepEqual(few.ended, []);
  few.say(call('q-3', 'o-1', ...objects(7, 5)));
  assert.deepEqual(few.ended, ['Cannot accept message: too many objects in all']);
  assert.deepEqual(board.switchboard.counts().violations, {
    'too many objects in all': 2,
  });
});

test('answers that a party never drops are limited: the oldest number stops working', () => {
  const board = makeBoard({ limits: { maxOpenQuestions: 3 } });
  const asker = board.party('client', 'client:1');
  const vat = board.party('vat', 'vV');
  board.introduce(asker, vat, 'o+1');
  for (let i = 1; i <= 4; i += 1) {
    asker.say(call(`q-${i}`, 'o-1'));
    vat.say(answer(`q+${i}`, 'o+2'));
  }
  assert.equal(asker.sizes().asked, 3);
  asker.take();
  asker.say(call('q-5', 'q-1'));
  assert.deepEqual(asker.take(), [`q-5 = ${NOT_A_CAPABILITY}`]);
  assert.deepEqual(asker.ended, []);
});

test('a party that never answers costs a vat that calls it no question to anyone else', () => {
  const board = makeBoard({ limits: { maxOpenQuestions: 3 } });
  const silent = board.party('client', 'client:1');
  const good = board.party('client', 'client:2');
  const vat = board.party('vat', 'vV');
  const other = board.party('vat', 'vO');
  const [toSilent, toGood, toOther] = [
    board.introduce(vat, silent, 'o+1'),
    board.introduce(vat, good, 'o+1'),
    board.introduce(vat, other, 'o+1'),
  ];
  for (let i = 1; i <= 4; i += 1) vat.say(call(`q-${i}`, toSilent));
  assert.deepEqual(vat.take(), [
    'q-4 = ! Cannot deliver call: the party owes too many answers (delivered: no)',
  ]);
  for (let i = 5; i <= 8; i += 1) vat.say(call(`q-${i}`, toOther));
  vat.say(call('q-9', toGood));
  assert.deepEqual([vat.ended, vat.take()], [[], []]);
  assert.deepEqual([other.take().length, good.take().length, silent.take().length], [4, 1, 3]);
});

test('a party that is silent is given no more than so many characters', () => {
  const board = makeBoard({ limits: { maxOpenLength: 100 } });
  const silent = board.party('client', 'client:1');
  const vat = board.party('vat', 'vV');
  const toSilent = board.introduce(vat, silent, 'o+1');
  const large = (questionID: string) => ({
    ...call(questionID, toSilent),
    method: { body: long(40), slots: [] },
  });
  for (let i = 1; i <= 3; i += 1) vat.say(large(`q-${i}`));
  assert.deepEqual(vat.take(), [
    'q-3 = ! Cannot deliver call: the party owes too many answers (delivered: no)',
  ]);
  silent.say(answerData('q+1'));
  vat.say(large('q-4'));
  assert.deepEqual(vat.take(), ['q-1 = "data"']);
});

test('calls that wait on a promise go with the session that made them', () => {
  const { board, a, b } = makeThree();
  const client = board.party('client', 'client:1');
  board.introduce(client, b, 'o+1');
  client.say(call('q-1', 'o-1'));
  b.say(answerData('q+1', '[]', 'p+2'));
  const { queue } = board.refOf(b, 'p+2');
  client.say(call('q-2', 'p-2', 'o+9'));
  client.say(call('q-3', 'q-2', 'o+9'));
  assert.equal(queue.size, 1);
  client.down();
  assert.equal(queue.size, 0);
  assert.deepEqual(leftIn(client.connection), {});
  b.say(resolve('p-2', 'o+1'));
  assert.deepEqual([a.ended, b.ended], [[], []]);
});

test('promises that become each other wait for nobody, and leave nothing', () => {
  const { board, a, b } = makeThree();
  const client = board.party('client', 'client:1');
  board.introduce(client, b, 'o+1');
  client.say(call('q-1', 'o-1', 'p+1', 'p+2', 'p+3'));
  b.say(call('q-1', 'p-1'));
  b.say(call('q-2', 'p-3'));
  client.say(resolve('p-1', 'p+2'));
  client.say(resolve('p-2', 'p+1'));
  client.say(resolve('p-3', 'p+3'));
  b.say(call('q-3', 'p-2'));
  const refused = (id: string) => `${id} = ${NOT_A_CAPABILITY}`;
  assert.deepEqual(b.take(), [
    'q+1: o-1.m(p+1,p+2,p+3)',
    'p-1 = p+2',
    refused('q-1'),
    'p-2 = p+1',
    'p-3 = p+3',
    refused('q-2'),
    refused('q-3'),
  ]);
  client.down();
  for (const slot of ['p-1', 'p-2', 'p-3']) b.say(drop(slot));
  b.say(answerData('q+1'));
  assert.deepEqual(leftIn(client.connection), {});
  a.down();
  for (const [slot] of [...b.connection.bySlot]) if (slot[1] === '-') b.say(drop(slot, 9));
  b.down();
  assert.deepEqual(leftIn(b.connection), {});
});

test('drops of more than was sent, of an own object and of nothing change nothing', () => {
  const { a, b } = makeThree();
  a.say(call('q-1', 'o-1', 'o+7'));
  a.say(drop('o+7', Number.MAX_SAFE_INTEGER));
  a.say(drop('o-99', 5));
  a.say(drop('q-1', 5));
  a.say(drop('o-1', Number.MAX_SAFE_INTEGER));
  b.say(answerData('q+1'));
  assert.deepEqual(a.take(), ['q-1 = "data"']);
  assert.deepEqual([a.ended, b.ended], [[], []]);
});

test('what a party says after its goodbye is not heard', () => {
  const board = makeBoard();
  const client = board.party('client', 'client:1');
  const vat = board.party('vat', 'vV');
  board.introduce(client, vat, 'o+1');
  client.say({ type: 'CTP_DISCONNECT', epoch: 0, reason: 'bye' });
  client.say(call('q-1', 'o-1'));
  assert.deepEqual([vat.take(), client.take()], [[], []]);
});

test('an answer to a question of another ends the session, and settles nothing', () => {
  const board = makeBoard();
  const [asker, bad] = [board.party('client', 'client:1'), board.party('client', 'client:2')];
  const vat = board.party('vat', 'vV');
  board.introduce(asker, vat, 'o+1');
  asker.say(call('q-1', 'o-1'));
  bad.say(answerData('q+1'));
  assert.deepEqual(bad.ended, ['Cannot accept message: answer to no question']);
  assert.deepEqual([asker.take(), asker.ended], [[], []]);
});

test('a client that drops nothing of what it is sent is cut off', () => {
  const board = makeBoard({ limits: { maxImports: 4 } });
  const client = board.party('client', 'client:1');
  const vat = board.party('vat', 'vV');
  board.introduce(client, vat, 'o+1');
  for (let i = 1; i <= 5; i += 1) {
    client.say(call(`q-${i}`, 'o-1'));
    vat.say(answer(`q+${i}`, `o+${10 + i}`));
  }
  assert.deepEqual(client.ended, ['Cannot accept message: too many references']);
  assert.deepEqual(sizes(client, vat), [
    [0, 0, 0],
    [0, 0, 0],
  ]);
});

// ---- lasting slots ----

test('a kept slot is found again after its holder was down, one that was not kept is not', () => {
  const { board, a, b } = makeThree();
  b.say(call('q-1', board.introduce(b, a, 'o+d9'), 'o+d3.x', 'o+d4.x'));
  assert.deepEqual(a.take(), ['q+1: o-d9.m(o+d1,o+d2)']);
  assert.equal(board.switchboard.keep(a.connection, 'o-d1'), true);
  a.down();
  a.up();
  a.say(call('q-1', 'o-d1'));
  b.take();
  a.say(call('q-2', 'o-d2'));
  assert.deepEqual(a.ended, ['Cannot accept message: unknown slot']);
});

test('an ephemeral slot and an own one cannot be kept', () => {
  const { board, a } = makeThree();
  assert.equal(board.switchboard.keep(a.connection, 'o-1'), false);
  assert.equal(board.switchboard.keep(a.connection, 'o+d1'), false);
  assert.equal(board.switchboard.keep(a.connection, 'o-d77'), false);
});

test('a kept slot means the same in a new switchboard over the same store, and has the same number', () => {
  const slots = makeSlots();
  const first = makeBoard({ slots });
  const a = first.party('vat', 'vA');
  const b = first.party('vat', 'vB');
  first.introduce(a, b, 'o+d3.x');
  first.switchboard.keep(a.connection, 'o-d1');

  const second = makeBoard({ slots });
  const again = second.party('vat', 'vA');
  again.say(call('q-1', 'o-d1'));
  // B was provided for that.
  assert.deepEqual(second.party('vat', 'vB').take(), ['q+1: o-d3.x.m()']);
  assert.equal(second.introduce(again, second.party('vat', 'vB'), 'o+d3.x'), 'o-d1');
  assert.equal(second.introduce(again, second.party('vat', 'vB'), 'o+d4.x'), 'o-d2');
});

test('what another node is sent is kept at once, until it is given back as often as it was sent', () => {
  const slots = makeSlots();
  const board = makeBoard({ slots });
  const n = board.party('node', 'n:N');
  const vat = board.party('vat', 'vV');
  vat.say(call('q-1', board.introduce(vat, n, 'o+d1'), 'o+d5.x', 'o+6'));
  assert.deepEqual(n.take(), ['q+1: o-d1.m(o+d1,o+1)']);
  assert.deepEqual([...slots.kept], [['n:N o-d1', 'vV o+d5.x']]);
  n.down();
  n.up();
  n.say(call('q+1', 'o-d1'));
  assert.deepEqual(vat.take().at(-1), 'q+1: o-d5.x.m()');
  // It is on its way once more when a drop comes that does not count that.
  vat.say(call('q-2', 'o-d1', 'o+d5.x'));
  n.say(drop('o-d1', 0));
  assert.equal(slots.kept.size, 1);
  n.say(drop('o-d1'));
  assert.deepEqual([...slots.kept], []);
  vat.take();
  n.say(call('q+2', 'o-d1'));
  assert.deepEqual([vat.take(), n.ended], [[], []]);
  assert.match(n.take().at(-1)!, /^q\+2 = ! .*no longer kept.* \(delivered: no\)$/);
  // Its number is not given again.
  vat.say(call('q-3', 'o-d1', 'o+d5.x'));
  assert.deepEqual(n.take(), ['q+3: o-d1.m(o+d2)']);
});

test('nobody can use a slot of another', () => {
  const slots = makeSlots();
  const board = makeBoard({ slots });
  const vat = board.party('vat', 'vV');
  const rich = board.party('web', 'w:rich');
  board.introduce(rich, vat, 'o+d1.x');
  board.switchboard.keep(rich.connection, 'o-d1');
  board.introduce(rich, vat, 'o+7');
  for (const slot of ['o-d1', 'o-1']) {
    for (const [kind, id] of [
      ['web', `w:poor${slot}`],
      ['client', `client:${slot}`],
      ['node', `n:${slot}`],
      ['vat', `vP${slot}`],
    ] as const) {
      const poor = board.party(kind, id);
      poor.say(call('q-1', slot));
      assert.deepEqual(poor.ended, ['Cannot accept message: unknown slot']);
    }
  }
  assert.deepEqual(vat.take(), []);
});

test('an entry of a party that was removed is gone for good', () => {
  const { board, a, b } = makeThree();
  a.say(call('q-1', 'o-1', 'o+7'));
  b.say(answerData('q+1'));
  a.down();
  board.switchboard.remove(a.connection);
  assert.equal(board.switchboard.get('vA'), undefined);
  assert.deepEqual([...b.connection.bySlot.keys()], ['o-1']);
});

// ---- the output gate ----

test('messages to parties outside wait at the gate in order; those to vats do not', () => {
  const board = makeBoard({ gated: true });
  const client = board.party('client', 'client:1');
  const other = board.party('vat', 'vO');
  const vat = board.party('vat', 'vV');
  board.introduce(client, vat, 'o+1');
  board.introduce(other, vat, 'o+1');
  client.say(call('q-1', 'o-1', 'o+3'));
  client.say(call('q-2', 'o-1'));
  other.say(call('q-1', 'o-1'));
  assert.equal(vat.take().length, 3);
  vat.say(answerData('q+1', '1'));
  vat.say(call('q-1', 'o-1'));
  vat.say(answerData('q+2', '2'));
  vat.say(answerData('q+3', '3'));
  assert.deepEqual(other.take(), ['q-1 = 3']);
  assert.deepEqual(client.take(), []);
  board.release(1);
  assert.deepEqual(client.take(), ['q-1 = 1']);
  board.release();
  assert.deepEqual(client.take(), ['q+1: o-3.m()', 'q-2 = 2']);
});

test('what waits at the gate for a session that ended is not sent to the next one', () => {
  const board = makeBoard({ gated: true });
  const web = board.party('web', 'w:1');
  const vat = board.party('vat', 'vV');
  board.introduce(web, vat, 'o+1');
  web.say(call('q-1', 'o-1'));
  vat.say(answerData('q+1'));
  web.down();
  web.up();
  board.release();
  assert.deepEqual(web.take(), []);
});

test('the end of a session waits at the gate behind what was said before', () => {
  const board = makeBoard({ gated: true });
  const client = board.party('client', 'client:1');
  client.say('nonsense');
  assert.deepEqual([client.take(), client.ended], [[], []]);
  board.release();
  assert.deepEqual(client.take(), ['end: Cannot accept message: not a record']);
  assert.equal(client.ended.length, 1);
});

test('a party is paused while too many of its calls are under way, and nobody else', () => {
  const board = makeBoard({ byHand: true, limits: { maxInFlight: 4 } });
  const vat = board.party('vat', 'v1');
  const [flooder, other] = [board.party('client', 'f'), board.party('client', 'o')];
  for (const party of [flooder, other]) board.introduce(party, vat, 'o+1');
  for (let i = 1; i <= 4; i += 1) flooder.say(call(`q-${i}`, 'o-1'));
  assert.equal(flooder.flow(), '');
  flooder.say(call('q-5', 'o-1'));
  other.say(call('q-1', 'o-1'));
  assert.deepEqual([flooder.flow(), other.flow()], ['p', '']);
  // What was carried out counts, whether or not it was answered.
  vat.carryOut(2);
  assert.equal(flooder.flow(), 'p');
  vat.carryOut(1);
  assert.equal(flooder.flow(), 'pr');
});

test('promises that a party settles are work of the vat that holds them, as its calls are', () => {
  const board = makeBoard({ byHand: true, limits: { maxInFlight: 4 } });
  const vat = board.party('vat', 'v1');
  const flooder = board.party('client', 'f');
  board.introduce(flooder, vat, 'o+1');
  flooder.say(call('q-1', 'o-1', 'p+1'));
  // Each is settled with the next one.
  for (let i = 1; i <= 3; i += 1) flooder.say(resolve(`p-${i}`, `p+${i + 1}`));
  assert.equal(flooder.flow(), '');
  flooder.say(resolve('p-4', 'p+5'));
  assert.equal(flooder.flow(), 'p');
  vat.carryOut(3);
  assert.equal(flooder.flow(), 'pr');
});

test('calls that wait for a vat to be loaded are under way, and a session begun meanwhile is paused', () => {
  const board = makeBoard({ byHand: true, limits: { maxInFlight: 2 } });
  const vat = board.party('vat', 'v1', () => true);
  const node = board.party('node', 'n1');
  board.introduce(node, vat, 'o+d1');
  for (let i = 1; i <= 3; i += 1) node.say(call(`q-${i}`, 'o-d1'));
  node.down();
  node.up();
  assert.equal(node.flow(), 'pp');
  vat.up();
  assert.equal(node.flow(), 'pp');
  vat.carryOut();
  assert.equal(node.flow(), 'ppr');

  for (let i = 4; i <= 6; i += 1) node.say(call(`q-${i}`, 'o-d1'));
  vat.carryOut();
  assert.equal(node.flow(), 'pprpr');
});

test('calls that were never given to a vat are under way no longer', () => {
  const board = makeBoard({ byHand: true, limits: { maxInFlight: 2 } });
  const vat = board.party('vat', 'v1', () => true);
  const client = board.party('client', 'c');
  board.introduce(client, vat, 'o+d1');
  for (let i = 1; i <= 3; i += 1) client.say(call(`q-${i}`, 'o-1'));
  assert.equal(client.flow(), 'p');
  board.switchboard.unreachable(vat.connection, 'the vat is suspended');
  assert.equal(client.flow(), 'pr');
});

test('vats that wait for each other are never paused', () => {
  const board = makeBoard({ byHand: true, limits: { maxInFlight: 2 } });
  const [a, b] = [board.party('vat', 'v1'), board.party('vat', 'v2')];
  board.introduce(a, b, 'o+d1');
  for (let i = 1; i <= 9; i += 1) a.say(call(`q-${i}`, 'o-d1'));
  assert.equal(a.flow(), '');
});

test('long calls pause their party until half of what they are is carried out', () => {
  const board = makeBoard({ byHand: true, limits: { maxInFlightLength: 100 } });
  const vat = board.party('vat', 'v1');
  const client = board.party('client', 'c');
  board.introduce(client, vat, 'o+1');
  for (let i = 1; i <= 3; i += 1) {
    client.say({ ...call(`q-${i}`, 'o-1'), method: { body: long(40), slots: [] } });
  }
  assert.equal(client.flow(), 'p');
  vat.carryOut(1);
  assert.equal(client.flow(), 'p');
  vat.carryOut(1);
  assert.equal(client.flow(), 'pr');
});

test('a party whose calls take long has fewer under way than one whose calls are short, and all share', () => {
  let time = 0;
  const board = makeBoard({ byHand: true, now: () => time });
  const vat = board.party('vat', 'v1');
  const [dear, cheap] = [board.party('client', 'd'), board.party('client', 'c')];
  for (const party of [dear, cheap]) board.introduce(party, vat, 'o+1');
  let asked = 0;
  const ask = (party: Party) => party.say(call(`q-${(asked += 1)}`, 'o-1'));
  /** One at a time, each taking so long. */
  const work = (party: Party, milliseconds: number) => {
    for (let i = 0; i < 100; i += 1) {
      ask(party);
      time += milliseconds;
      vat.carryOut();
    }
  };
  work(dear, 200);
  work(cheap, 1);
  /** How many are taken before the pause. */
  const taken = (party: Party) => {
    const before = party.flow();
    for (let i = 1; i < 100; i += 1) {
      ask(party);
      if (party.flow() !== before) return i;
    }
    return 100;
  };
  assert.equal(taken(dear), 2);
  vat.carryOut();
  assert.equal(taken(cheap), 65);
  vat.carryOut();
  work(cheap, 1);

  // They share: with nine others at work it is a tenth.
  for (let i = 0; i < 9; i += 1) {
    const other = board.party('client', `o${i}`);
    board.introduce(other, vat, 'o+1');
    other.say(call('q-1', 'o-1'));
  }
  const shared = taken(cheap);
  assert.ok(shared >= 9 && shared <= 11, `${shared} are taken`);
});

test('sessions that end leave their calls under way: past so many, those that begin wait', () => {
  const board = makeBoard({ byHand: true, limits: { maxOrphans: 4 } });
  const vat = board.party('vat', 'v1');
  const early = board.party('client', 'early');
  for (let i = 1; i <= 3; i += 1) {
    const client = board.party('client', `c${i}`);
    board.introduce(client, vat, 'o+1');
    client.say(call('q-1', 'o-1'));
    client.say(call('q-2', 'o-1'));
    client.down();
  }
  const late = board.party('client', 'late');
  assert.deepEqual([early.flow(), late.flow()], ['', 'p']);
  vat.carryOut(3);
  assert.equal(late.flow(), 'p');
  vat.carryOut(1);
  assert.equal(late.flow(), 'pr');
});

test('a party whose answers wait at the gate is paused, and goes on when half of them are out', () => {
  const board = makeBoard({ gated: true, limits: { maxWaitingOutput: 5000 } });
  const vat = board.party('vat', 'v1');
  const [client, other] = [board.party('client', 'c'), board.party('client', 'o')];
  for (const party of [client, other]) board.introduce(party, vat, 'o+1');
  for (let i = 1; i <= 12; i += 1) {
    client.say(call(`q-${i}`, 'o-1'));
    vat.say(answerData(`q+${i}`));
  }
  assert.deepEqual([client.flow(), other.flow()], ['p', '']);
  board.release();
  assert.equal(client.flow(), 'pr');
});

test('a power of the node takes short calls only from outside', () => {
  const board = makeBoard();
  const power = board.party('control', 'control');
  const [client, vat] = [board.party('client', 'c'), board.party('vat', 'v1')];
  for (const party of [client, vat]) board.introduce(party, power, 'o+dgreeter');
  const said = (questionID: string, target: string, body: string) => ({
    ...call(questionID, target),
    method: { body, slots: [] },
  });
  const bodies = [long(5000), `["m",[${'[],'.repeat(40)}1]]`];
  for (const [i, body] of bodies.entries()) {
    client.say(said(`q-${i + 1}`, 'o-1', body));
    vat.say(said(`q-${i + 1}`, 'o-d1', body));
    const refused = 'Cannot deliver call: it is too long for a power of the node (delivered: no)';
    assert.deepEqual(client.take(), [`q-${i + 1} = ! ${refused}`]);
  }
  assert.equal(power.take().length, 2);
  client.say(call('q-3', 'o-1'));
  assert.equal(power.take().length, 1);
});

test('a call from outside to a power of the node costs more than others', () => {
  const board = makeBoard();
  const power = board.party('control', 'control');
  const [client, vat] = [board.party('client', 'c'), board.party('vat', 'v1')];
  for (const owner of [power, vat]) board.introduce(client, owner, 'o+d1');
  client.say(call('q-1', 'o-2'));
  assert.equal(client.flow(), '');
  client.say(call('q-2', 'o-1'));
  assert.equal(client.flow(), '$');
});

test('a web session at its limits leaves another untouched', () => {
  const board = makeBoard({ byHand: true, limits: { maxOpenQuestions: 8, maxInFlight: 4 } });
  const vat = board.party('vat', 'v1');
  const [bad, good] = [board.party('web', 'w:bad'), board.party('web', 'w:good')];
  for (const party of [bad, good]) board.introduce(party, vat, 'o+d1');
  for (let i = 1; i <= 8; i += 1) bad.say(call(`q-${i}`, 'o-d1'));
  good.say(call('q-1', 'o-d1'));
  assert.deepEqual([bad.flow(), good.flow()], ['p', '']);
  bad.say(call('q-9', 'o-d1'));
  assert.deepEqual(bad.ended, ['Cannot accept message: too many open questions']);
  vat.say(answerData('q+9'));
  assert.deepEqual([good.take(), good.ended], [['q-1 = "data"'], []]);
});
