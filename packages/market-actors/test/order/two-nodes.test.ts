/** Orders whose money or thing is at another node, over a link that breaks and nodes that stop. */
import { here as bench, makeBench, next, ok, stands } from './fixture.ts';
import type { Any } from './fixture.ts';
import { type TestNode, makeTestNode } from '@pocas/vat-runtime/testing';
import { createServer } from 'node:http';
import {
  type AddressInfo,
  type Socket,
  connect as connectTcp,
  createServer as createTcpServer,
} from 'node:net';
import test from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { E } from '@endo/far';
import { LINK_PATH, bundleVat } from '@pocas/vat-runtime/node';

const hostile = bundleVat(bench('hostile-vat.ts'));

type Linked = TestNode & { readonly port: number; cut(): void };
type Kept = Partial<Pick<TestNode, 'storage' | 'secrets'>>;

const startLinked = async (kept: Kept = {}, port = 0, told = 0): Promise<Linked> => {
  const { storage, secrets } = kept;
  const node = await makeTestNode({
    print: () => {},
    limits: { maxWithdrawalMilliseconds: 300 },
    ...(storage === undefined ? {} : { storage }),
    ...(secrets === undefined ? {} : { secrets }),
  });
  const server = createServer();
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: bound } = server.address() as AddressInfo;
  node.listen(server, `ws://127.0.0.1:${told === 0 ? bound : told}${LINK_PATH}`);
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    ...node,
    port: bound,
    cut,
    async stop() {
      await node.stop();
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** A market at one node; another market and a workshop at the other. */
const makeApart = async (): Promise<Any> => {
  const world: Any = { a: await startLinked(), b: await startLinked() };
  const market = await makeBench(world.a);
  const other = await makeBench(world.b, 'litros');
  for (const one of [market, other]) for (const name of ['Ana', 'Beto']) await E(one).join(name);
  const { owner } = await E(other).home(3n);
  const { claim } = await E(owner).claimFor('K', next());
  world.b.setProgram({ other, owner });
  const atA = async (facet: Any): Promise<Any> =>
    E(world.a.enlivener).enliven(await E(world.b.grantor).sturdy(facet));
  const [issuer, payee] = [
    await atA(await E(other).issuer()),
    await atA(await E(E(other).care('Beto')).payee()),
  ];
  // All that is used later is found again in the program after a restart.
  world.a.setProgram({ market, kits: [], legs: [], claim: await atA(claim) });
  return {
    world,
    here: () => world.a.getProgram(),
    there: () => world.b.getProgram(),
    /** What Ana sets aside at the other node, and hands over here. */
    async leg(value: bigint): Promise<void> {
      const account = await E(E(other).care('Ana')).account();
      const terms = { divisible: true };
      const at = await E(E(other).care('Beto')).payee();
      const held = ok(await E(account).hold(at, value, terms, next()));
      const [hold, decider] = [await atA(held.hold), await atA(held.decider)];
      const leg = { kind: 'far', hold, decider, issuer, payee, value, unit: 'litros' };
      const program = world.a.getProgram();
      world.a.setProgram({ ...program, legs: [...program.legs, leg] });
    },
    /** @param leg - which of those that were set aside is a part of the price */
    async place(own: bigint, leg?: number): Promise<Any> {
      const program = world.a.getProgram();
      const { claim: home, legs } = program;
      const rest = { claim: home, legs: leg === undefined ? [] : [legs[leg]] };
      const kit = ok(await E(program.market).order('Ana', 'Beto', own, rest, next()));
      world.a.setProgram({ ...program, kits: [...program.kits, kit] });
      return kit;
    },
    async stopA(): Promise<void> {
      await world.a.stop();
      world.a = await startLinked(world.a, world.a.port);
    },
    async stopB(): Promise<void> {
      await world.b.stop();
      world.b = await startLinked(world.b, world.b.port);
    },
    cut(): void {
      world.a.cut();
      world.b.cut();
    },
    /** Waits until an order is as it should be, however often its node was started again. */
    async until(index: number, holds: (view: Any) => boolean): Promise<Any> {
      for (let i = 0; i < 2_000; i += 1) {
        const view = await E(world.a.getProgram().kits[index].buyer).view();
        if (holds(view)) return view;
        await wait(5);
      }
      throw Error(`Cannot go on: order ${index} never was as it should be`);
    },
    async stop(): Promise<void> {
      await world.a.stop();
      await world.b.stop();
    },
  };
};

const isQuiet = ({ pending }: Any): boolean => pending === undefined;

test('money and thing at another node: whatever breaks on the way, all of it goes one way, once', async () => {
  const apart = await makeApart();
  const { here, there } = apart;
  for (const value of [6n, 4n, 2n]) await apart.leg(value);

  // The link breaks while the hold is being taken over, and the other node stops before it answers.
  await apart.place(10n, 0);
  apart.cut();
  await apart.stopB();
  await apart.until(0, ({ phase }: Any) => phase === 'claimed');

  // This node stops as soon as it has asked, and the link breaks again when it is back.
  await apart.place(20n, 1);
  await apart.stopA();
  apart.cut();
  await apart.until(1, ({ phase }: Any) => phase === 'claimed');

  // The end of both is on the way when both stop.
  const [paid, cancelled] = here().kits;
  ok(await E(paid.seller).handOver());
  ok(await E(paid.buyer).accept());
  apart.cut();
  ok(await E(cancelled.buyer).cancel());
  await apart.stopA();
  await apart.stopB();
  await apart.until(0, isQuiet);
  await apart.until(1, isQuiet);

  // Cancelled while everything is still under way.
  const early = await apart.place(5n, 2);
  ok(await E(early.buyer).cancel());
  apart.cut();
  await apart.stopB();
  await apart.until(2, isQuiet);

  const { market } = here();
  const { other, owner } = there();
  // What was given back travels after the answer that the page shows.
  for (let i = 0; i < 2_000; i += 1) {
    const [, held] = await stands(other, 'Ana');
    const { free } = await E(owner).view();
    if (held === 0n && free === 2n) break;
    await wait(5);
  }
  assert.deepEqual(await stands(market, 'Ana'), [-10n, 0n, 0n]);
  assert.deepEqual(await stands(market, 'Beto'), [10n, 0n, 0n]);
  assert.deepEqual(await stands(other, 'Ana'), [-6n, 0n, 0n]);
  assert.deepEqual(await stands(other, 'Beto'), [6n, 0n, 0n]);
  const { free, claimed, fulfilled } = await E(owner).view();
  assert.deepEqual([free, claimed, fulfilled], [2n, 0n, 1n]);
  const phases = await Promise.all(
    here().kits.map(async (kit: Any) => (await E(kit.buyer).view()).phase),
  );
  assert.deepEqual(phases, ['accepted', 'cancelled', 'cancelled']);
  for (const kit of here().kits) assert.equal((await E(kit.watcher).ends()).length, 1);
  await E(market).check();
  await E(other).check();
  await apart.stop();
});

test('a home that cannot be reached: nothing is sold on a guess, and the buyer can go', async () => {
  const apart = await makeApart();
  const { here } = apart;
  await apart.world.b.stop();
  const kit = await apart.place(10n);
  await apart.world.a.settled();
  assert.equal((await E(kit.buyer).view()).phase, 'escrowed');
  assert.deepEqual(await E(kit.seller).handOver(), { ok: false, code: 'notYet' });
  assert.deepEqual(await stands(here().market, 'Ana'), [-10n, 10n, 0n]);
  ok(await E(kit.buyer).cancel());
  assert.deepEqual(await stands(here().market, 'Ana'), [0n, 0n, 0n]);
  // The home comes back, hears of the order and of its end, and has all of its units.
  apart.world.b = await startLinked(apart.world.b, apart.world.b.port);
  const { owner } = apart.there();
  for (let i = 0; i < 2_000 && (await E(owner).view()).markets[1].unused === 0n; i += 1)
    await wait(5);
  const { free, claimed, fulfilled } = await E(owner).view();
  assert.deepEqual([free, claimed, fulfilled], [3n, 0n, 0n]);
  await apart.stop();
});

/** A way to a port that can be made to swallow all that goes through it, with every connection left open. */
const makeWay = async () => {
  let to = 0;
  let open = true;
  const server = createTcpServer((near) => {
    const far = connectTcp(to, '127.0.0.1');
    const pass = (from: Socket, into: Socket) =>
      from.on('data', (bytes) => open && into.write(bytes)).on('error', () => into.destroy());
    pass(near, far);
    pass(far, near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    leadTo: (port: number) => void (to = port),
    swallow: () => void (open = false),
    close: () => server.close(),
  };
};

test('a hold of a third node, which is away or swallows all, keeps no other order from that ledger', async () => {
  const apart = await makeApart();
  const { here, world } = apart;
  for (const value of [6n, 6n]) await apart.leg(value);
  const way = await makeWay();
  const third = await startLinked({}, 0, way.port);
  way.leadTo(third.port);
  const vat = (await third.makeVat({ module: await hostile, label: 'away' })) as Any;
  const away = await E(vat).hostile();
  third.setProgram({ away });
  const held = (await E(world.a.enlivener).enliven(await E(third.grantor).sturdy(away))) as Any;
  const program = here();
  const [good] = program.legs;
  // Whoever buys chooses when the node goes: as soon as the market has the reference.
  world.a.setProgram({
    ...program,
    legs: [...program.legs, { ...good, hold: held, decider: held }],
  });
  await world.a.settled();
  way.swallow();
  await apart.place(10n, 2);
  await apart.place(10n, 0);
  await apart.until(1, ({ phase }: Any) => phase === 'claimed');
  await third.stop();
  way.close();
  await apart.place(10n, 2);
  await apart.place(10n, 1);
  await apart.until(3, ({ phase }: Any) => phase === 'claimed');
  await apart.stop();
});
