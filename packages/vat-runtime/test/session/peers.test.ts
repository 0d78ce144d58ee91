import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { nodeCiphers } from '@pocas/vat-runtime/node';
import { makeIdentity } from '#src/locator/identity.js';
import { signLocations } from '#src/locator/sign-locations.js';
import { makeHandshake, makeIncarnation } from '#src/session/handshake.js';
import type { Channel } from '#src/session/link.js';
import type { Whereabouts } from '#src/session/whereabouts.js';
import { GREETER_SLOT, designatorIn, makePeers, peerId } from '#src/session/peers.js';
import type { Connection } from '#src/switchboard/connection.js';
import { type Limits, defaultLimits } from '#src/switchboard/limits.js';
import { Switchboard } from '#src/switchboard/switchboard.js';
import { type Message, reverse } from '#src/switchboard/wire.js';
import { call, drop, makeSlots } from '../switchboard/board.ts';

/** Numbers that look random, the same for the same seed. */
const makeChance = (seed: number) => {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

/** A network in which a test says what happens next: each task is a message that arrives, or a tick. */
const makeNetwork = (chance: (below: number) => number) => {
  const lines: (() => void)[][] = [];
  const addLine = () => {
    const line: (() => void)[] = [];
    lines.push(line);
    return line;
  };
  /** Of those that were connected: each cuts the connection. */
  const cuts: (() => void)[] = [];
  const end = (outgoing: (() => void)[]) => {
    let handlers: Parameters<Channel['listen']>[0] | undefined;
    // What comes before anyone listens is kept, as sockets do.
    const early: ((to: NonNullable<typeof handlers>) => void)[] = [];
    const arrive = (task: (to: NonNullable<typeof handlers>) => void) => {
      if (handlers === undefined) early.push(task);
      else task(handlers);
    };
    const made: Channel & { other?: { arrive: typeof arrive } } = {
      send: (message) =>
        void outgoing.push(() => made.other!.arrive(({ onBytes }) => onBytes(message))),
      close: () => void outgoing.push(() => made.other!.arrive(({ onClose }) => onClose())),
      listen: (given) => {
        handlers = given;
        for (const task of early.splice(0)) task(given);
      },
    };
    return Object.assign(made, { arrive });
  };
  return {
    addLine,
    connect(): [Channel, Channel] {
      const [there, back] = [addLine(), addLine()];
      const near = end(there);
      const far = end(back);
      near.other = far;
      far.other = near;
      cuts.push(() => {
        // Each side notices by itself, after some of what was on its way.
        for (const [line, end] of [
          [there, far],
          [back, near],
        ] as const) {
          line.splice(chance(line.length + 1));
          line.push(() => end.arrive(({ onClose }) => onClose()));
        }
      });
      return [near, far];
    },
    /** Cuts every connection. */
    cutAll() {
      for (const cut of cuts.splice(0)) cut();
    },
    /** Lets one thing happen. @returns false where nothing is left */
    step(): boolean {
      const busy = lines.filter((line) => line.length > 0);
      if (busy.length === 0) return false;
      busy[chance(busy.length)]!.shift()!();
      return true;
    },
  };
};

type Network = ReturnType<typeof makeNetwork>;

const makeNode = (
  network: Network,
  chance: (below: number) => number,
  seed: number,
  limits: Partial<Limits> = {},
  locations: readonly string[] = ['ws://here'],
) => {
  const random = (length: number) => Uint8Array.from({ length }, () => chance(256));
  const identity = makeIdentity(new Uint8Array(32).fill(seed));
  const switchboard: Switchboard = new Switchboard({
    slots: makeSlots(),
    gate: (release) => release(),
    provide: () => undefined,
  });
  // Answers every call with its own designator.
  const greeter = switchboard.add('control', { inside: true, remote: false, lasting: true });
  switchboard.up(greeter, {
    send(message: Message, asker) {
      if (message.type !== 'CTP_CALL') return;
      if (asker !== undefined) switchboard.carriedOut(asker);
      switchboard.receive(greeter, {
        type: 'CTP_RETURN',
        epoch: 0,
        answerID: message.questionID,
        result: { body: JSON.stringify(identity.designator), slots: [] },
      });
    },
    end: () => {},
  });
  const ticks = network.addLine();
  const rows = new Map<string, Whereabouts>();
  let time = 0;
  let timers: { readonly at: number; readonly task: () => void }[] = [];
  const routes = new Map<string, (channel: Channel) => void>();
  const dialled: string[] = [];
  let reach: (channel: Channel) => void = () => {
    throw Error('nobody is there');
  };
  const peers = makePeers({
    identity,
    incarnation: makeIncarnation(random),
    random,
    switchboard,
    greeterFor: () => switchboard.refAt(greeter, 'o+dgreeter'),
    ciphers: nodeCiphers,
    ownLocations: () =>
      locations.length === 0 ? undefined : signLocations(identity, locations, seed),
    dial: async (location) => {
      dialled.push(location);
      const [near, far] = network.connect();
      (routes.get(location) ?? reach)(far);
      return near;
    },
    later: (task) => void ticks.push(task),
    after(milliseconds, task) {
      const timer = { at: time + milliseconds, task };
      timers.push(timer);
      return () => void (timers = timers.filter((each) => each !== timer));
    },
    limits: { ...defaultLimits, ...limits },
    getWhereabouts: (designator) => rows.get(designator),
    setWhereabouts: (designator, seen) => void rows.set(designator, seen),
    wallTime: () => 1_000_000,
    log: { tell: () => {}, tells: () => false },
  });
  const caller = switchboard.add('vat', { inside: true, remote: false, lasting: true });
  const answers: string[] = [];
  switchboard.up(caller, {
    send(message: Message) {
      if (message.type !== 'CTP_RETURN') return;
      answers.push(`${message.answerID} ${'result' in message ? message.result.body : 'refused'}`);
    },
    end: () => {},
  });
  let asked = 0;
  return {
    designator: identity.designator,
    identity,
    peers,
    switchboard,
    rows,
    /** Where it looked for others, in order. */
    dialled,
    greeter,
    answers,
    asked: () => asked,
    dials: (to: { peers: typeof peers }) => {
      reach = (channel) => to.peers.accept(channel);
    },
    /** Where another node is, among several. */
    finds(to: { designator: string; peers: typeof peers }) {
      routes.set(`ws://${to.designator}`, (channel) => to.peers.accept(channel));
    },
    ask(designator: string, location = 'ws://there') {
      const unsigned = location === 'none' ? [] : [location];
      const peer = peers.provide(designator, { unsigned });
      const slot = switchboard.introduce(caller, switchboard.refAt(peer, reverse(GREETER_SLOT)));
      asked += 1;
      switchboard.receive(caller, call(`q-${asked}`, slot));
      return switchboard.get(peerId(designator));
    },
    /** The caller drops what it holds of others. */
    forget() {
      for (const slot of [...caller.bySlot.keys()]) switchboard.receive(caller, drop(slot, 100));
    },
    fireTimers() {
      for (const { task } of timers.splice(0)) task();
    },
    /** So much time passes. */
    pass(milliseconds: number) {
      time += milliseconds;
      const due = timers.filter(({ at }) => at <= time);
      timers = timers.filter(({ at }) => at > time);
      for (const { task } of due) task();
    },
  };
};

const drained = () => new Promise((resolve) => setImmediate(resolve));

/** Lets everything happen, in an order that chance gives. */
const run = async (network: Network, chance: (below: number) => number) => {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    await drained();
    while (network.step()) {
      quiet = 0;
      if (chance(4) === 0) await drained();
    }
  }
};

