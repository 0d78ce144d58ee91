/** What a node that lies about a relation, or breaks its rules, can do: to itself only, and never twice. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { judge, settle } from '#src/node/relation-rules.js';
import { maxAnswers, windowItems } from '#src/node/streams.js';
import type { Link } from '#src/session/link.js';
import {
  type Statement,
  checkNodeMessage,
  isForRelation,
  maxNumber,
} from '#src/session/node-wire.js';
import { defaultLimits } from '#src/switchboard/limits.js';
import { type Disk, type ModelNode, makeWorld, startModel } from './stream-model.ts';

type Any = any;

const [US, THEM, STRANGER] = ['aaaaaa', 'bbbbbb', 'cccccc'] as const;

const honest: Statement = {
  ...{ life: 1, heard: 0, epoch: 0, given: [0, ''], acked: [0, ''], taken: [0, ''] },
  ...{ slotsGiven: 0, slotsSeen: 0, state: 'open' },
};

/** A node of ours, and a link to it on which a test says anything. */
const attack = async (backlog = () => 0) => {
  const disk: Disk = new Map();
  const world = makeWorld();
  const node = await startModel(world, US, THEM, disk, 'ours', () => {}, backlog);
  const dial = (
    says: Partial<Statement> = {},
    incarnation = 'theirs',
    designator: string = THEM,
  ) => {
    const heard: Any[] = [];
    let reason: string | undefined;
    const link = {
      peer: { designator, incarnation, lasting: true, locations: [] },
      send: (message: unknown) => void (reason === undefined && heard.push(message)),
      close(why: string) {
        if (reason !== undefined) return;
        reason = why;
        node.relations.closed(link);
      },
    } as unknown as Link;
    const say = (message: unknown) => {
      node.relations.receive(link, message);
      node.flush();
    };
    node.current = { link, owner: node, closed: false, lose: () => {} };
    node.relations.opened(link, () => {});
    node.flush();
    const hello = { type: 'NODE_HELLO', v: 1, says: { ...honest, ...says } };
    say(hello);
    const send = (n: number, more: object = {}) =>
      say({
        ...{ type: 'NODE_SEND', n, link: `l${n}`, target: 'o-d1', method: `m${n}` },
        ...{ args: { body: '#[]', slots: [] }, ask: true },
        ...more,
      });
    const last = (type: string) => heard.findLast((message) => message.type === type);
    return { say, hello, send, heard, last, why: () => reason };
  };
  return { node, dial, disk, world };
};
const isQuarantined = (node: ModelNode) => node.relations.statusOf(THEM).quarantine !== undefined;

test('an item is carried out once however often it comes, and one out of turn ends the link', async () => {
  const { node, dial } = await attack();
  const first = dial();
  for (const n of [1, 1, 2, 1, 2]) first.send(n);
  assert.deepEqual(node.done(), ['m1', 'm2']);
  assert.equal(first.last('NODE_ACK').n, 2);
  first.send(4);
  assert.equal(first.why(), 'an item of the stream is missing');
  const again = dial({ given: [9, 'l9'] });
  again.send(2);
  again.send(3);
  assert.deepEqual(node.done(), ['m1', 'm2', 'm3']);
  assert.ok(!isQuarantined(node));
});

test('an item that says something else under a number that was taken is found out', async () => {
  const { node, dial } = await attack();
  const peer = dial();
  peer.send(1);
  peer.send(1, { link: 'another', method: 'other' });
  assert.deepEqual(node.done(), ['m1']);
  assert.ok(isQuarantined(node));
});

test('an operator is told what this node finds, also where the other side says first that something is wrong', async () => {
  const reasonAfter = async (says: Partial<Statement>) => {
    const { node, dial } = await attack();
    dial({ life: 5 }).send(1);
    const peer = dial({ life: 5, given: [1, 'l1'], ...says });
    peer.say({
      ...peer.hello,
      says: { ...peer.hello.says, state: 'quarantined', why: 'ours', ...says },
    });
    return node.relations.statusOf(THEM).quarantine?.reason;
  };
  assert.equal(await reasonAfter({ life: 4 }), 'it was started from an older backup');
  assert.match((await reasonAfter({ given: [0, ''] }))!, /^it has forgotten/);
  // Nothing is wrong here, or the other side does not say of what it knows.
  const told = 'it does not find what this node says in its own history';
  assert.equal(await reasonAfter({}), told);
  assert.equal(await reasonAfter({ life: 4, why: 'removed' }), told);
});

