import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { makeIdentity } from '#src/locator/identity.js';
import { makeIncarnation } from '#src/session/handshake.js';
import type { Channel } from '#src/session/link.js';
import { GREETER_SLOT, makePeers, peerId } from '#src/session/peers.js';
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

/** A network in which a test says what happens next: each task is a text that arrives, or a tick. */
const makeNetwork = (chance: (below: number) => number) => {
  const lines: (() => void)[][] = [];
  const addLine = () => {
    const line: (() => void)[] = [];
    lines.push(line);
    return line;
  };
  const end = (outgoing: (() => void)[]) => {
    let handlers: Parameters<Channel['listen']>[0] | undefined;
    const arrive = (task: (to: NonNullable<typeof handlers>) => void) => task(handlers!);
    const made: Channel & { other?: { arrive: typeof arrive } } = {
      send: (text) => void outgoing.push(() => made.other!.arrive(({ onText }) => onText(text))),
      close: () => void outgoing.push(() => made.other!.arrive(({ onClose }) => onClose())),
      listen: (given) => {
        handlers = given;
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
      return [near, far];
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

const makeNode = (network: Network, chance: (below: number) => number, seed: number) => {
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
  const timers: (() => void)[] = [];
  let reach = (_channel: Channel) => {};
  const peers = makePeers({
    identity,
    incarnation: makeIncarnation(random),
    random,
    switchboard,
    greeter: switchboard.refAt(greeter, 'o+dgreeter'),
    locations: () => ['ws://here'],
    dial: async () => {
      const [near, far] = network.connect();
      reach(far);
      return near;
    },
    later: (task) => void ticks.push(task),
    after(_milliseconds, task) {
      timers.push(task);
      return () => void timers.splice(timers.indexOf(task), timers.includes(task) ? 1 : 0);
    },
    getLocations: () => [],
    setLocations: () => {},
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
    peers,
    answers,
    asked: () => asked,
    dials: (to: { peers: typeof peers }) => {
      reach = (channel) => to.peers.accept(channel);
    },
    ask(designator: string) {
      const peer = peers.provide(designator, ['ws://there']);
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
      for (const task of timers.splice(0)) task();
    },
  };
};

const drained = () => new Promise((resolve) => setImmediate(resolve));

test('two nodes that dial each other at once end with one and the same link, in whatever order things happen', async () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const chance = makeChance(seed);
    const network = makeNetwork(chance);
    const a = makeNode(network, chance, 1);
    const b = makeNode(network, chance, 2);
    a.dials(b);
    b.dials(a);
    a.ask(b.designator);
    b.ask(a.designator);
    await drained();
    while (network.step()) if (chance(4) === 0) await drained();
    await drained();
    while (network.step()) await drained();

    assert.deepEqual([a.peers.open(), b.peers.open()], [1, 1], `seed ${seed}`);
    assert.ok(
      a.peers.linkTo(b.designator) !== undefined && b.peers.linkTo(a.designator) !== undefined,
    );
    // Each first call was answered, or refused because its link was replaced; the next ones are answered.
    for (const [from, to] of [
      [a, b],
      [b, a],
    ] as const) {
      from.ask(to.designator);
      while (network.step());
      assert.equal(from.answers.length, 2, `seed ${seed}: a call hangs`);
      assert.equal(from.answers[1], `q-2 ${JSON.stringify(to.designator)}`);
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
        channel.listen({ onText: () => {}, onClose: () => {} });
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