type TestNode = ReturnType<typeof makeNode>;

const makeNodes = (network: Network, chance: (below: number) => number, count: number) => {
  const nodes = Array.from({ length: count }, (_, i) =>
    makeNode(network, chance, i + 1, {}, [`ws://${designatorOf(i + 1)}`]),
  );
  for (const node of nodes) for (const other of nodes) node.finds(other);
  return nodes;
};
const designatorOf = (seed: number) => makeIdentity(new Uint8Array(32).fill(seed)).designator;
const pairsOf = (nodes: readonly TestNode[]) =>
  nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => [from, to] as const));
const askFor = ([from, to]: readonly [TestNode, TestNode]) =>
  from.ask(to.designator, `ws://${to.designator}`);

/** Each two have one session, the same at both ends, on which calls are answered. */
const assertJoined = async (
  nodes: readonly TestNode[],
  network: Network,
  chance: (below: number) => number,
  what: string,
) => {
  for (const [from, to] of pairsOf(nodes)) {
    assert.equal(from.peers.linkTo(to.designator)?.peer.designator, to.designator, what);
  }
  for (const node of nodes) assert.equal(node.peers.open(), nodes.length - 1, what);
  for (const pair of pairsOf(nodes)) {
    const [{ answers }, { designator }] = pair;
    const before = answers.length;
    askFor(pair);
    await run(network, chance);
    assert.equal(answers.length, before + 1, what);
    assert.match(answers.at(-1)!, new RegExp(`^q-[0-9]+ "${designator}"$`), what);
  }
};