test('more items than may be under way end the link', async () => {
  const { node, dial } = await attack();
  const peer = dial();
  // Nothing is acknowledged before it is on disk, so all of them are under way.
  for (let n = 1; n <= windowItems + 1; n += 1) {
    node.relations.receive(node.current!.link, {
      ...{ type: 'NODE_VOID', n, link: `l${n}` },
    });
  }
  assert.match(peer.why()!, /more items of the stream than may be under way/);
});

test('while too much of a node waits for vats nothing more of it is taken, however often it links, and then all', async () => {
  let waiting = 2000;
  const { node, dial } = await attack(() => waiting);
  for (const n of [1, 2, 3]) dial().send(n);
  assert.deepEqual(node.done(), []);
  const peer = dial();
  for (const n of [1, 2, 3]) peer.send(n);
  assert.deepEqual(node.done(), []);
  waiting = 1000;
  node.drained();
  assert.equal(peer.last('NODE_ACK'), undefined);
  waiting = 10;
  node.drained();
  assert.deepEqual(node.done(), ['m1', 'm2', 'm3']);
  node.flush();
  assert.equal(peer.last('NODE_ACK').n, 3);
});

test('what an item names is held while it waits for its turn, and no longer', async () => {
  let waiting = 2000;
  const { node, dial } = await attack(() => waiting);
  const args = { body: '#"$0.Alleged"', slots: ['o+d5'] };
  dial().send(1, { args });
  assert.deepEqual(node.named(), ['o+d5']);
  const again = dial();
  assert.deepEqual(node.named(), [], 'it comes again');
  again.send(1, { args });
  assert.deepEqual(node.named(), ['o+d5']);
  waiting = 0;
  node.drained();
  assert.deepEqual([node.done(), node.named()], [['m1'], []]);
});

test('who takes no answers is given no more of them than may wait, and goes on when it takes them', async () => {
  const { node, dial, world } = await attack();
  let n = 0;
  for (let links = 0; links < 25; links += 1) {
    const peer = dial({ given: [maxNumber, 'x'] });
    n = peer.last('NODE_HELLO').says.taken[0];
    for (let i = 1; i <= windowItems; i += 1) peer.send(n + i);
  }
  assert.equal(node.relations.statusOf(THEM).waiting, maxAnswers);
  // Long after, one more: two nodes that both wait at the limit would wait for ever.
  for (const task of [...world.timers]) task();
  node.flush();
  assert.equal(node.relations.statusOf(THEM).waiting, maxAnswers + 1);
  const peer = node.current!.link;
  node.relations.receive(peer, { type: 'NODE_ACK', n: 100 });
  node.flush();
  assert.ok(node.done().length > maxAnswers + 1, 'it goes on');
});

test('who takes no answers since questions come before them is served further', async () => {
  const { node, dial } = await attack();
  node.send('a question');
  for (let links = 0; links < 20; links += 1) {
    const peer = dial({ given: [maxNumber, 'x'] });
    const n = peer.last('NODE_HELLO').says.taken[0];
    for (let i = 1; i <= windowItems; i += 1) peer.send(n + i);
  }
  assert.equal(node.done().length, 20 * windowItems);
});

test('more characters than may be under way end the link', async () => {
  const { node, dial } = await attack(() => 2000);
  const peer = dial();
  const body = `#"${'x'.repeat(900_000)}"`;
  for (let n = 1; n <= 4; n += 1) peer.send(n, { args: { body, slots: [] } });
  assert.match(peer.why()!, /more characters of the stream/);
  assert.ok(!isQuarantined(node));
});

test('what cannot be read takes its number and fails; what is no item ends the link', async () => {
  const { node, dial } = await attack();
  const peer = dial();
  const bad: object[] = [
    { args: undefined },
    { args: { body: '#[]', slots: ['o+7'] } },
    { args: { body: '#[]', slots: ['p+7'] } },
    { args: { body: '#[]', slots: Array.from({ length: 300 }, () => 'o+d1') } },
    { args: { body: '['.repeat(100), slots: [] } },
    { args: { body: 'x'.repeat(defaultLimits.maxBodyLength + 1), slots: [] } },
    { target: 'o+d1' },
    { target: 'o-7' },
    { target: 'o-d1/../x' },
    { method: 7 },
    { method: 'm'.repeat(1000) },
    { ask: 'yes' },
    { notAfter: 'never' },
    { notAfter: 5 },
  ];
  for (const [i, more] of bad.entries()) peer.send(i + 1, more);
  assert.equal(peer.why(), undefined);
  assert.deepEqual(node.done(), []);
  const answers = peer.heard.filter(({ type }) => type === 'NODE_ANSWER');
  assert.deepEqual(
    answers.map(({ to, ok }) => [to, ok]),
    bad.map((_more, i) => [i + 1, false]),
  );
  peer.send(bad.length + 1);
  assert.deepEqual(node.done(), [`m${bad.length + 1}`]);
  for (const message of [
    null,
    7,
    [],
    { type: 'NODE_NONE' },
    { type: 'NODE_SEND', n: -1, link: 'x' },
    { type: 'NODE_SEND', n: 1.5, link: 'x' },
    { type: 'NODE_SEND', n: maxNumber + 1, link: 'x' },
    { type: 'NODE_SEND', n: 16, link: 'x'.repeat(100) },
    { type: 'NODE_SEND', n: 16, link: '' },
    { type: 'NODE_ACK', n: '1' },
    { type: 'NODE_HELLO', v: 2, says: honest },
    { type: 'NODE_HELLO', v: 1, says: { ...honest, taken: [0] } },
  ]) {
    const next = dial({ given: [99, 'x'], acked: [0, ''] });
    next.say(message);
    assert.notEqual(next.why(), undefined, JSON.stringify(message));
  }
  assert.ok(!isQuarantined(node));
});

