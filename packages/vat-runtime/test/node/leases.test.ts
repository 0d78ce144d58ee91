import '@pocas/vat-runtime/lockdown';
import test, { afterEach } from 'node:test';
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { E } from '@endo/far';
import { parseSturdyRef } from '@pocas/vat-runtime';
import { LINK_PATH } from '@pocas/vat-runtime/node';
import {
  type ManualTime,
  type TestNode,
  type TestNodeOptions,
  makeFaultyStorage,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import { fixture, sleep, until } from './nodes.ts';

type Any = any;

type LinkedNode = TestNode & {
  readonly time: ManualTime;
  readonly port: number;
  /** Every connection is lost. */
  cut(): void;
  rows(prefix: string): Promise<string[]>;
};

const open = async (options: TestNodeOptions & { port?: number } = {}): Promise<LinkedNode> => {
  const time = makeManualTime();
  const node = await makeTestNode({ time, print: () => {}, ...options });
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((done) => server.listen(options.port ?? 0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${port}${LINK_PATH}`);
  const opened: LinkedNode = {
    ...node,
    time,
    port,
    cut,
    async rows(prefix) {
      await node.settled();
      return (await node.storage.list(prefix)).map(([key]) => key);
    },
    async stop() {
      running.delete(opened);
      await node.stop();
      cut();
      await new Promise((done) => server.close(done));
    },
  };
  running.add(opened);
  return opened;
};
/** So that a test that fails ends. */
const running = new Set<LinkedNode>();
afterEach(async () => {
  for (const node of running) await node.stop();
});

/** A node that can be killed: from then on nothing is written, so nothing leaves that needs it. */
const openMortal = async (options: Parameters<typeof open>[0] = {}) => {
  const inner = options.storage ?? makeMemoryStorage();
  const { storage, hold, release } = makeFaultyStorage(inner);
  const node = await open({ ...options, storage });
  return {
    node,
    /** The same node again, from what was on disk. */
    async revive() {
      hold();
      const copy = makeMemoryStorage();
      await copy.write(await inner.list(''));
      node.cut();
      release();
      const { secrets, port } = node;
      await node.stop();
      return openMortal({ secrets, port, storage: copy });
    },
  };
};

const counter = async (node: TestNode, label = 'counter'): Promise<Any> =>
  node.makeVat({ module: fixture('counter'), label, params: { start: 0n } });

/** Runs the garbage collector until a condition holds. */
const collected = async (done: () => boolean | Promise<boolean>): Promise<void> => {
  for (let round = 0; round < 300; round += 1) {
    gc!();
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (await done()) return;
  }
  throw Error('Cannot go on: what was waited for was not given back');
};
const gc = (globalThis as { gc?: () => void }).gc;

const entriesOf = (text: string): number =>
  [...text.matchAll(/^pocas_entries\{.*\} (\d+)$/gm)].reduce((sum, [, n]) => sum + Number(n), 0);

/** How many of A's objects A keeps for B. */
const keptFor = async (a: LinkedNode, b: LinkedNode): Promise<number> =>
  (await a.rows(`c/n:${b.designator}/`)).length;
const entriesIn = async (...nodes: LinkedNode[]): Promise<number[]> =>
  Promise.all(nodes.map(async (node) => entriesOf(await node.metrics())));

/** A vat of A, and a reference to it at B. */
const makePair = async (options: TestNodeOptions = {}) => {
  const [a, b] = [await open(options), await open(options)];
  const maker = await counter(a, 'maker');
  const sturdyRef = a.grantor.sturdy(maker);
  const far = (await E(b.enlivener).enliven(sturdyRef)) as Any;
  return { a, b, far, maker, sturdyRef };
};
const stopAll = async (...nodes: LinkedNode[]): Promise<void> => {
  for (const node of nodes) await node.stop();
};

const limits = { messagesPerSecond: 1e6, messageBurst: 1e6, bytesPerSecond: 1e9, byteBurst: 1e9 };
const countsIn = async (...nodes: LinkedNode[]): Promise<number[]> => [
  ...(await entriesIn(...nodes)),
  ...(await Promise.all(nodes.map(async (node) => (await node.rows('c/')).length))),
  ...(await Promise.all(nodes.map(async (node) => (await node.rows('r/')).length))),
];
/** Passes references, and sees that all three of rows, entries and ways back are as before. */
const leavesNothing = async (
  nodes: readonly LinkedNode[],
  pass: () => Promise<unknown>,
  rounds: number,
): Promise<void> => {
  await pass();
  const state = () => countsIn(...nodes);
  let before = await state();
  await collected(async () => {
    const now = await state();
    const isStill = now.join() === before.join();
    before = now;
    return isStill;
  });
  for (let round = 0; round < rounds; round += 1) await pass();
  // Something of the beginning may have been given back late.
  const isBack = async () => (await state()).every((size, i) => size <= before[i]!);
  await collected(isBack).catch(async () => assert.deepEqual(await state(), before));
};

test('ten thousand references that pass from node to node leave nothing: no row, nothing in memory', async () => {
  const { a, b, far } = await makePair({ limits });
  const relay = await counter(b, 'relay');
  const pass = async () => {
    const made = (await E(far).makeMany(200)) as Any[];
    assert.equal(made.length, 200);
    // Through a vat of B, and back.
    await E(relay).ignore(made);
    await E(far).ignore(made);
  };
  await leavesNothing([a, b], pass, 50);
  await stopAll(a, b);
});

test('references that one node introduces to a third leave nothing on any of them', async () => {
  const { a, b, far } = await makePair({ limits });
  const c = await open({ limits });
  const sink = await counter(c, 'sink');
  const farSink = (await E(b.enlivener).enliven(c.grantor.sturdy(sink))) as Any;
  const pass = async () => E(farSink).ignore(await E(far).makeMany(100));
  await leavesNothing([a, b, c], pass, 8);
  await stopAll(a, b, c);
});

const days = (count: number) => count * 24 * 60 * 60 * 1000;
/** Lets days pass of which a node notices each hour, and what it does in them be done. */
const live = async (node: LinkedNode, count: number): Promise<void> => {
  for (let rest = count; rest > 0; rest -= 10) {
    node.time.pass(days(Math.min(rest, 10)));
    await node.settled();
    await sleep(5);
  }
};
/** A vat of B keeps an object of A, and B is gone. */
const makeVanished = async (options: TestNodeOptions = {}) => {
  const { a, b, far, maker, sturdyRef } = await makePair(options);
  const holder = await counter(b, 'holder');
  await E(holder).put('far', far);
  await E(holder).keep(await E(far).make());
  b.setProgram({ holder });
  await a.rest();
  const held = await keptFor(a, b);
  assert.ok(held >= 2);
  await b.stop();
  await until(() => a.linkTo(b.designator) === undefined);
  const back = async () => {
    const again = await open({ storage: b.storage, secrets: b.secrets, port: b.port });
    return { b: again, holder: (again.getProgram() as Any).holder };
  };
  return { a, b, maker, sturdyRef, held, back };
};

test('a node that was not heard of for a lease loses what was kept for it, and may come back', async () => {
  const lines: string[] = [];
  const { a, b, sturdyRef, back } = await makeVanished({ print: (line) => void lines.push(line) });
  const others = (await a.rows('')).filter((key) => !key.includes(b.designator));
  await live(a, 90);
  assert.ok((await keptFor(a, b)) >= 2);
  await live(a, 3);
  await until(() =>
    lines.some((line) => line.includes(b.designator) && line.includes('forgotten')),
  );
  assert.equal(await keptFor(a, b), 0);
  // Once, and not again with every look.
  await live(a, 130);
  assert.equal(lines.filter((line) => line.includes('is forgotten')).length, 1);
  const left = (await a.rows('')).filter((key) => key.includes(b.designator));
  // That it was forgotten, the number that no other object may have, and which of its lives was seen.
  assert.deepEqual(left, [
    `heard/${b.designator}`,
    `k/n:${b.designator}`,
    `relation/${b.designator}`,
  ]);
  for (const key of others)
    assert.ok(a.storage.get(key) !== undefined || /commit|journal/.test(key), key);

  const again = await back();
  // Its links stay, and its objects say what became of what they hold.
  for (let round = 0; round < 3; round += 1) {
    await assert.rejects(
      E(again.holder).tell(await E(again.holder).kept(), 'get', false),
      /no longer kept.*\(delivered: no\)/,
    );
  }
  await until(() => a.linkTo(b.designator) !== undefined);
  assert.equal(lines.filter((line) => line.includes('session')).length, 0);
  const far = (await E(again.b.enlivener).enliven(sturdyRef)) as Any;
  assert.equal(await E(far).add(1n), 1n);
  assert.deepEqual(
    (await a.rows(`c/n:${b.designator}/`)).filter((key) => /o-d[12]$/.test(key)),
    [],
    'a number was given twice',
  );
  await stopAll(a, again.b);
});

test('no clock ends a lease: not one that jumps, nor time in which the node was off or slept', async () => {
  const { a, b, held, back } = await makeVanished();
  await live(a, 60);
  for (const jump of [400, -800, 3000]) {
    a.time.step(days(jump));
    await live(a, 1);
  }
  assert.equal(await keptFor(a, b), held);
  await a.stop();
  // Years later, and the machine sleeps for another one between two steps.
  const time = makeManualTime(2_000_000_000_000);
  let slept = 0;
  const late = await open({
    storage: a.storage,
    secrets: a.secrets,
    port: a.port,
    time: { ...time, monotonic: () => time.monotonic() + slept },
  });
  slept = days(365);
  time.pass(days(10));
  await sleep(20);
  assert.equal(await keptFor(late, b), held);
  const again = await back();
  assert.equal(await E(again.holder).tell(await E(again.holder).kept(), 'get', false), 0n);
  await stopAll(late, again.b);
});

test('a lease of 0 days never ends', async () => {
  const { a, b, held } = await makeVanished({ limits: { leaseDays: 0 } });
  await live(a, 500);
  assert.equal(await keptFor(a, b), held);
  await a.stop();
});

test('a node whose vats sleep calls once a day on those of which they keep something', async () => {
  const { a, b, far } = await makePair({ sleep: { idleMilliseconds: 60_000, maxAwake: 1 } });
  const holder = await counter(b, 'holder');
  await E(holder).put('far', far);
  b.setProgram({ holder });
  await b.stop();
  const again = await open({ storage: b.storage, secrets: b.secrets, port: b.port });
  await until(() => a.linkTo(b.designator) === undefined);
  let visits = 0;
  for (let round = 0; round < 20; round += 1) {
    // It is there for a day, and A for ten: it still is the one that has to call.
    again.time.pass(round === 0 ? 60_000 : days(1));
    await until(
      () => a.linkTo(b.designator) !== undefined && again.linkTo(a.designator) !== undefined,
    );
    visits += 1;
    await live(a, 10);
    again.time.pass(2 * 60_000);
    // Nobody needs the link.
    await until(
      () => a.linkTo(b.designator) === undefined && again.linkTo(a.designator) === undefined,
    );
  }
  assert.equal(visits, 20);
  assert.ok((await keptFor(a, b)) > 0);
  const { holder: same } = again.getProgram() as Any;
  const [[, kept]] = await E(same).entries();
  assert.equal(await E(same).tell(kept, 'get', false), 0n);
  await stopAll(a, again);
});

test('what a web session or the program of a node kept is given back when it keeps it no longer', async () => {
  const { a, b, far } = await makePair();
  const relay = await counter(b, 'relay');
  await E(relay).keep(far);
  await a.rest();
  const before = await keptFor(a, b);
  const session = await b.sessions.provide('1');
  const mine = (await session.enliven(parseSturdyRef(b.grantor.sturdy(relay)).swiss)) as Any;
  const made = await E(mine).tell(await E(mine).kept(), 'make', false);
  assert.ok(session.keep(session.slotOf(made as object)));
  b.setProgram({ made: await E(relay).tell(far, 'make', false), relay });
  await collected(async () => (await keptFor(a, b)) === before + 2);
  session.end();
  await collected(async () => (await keptFor(a, b)) === before + 1);
  assert.deepEqual(await b.rows('c/w:'), []);

  // What the program has in its hands stays until the next start.
  const { made: still } = b.getProgram() as Any;
  b.setProgram({ relay });
  assert.equal(await E(still).add(1n), 1n);
  await b.stop();
  const again = await open({ storage: b.storage, secrets: b.secrets, port: b.port });
  const { relay: same } = again.getProgram() as Any;
  assert.equal(await E(same).tell(await E(same).kept(), 'get', false), 0n);
  await until(() => a.linkTo(b.designator) !== undefined);
  await collected(async () => (await keptFor(a, b)) === before);
  await stopAll(a, again);
});

test('whichever node is killed, and whenever, what a vat keeps of another node is kept there', async () => {
  let [a, b] = [await openMortal(), await openMortal()];
  const maker = await counter(a.node, 'maker');
  const sturdyRef = a.node.grantor.sturdy(maker);
  const holder = await counter(b.node, 'holder');
  await E(holder).keep(await E(b.node.enlivener).enliven(sturdyRef));
  b.node.setProgram({ holder });
  await b.node.settled();
  let erased = 0;
  for (let round = 0; round < 24; round += 1) {
    const { holder: keeper } = b.node.getProgram() as Any;
    const far = (await E(keeper).kept()) as Any;
    let isOver = false;
    const work = async (name: string) => {
      for (let i = 0; !isOver; i += 1) {
        const made = (await E(far).makeMany(5)) as Any[];
        // The first is kept; of the others, some are given back at once.
        await E(keeper).put(`${name}.${round}.${i}`, made[0]);
        await E(far).ignore(made);
        gc!();
      }
    };
    const workers = ['x', 'y'].map((name) => work(name).catch(() => {}));
    await sleep(round * 3);
    const killed = round % 2 === 0 ? 'b' : 'a';
    if (killed === 'b') b = await b.revive();
    else a = await a.revive();
    isOver = true;
    await Promise.all(workers);
    const { holder: revived } = b.node.getProgram() as Any;
    await until(
      async () =>
        (await E(revived)
          .tell(await E(revived).kept(), 'get', false)
          .catch(() => undefined)) === 0n,
    );
    for (const [name, kept] of (await E(revived).entries()) as [string, Any][]) {
      assert.equal(await E(revived).tell(kept, 'get', false), 0n, name);
    }
    erased += 1;
  }
  assert.equal(erased, 24);
  // Nothing but what is kept is kept there.
  const { holder: last } = b.node.getProgram() as Any;
  const names = ((await E(last).entries()) as unknown[]).length;
  assert.ok(names > 24);
  await collected(async () => (await keptFor(a.node, b.node)) <= (await b.node.rows('c/')).length);
  await stopAll(a.node, b.node);
});

test('what waits for a node whose lease ends is answered as failed, and its stream goes on', async () => {
  const senderModule = fixture('sender');
  const [time, lines] = [makeManualTime(), [] as string[]];
  const a = await open({ print: (line) => void lines.push(line) });
  const b = await open({ time });
  const makeSender = async (node: LinkedNode): Promise<Any> =>
    node.makeVat({
      module: senderModule,
      label: 'sender',
      powers: { clock: node.clock, timer: node.timer },
      params: { balance: 0n },
    });
  const [atA, atB] = [await makeSender(a), await makeSender(b)];
  const toB = (await E(a.enlivener).enliven(b.grantor.sturdy(atB))) as Any;
  await E(atA).say(toB, 'first');
  await until(async () => (await E(atA).log()).length === 1);
  b.setProgram({ atB });
  await b.stop();
  await E(atA).say(toB, 'lost');
  await a.rest();
  assert.equal((await a.rows('out/')).length, 1);
  await live(a, 93);
  await until(async () => (await E(atA).log()).length === 2);
  assert.match((await E(atA).log())[1], /^rejected unknown lost/);
  assert.deepEqual(await a.rows('ask/'), []);

  // It comes back, is not given what was answered as failed, and is given what follows.
  const again = await open({ storage: b.storage, secrets: b.secrets, port: b.port });
  await E(atA).say(toB, 'second');
  await until(async () => {
    // A dial that failed just before is followed by another only after a while.
    a.time.pass(1000);
    return (await E(atA).log()).length === 3;
  });
  assert.deepEqual(await E((again.getProgram() as Any).atB).log(), ['first', 'second']);
  assert.deepEqual(await a.rows('out/'), []);
  assert.ok(!lines.some((line) => line.includes('quarantine')));
  await stopAll(a, again);
});