for (const [count, seeds] of [
  [2, 150],
  [5, 10],
] as const) {
  test(`${count} nodes that dial each other at once end with one session for each two, and no call is lost`, async () => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const chance = makeChance(seed * 7919);
      const network = makeNetwork(chance);
      const nodes = makeNodes(network, chance, count);
      // Twice from each to each: some before there is a link, some while two are being made.
      const asks = [...pairsOf(nodes), ...pairsOf(nodes)].sort(() => chance(3) - 1);
      for (const pair of asks) {
        askFor(pair);
        for (let steps = chance(8); steps > 0 && network.step(); steps -= 1);
        if (chance(3) === 0) await drained();
      }
      await run(network, chance);
      for (const { answers, asked } of nodes) {
        assert.equal(answers.length, asked(), `seed ${seed}: a call hangs`);
        assert.deepEqual(
          answers.filter((answer) => answer.endsWith('refused')),
          [],
          `seed ${seed}`,
        );
      }
      await assertJoined(nodes, network, chance, `seed ${seed}`);
    }
  });
}

test('wherever in two crossed dials every connection is cut, there is one session in the end', async () => {
  for (let step = 0; step < 30; step += 1) {
    for (let seed = 1; seed <= 4; seed += 1) {
      const chance = makeChance(step * 31 + seed * 7919);
      const network = makeNetwork(chance);
      const nodes = makeNodes(network, chance, 2);
      for (const pair of pairsOf(nodes)) askFor(pair);
      await drained();
      for (let taken = 0; taken < step; taken += 1) {
        network.step();
        if (chance(3) === 0) await drained();
      }
      network.cutAll();
      // Both hold something of each other's, so they dial again by themselves.
      for (let round = 0; round < 12; round += 1) {
        await run(network, chance);
        // At different times, as clocks and jitter have it.
        for (const node of nodes) if (chance(2) === 0) node.pass(400);
      }
      const what = `step ${step}, seed ${seed}`;
      for (const { answers, asked } of nodes) {
        assert.equal(answers.length, asked(), `${what}: a call hangs`);
      }
      await assertJoined(nodes, network, chance, what);
    }
  }
});

test('a node that nobody holds anything of is not dialled again', async () => {
  const chance = makeChance(7);
  const network = makeNetwork(chance);
  const a = makeNode(network, chance, 1);
  const b = makeNode(network, chance, 2);
  let dialled = 0;
  a.dials({
    peers: {
      ...b.peers,
      accept(channel: Channel) {
        dialled += 1;
        channel.listen({ onBytes: () => {}, onClose: () => {} });
        channel.close();
      },
    },
  });
  a.ask(b.designator);
  await drained();
  while (network.step()) await drained();
  await drained();
  assert.deepEqual([dialled, a.answers], [1, ['q-1 refused']]);
  // The caller still holds the far greeter.
  a.fireTimers();
  await drained();
  while (network.step()) await drained();
  await drained();
  assert.equal(dialled, 2);
  a.forget();
  a.fireTimers();
  await drained();
  while (network.step()) await drained();
  await drained();
  const before = dialled;
  a.fireTimers();
  await drained();
  assert.equal(dialled, before);
});

/** Lets everything happen. */
const settle = async (network: Network) => {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    await drained();
    while (network.step()) quiet = 0;
  }
};

test('a stranger leaves no row and no memory when it goes; one of whom something is kept leaves both', async () => {
  const chance = makeChance(3);
  const network = makeNetwork(chance);
  const a = makeNode(network, chance, 1);
  const visit = async (seed: number, meanwhile = (_party: Connection) => {}) => {
    const b = makeNode(network, chance, seed);
    b.dials(a);
    b.ask(a.designator);
    await settle(network);
    assert.equal(b.answers.length, 1);
    meanwhile(a.switchboard.get(peerId(b.designator))!);
    b.forget();
    b.peers.stop();
    await settle(network);
    return b.designator;
  };
  for (let seed = 10; seed < 30; seed += 1) {
    const designator = await visit(seed);
    assert.equal(a.switchboard.get(peerId(designator)), undefined);
  }
  assert.deepEqual([a.peers.counts().nodes, a.rows.size], [0, 0]);

  const held = await visit(30, (party) => {
    a.switchboard.introduce(a.greeter, a.switchboard.refAt(party, 'o+d7'));
    a.peers.remember(designatorIn(party.id)!);
  });
  assert.notEqual(a.switchboard.get(peerId(held)), undefined);
  assert.deepEqual([...a.rows.keys()], [held]);
  assert.deepEqual(a.rows.get(held)?.locations, ['ws://here']);
  assert.equal(a.rows.get(held)?.designator, held);
});