test('an answer is taken to what was asked, once, and to nothing else', async () => {
  const { node, dial } = await attack();
  node.send('a');
  node.send('b');
  const peer = dial();
  assert.equal(peer.last('NODE_SEND').n, 2);
  const answer = (n: number, to: unknown, body: string) =>
    peer.say({
      ...{ type: 'NODE_ANSWER', n, link: `l${n}`, to, ok: true },
      data: { body, slots: [] },
    });
  answer(1, 1, 'first');
  answer(2, 1, 'second');
  answer(3, 7, 'never asked');
  answer(4, 0, 'never asked');
  assert.deepEqual(node.ended(), ['a first']);
  // One that cannot be read is an answer all the same: whoever asked waits for no other.
  peer.say({ type: 'NODE_ANSWER', n: 5, link: 'l5', to: 2, ok: true, data: { body: 7 } });
  assert.deepEqual(node.ended(), ['a first', 'b failed']);
  assert.equal(peer.why(), undefined);
});

test('an acknowledgement of what was not sent ends the link, and deletes nothing', async () => {
  const { node, dial } = await attack();
  node.send('a');
  const peer = dial();
  peer.say({ type: 'NODE_ACK', n: 2 });
  assert.match(peer.why()!, /acknowledgement of what was not given/);
  assert.equal(node.relations.statusOf(THEM).waiting, 1);
  assert.ok(!isQuarantined(node));
});

test('a stranger leaves no row, whatever it says', async () => {
  const { node, dial, disk } = await attack();
  const rows = [...disk];
  const visit = (says?: Partial<Statement>) => dial(says, 'theirs', STRANGER);
  visit().send(1);
  const answering = visit();
  answering.say({ type: 'NODE_ANSWER', n: 1, link: 'l1', to: 1, ok: true, data: {} });
  assert.match(answering.why()!, /a message of a stranger/);
  visit().say({ type: 'NODE_ACK', n: 0 });
  for (const says of [
    { taken: [3, 'x'] },
    { epoch: 4 },
    { state: 'quarantined', why: 'life' },
    { state: 'agreed' },
    { slotsSeen: 9 },
  ] as Partial<Statement>[]) {
    const peer = visit(says);
    peer.say(peer.hello);
    assert.match(peer.why()!, /remembers what this node does not/);
  }
  assert.deepEqual([...disk], rows);
  assert.ok(!node.relations.isRemembered(STRANGER));
});

test('nothing is taken before both have said what they remember', async () => {
  const { node } = await attack();
  let reason: string | undefined;
  const link = {
    peer: { designator: THEM, incarnation: 'theirs', lasting: true, locations: [] },
    send: () => {},
    close: (why: string) => (reason ??= why),
  } as unknown as Link;
  node.relations.opened(link, () => assert.fail('it is not up'));
  node.relations.receive(link, { type: 'NODE_VOID', n: 1, link: 'l1' });
  assert.match(reason!, /before the two nodes had agreed/);
  assert.equal(node.relations.isUp(link), false);
});