test('a stranger that cannot be dialled is forgotten once nothing of it is held, and not before', async () => {
  const chance = makeChance(5);
  const network = makeNetwork(chance);
  const a = makeNode(network, chance, 1);
  const b = makeNode(network, chance, 2, {}, []);
  b.dials(a);
  b.ask(a.designator);
  await settle(network);
  const party = a.switchboard.get(peerId(b.designator))!;
  const slot = a.switchboard.introduce(a.greeter, a.switchboard.refAt(party, 'o+d7'));
  b.forget();
  b.peers.stop();
  await settle(network);
  a.fireTimers();
  await settle(network);
  assert.equal(a.peers.counts().nodes, 1);
  a.switchboard.receive(a.greeter, drop(slot, 1));
  a.fireTimers();
  assert.equal(a.peers.counts().nodes, 0);
  assert.equal(a.switchboard.get(peerId(b.designator)), undefined);
});

/** A channel on which nobody ever speaks. */
const makeSilent = () => {
  const closed: (string | undefined)[] = [];
  const channel: Channel = {
    send: () => {},
    close: (reason) => void closed.push(reason),
    listen: () => {},
  };
  return { channel, closed };
};

test('of links without a handshake the oldest ends when there are too many', () => {
  const chance = makeChance(3);
  const a = makeNode(makeNetwork(chance), chance, 1, { maxHandshakes: 3 });
  const silent = Array.from({ length: 5 }, makeSilent);
  for (const { channel } of silent) a.peers.accept(channel);
  const reason = 'too many links wait for a handshake';
  assert.deepEqual(
    silent.map(({ closed }) => closed),
    [[reason], [reason], [], [], []],
  );
  assert.deepEqual(a.peers.counts().handshakes, 3);
  assert.deepEqual(a.peers.counts().ended, { [reason]: 2 });
});

test('a flood of links without a handshake ends none that this node dialled', async () => {
  const chance = makeChance(4);
  const network = makeNetwork(chance);
  const a = makeNode(network, chance, 1, { maxHandshakes: 3, maxLinks: 8 });
  const b = makeNode(network, chance, 2);
  a.dials(b);
  a.ask(b.designator);
  const isUnderWay = () => a.peers.counts().handshakes === 1;
  while (!isUnderWay()) {
    network.step();
    await Promise.resolve();
  }
  // Strangers come as fast as they can while the handshake is on its way.
  for (let i = 0; i < 50; i += 1) a.peers.accept(makeSilent().channel);
  await settle(network);
  assert.notEqual(a.peers.linkTo(b.designator), undefined);
});

test('what a process that has ended left on its way takes the place of its successor for a moment only', async () => {
  const chance = makeChance(8);
  const network = makeNetwork(chance);
  const a = makeNode(network, chance, 1);
  const b = makeNode(network, chance, 2);
  // Of the process before: all of a handshake but its last message, which somebody keeps back.
  const random = (length: number) => Uint8Array.from({ length }, () => chance(256));
  const before = makeHandshake({
    ...{ role: 'dialer', identity: b.identity, incarnation: makeIncarnation(random) },
    ...{ lasting: true, locations: undefined, ciphers: nodeCiphers, random, expect: a.designator },
    sessionKey: nodeCiphers.makeAgreementKey(random(32)),
  });
  let keptBack: Uint8Array | undefined;
  const [near, far] = network.connect();
  near.listen({
    onBytes: (message) => void ([keptBack] = before.receive(message).send),
    onClose: () => {},
  });
  a.peers.accept(far);
  for (const message of before.start()) near.send(message);
  await settle(network);
  b.dials(a);
  b.ask(a.designator);
  await settle(network);
  const session = a.peers.linkTo(b.designator);
  assert.notEqual(session, undefined);

  near.send(keptBack!);
  await settle(network);
  assert.notEqual(a.peers.linkTo(b.designator), session);
  // The one that lives dials anew by itself, since it holds something, and its calls are answered.
  for (let i = 0; i < 4; i += 1) {
    b.pass(1000);
    await settle(network);
  }
  assert.notEqual(b.peers.linkTo(a.designator), undefined);
  b.ask(a.designator);
  await settle(network);
  assert.match(b.answers.at(-1)!, new RegExp(a.designator));
});

test('of too many links one of a stranger ends; where all are somebody’s the new one is refused', async () => {
  const chance = makeChance(5);
  const network = makeNetwork(chance);
  const a = makeNode(network, chance, 1, { maxLinks: 2 });
  const join = async (seed: number) => {
    const b = makeNode(network, chance, seed);
    b.dials(a);
    b.ask(a.designator);
    await settle(network);
    return b;
  };
  /** Hands an object of this node to the other. */
  const grant = (designator: string) => {
    const party = a.switchboard.get(peerId(designator))!;
    a.switchboard.introduce(party, a.switchboard.refAt(a.greeter, 'o+d5'));
  };
  const friend = await join(10);
  grant(friend.designator);
  const stranger = await join(11);
  const next = await join(12);
  const isLinked = ({ designator }: { designator: string }) =>
    a.peers.linkTo(designator) !== undefined;
  assert.deepEqual([friend, stranger, next].map(isLinked), [true, false, true]);
  grant(next.designator);
  const { channel, closed } = makeSilent();
  a.peers.accept(channel);
  assert.deepEqual(closed, ['too many links']);
  assert.deepEqual([friend, next].map(isLinked), [true, true]);
});

const designatorFor = (n: number) =>
  makeIdentity(Uint8Array.from({ length: 32 }, (_, i) => (i < 2 ? (n >> (8 * i)) & 255 : 7)))
    .designator;

test('nodes without an address that somebody names leave nothing when they were asked for', async () => {
  const chance = makeChance(6);
  const network = makeNetwork(chance);
  const a = makeNode(network, chance, 1);
  for (let n = 0; n < 20; n += 1) {
    a.ask(designatorFor(n), 'none');
    await settle(network);
    a.forget();
  }
  await settle(network);
  a.fireTimers();
  assert.equal(a.answers.length, 20);
  assert.equal(a.peers.counts().nodes, 0);
});

test('of nodes that somebody names so many are dialled at a time, beside those of which something is kept', async () => {
  const chance = makeChance(7);
  const network = makeNetwork(chance);
  const a = makeNode(network, chance, 1, { maxDials: 3 });
  const friend = makeNode(network, chance, 2);
  a.finds(friend);
  // Nobody answers at any of these.
  const silent = { peers: { accept: () => {} } as unknown as typeof a.peers };
  a.dials(silent);
  for (let n = 0; n < 20; n += 1) a.ask(designatorFor(n), 'ws://victim');
  await run(network, chance);
  assert.equal(a.dialled.length, 3);
  assert.equal(a.answers.filter((answer) => answer.endsWith('refused')).length, 17);
  a.peers.remember(friend.designator);
  a.ask(friend.designator, `ws://${friend.designator}`);
  await run(network, chance);
  assert.notEqual(a.peers.linkTo(friend.designator), undefined);
  // When these are given up there is room again.
  a.forget();
  for (let i = 0; i < 3; i += 1) {
    a.pass(60_000);
    await run(network, chance);
  }
  assert.equal(a.peers.counts().handshakes, 0);
  a.ask(designatorFor(30), 'ws://victim');
  await run(network, chance);
  assert.equal(a.peers.counts().handshakes, 1);
});

test('where others say that a node is holds with its signature only, the newest, until it says so itself', async () => {
  const chance = makeChance(7);
  const network = makeNetwork(chance);
  // Its clock shows 1,000,000 milliseconds.
  const a = makeNode(network, chance, 1);
  const b = makeNode(network, chance, 2);
  const { designator, identity } = b;
  const word = (location: string, at: number) => ({
    signed: signLocations(identity, [location], at),
  });
  a.peers.provide(designator, word('ws://newer', 900));
  a.peers.provide(designator, word('ws://older', 800));
  a.peers.provide(designator, word('ws://ahead', 1_000_000 + 24 * 60 * 60 * 1000 + 1));
  a.peers.provide(designator, { signed: signLocations(a.identity, ['ws://mine'], 950) });
  assert.deepEqual(a.peers.locationsOf(designator), word('ws://newer', 900).signed);
  a.ask(designator);
  await settle(network);
  // What a person pasted comes after that.
  assert.deepEqual(a.dialled, ['ws://newer', 'ws://there']);

  // Over its own link it says where it is, by a clock that is far behind.
  b.dials(a);
  b.ask(a.designator);
  await settle(network);
  assert.deepEqual(a.peers.locationsOf(designator), signLocations(identity, ['ws://here'], 2));
  assert.deepEqual(a.peers.locationsOf(a.designator), signLocations(a.identity, ['ws://here'], 1));
  assert.equal(a.peers.locationsOf('a'.repeat(52)), undefined);
  a.peers.provide(designator, word('ws://later', 900));
  assert.deepEqual(a.peers.locationsOf(designator)!.locations, ['ws://later']);
});