const lies: readonly [name: string, says: Partial<Statement>][] = [
  ['a life that is over', { life: 0 }],
  ['another epoch', { epoch: 1 }],
  ['items that were not given', { taken: [2, 'x'] }],
  ['another link', { taken: [1, 'x'] }],
  ['fewer given than were taken', { given: [0, ''] }],
  ['another item given', { given: [1, 'x'] }],
  ['items acknowledged that were not taken', { acked: [5, 'x'] }],
  ['slots that were not given', { slotsSeen: 5 }],
];
for (const [name, says] of lies) {
  test(`who says ${name} is doubted first, and quarantined when it says so again`, async () => {
    const { node, dial } = await attack();
    node.send('a');
    const first = dial();
    first.send(1);
    const before: Partial<Statement> = { given: [1, 'l1'], ...says };
    const second = dial(before);
    assert.equal(second.last('NODE_DOUBT')?.type, 'NODE_DOUBT');
    // One that has ended since answers no doubt.
    assert.ok(!isQuarantined(node));
    second.send(2);
    assert.deepEqual(node.done(), ['m1']);
    second.say(second.hello);
    assert.ok(isQuarantined(node));
    assert.match(second.why()!, /pocas reconcile/);
    assert.equal(second.last('NODE_HELLO').says.state, 'quarantined');
    const third = dial({ given: [1, 'l1'] });
    third.send(2);
    assert.deepEqual(node.done(), ['m1'], 'nothing is taken in quarantine');
    assert.match(third.why()!, /pocas reconcile/);
  });
}

test('two starts in one life are two copies', () => {
  const ours = { ...honest };
  const linkAt = () => '';
  const known = { life: 3, incarnation: 'x' };
  assert.equal(judge(known, ours, linkAt, { ...honest, life: 3 }, 'x'), undefined);
  assert.equal(judge(known, ours, linkAt, { ...honest, life: 3 }, 'y'), 'copies');
  assert.equal(judge(known, ours, linkAt, { ...honest, life: 4 }, 'y'), undefined);
  assert.equal(judge(known, ours, linkAt, { ...honest, life: 2 }, 'x'), 'life');
});

test('lasting slots that one side forgot, or never gave, are found out', () => {
  const linkAt = () => '';
  const ours = { ...honest, slotsGiven: 5, slotsSeen: 7 };
  const says = (slotsGiven: number, slotsSeen: number) =>
    judge(undefined, ours, linkAt, { ...honest, slotsGiven, slotsSeen }, 'x');
  assert.deepEqual([says(7, 5), says(9, 0)], [undefined, undefined]);
  assert.deepEqual([says(6, 5), says(7, 6)], ['theirs', 'ours']);
});

test('a number of another epoch proves nothing, whoever begins the new one', () => {
  const said: Statement = { ...honest, epoch: 1, given: [2, 'x'], acked: [1, 'e1'] };
  const theirs = { epoch: 0, taken: [1, 'l1'], acked: [0, ''] } as const;
  for (const says of [
    { ...honest, ...theirs, state: 'agreed' },
    { ...honest, epoch: 2, state: 'open', before: theirs },
  ] as Statement[]) {
    const { fateOfItem } = settle(said, () => undefined, 9, says);
    // The second item of this epoch was the first of the one before, or it is a new one.
    assert.deepEqual(
      [fateOfItem(2, 'send', 1, 0), fateOfItem(2, 'answer', 1, 0), fateOfItem(2, 'send', 1, 1)],
      ['unknown', 'again', 'again'],
    );
  }
});

test('a reconciled relation takes no item of the epoch before, and one side alone begins none', async () => {
  const { node, dial } = await attack();
  dial().send(1);
  dial({ given: [0, ''] });
  const liar = dial({ given: [0, ''] });
  liar.say(liar.hello);
  assert.ok(isQuarantined(node));
  // It may want a new epoch as much as it likes.
  dial({ state: 'agreed', given: [0, ''] });
  assert.ok(isQuarantined(node));
  node.relations.agree(THEM);
  node.flush();
  dial({ given: [0, ''] });
  assert.ok(isQuarantined(node), 'the other side has to agree');
  const agreed = dial({ state: 'agreed', given: [0, ''] });
  assert.ok(!isQuarantined(node));
  const { epoch, taken, before } = agreed.last('NODE_HELLO').says;
  assert.deepEqual([epoch, taken, before.taken], [1, [1, 'e1'], [1, 'l1']]);
  agreed.say({
    type: 'NODE_HELLO',
    v: 1,
    says: { ...honest, epoch: 1, given: [1, 'e1'], acked: [1, 'e1'], taken: [1, 'e1'] },
  });
  agreed.send(2);
  agreed.send(1, { method: 'again' });
  assert.deepEqual(node.done(), ['m1', 'm2']);
});

test('messages of the relation are told apart from those of CapTP, and nothing in them is believed', () => {
  assert.ok(isForRelation({ type: 'NODE_HELLO' }));
  for (const other of [{ type: 'CTP_CALL' }, { type: 7 }, null, undefined, 'NODE_HELLO', {}]) {
    assert.ok(!isForRelation(other));
  }
  assert.throws(() => checkNodeMessage({ type: 'NODE_X' }, defaultLimits));
});
