import {
  type Person,
  type TestNode,
  checkSum,
  join,
  makeMarket,
  makeTestNode,
  next,
  ok,
} from '../fixture.ts';
import test, { after, before, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { OrderBuyer, OrderPhase, OrderSeller, Steward } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

let node: TestNode;
let steward: Facet<Steward>;
let ana: Person;
let beto: Person;

/** A market of their own for Ana, who offers jam, and Beto. */
const open = async () => {
  steward = await makeMarket(node);
  ana = await join(steward, 'Ana');
  beto = await join(steward, 'Beto');
  await ana.offer('jam', 5n, 3n);
};

before(async () => {
  node = await makeTestNode();
});
beforeEach(open);
after(() => node.stop());

type Sides = { buyer: Facet<OrderBuyer>; seller: Facet<OrderSeller> };
const steps = {
  ready: ({ seller }: Sides) => E(seller).ready(),
  handedOver: ({ seller }: Sides) => E(seller).handOver(),
  accepted: ({ buyer }: Sides) => E(buyer).accept(),
  cancelled: ({ buyer }: Sides) => E(buyer).cancel(),
  refused: ({ seller }: Sides) => E(seller).refuse(),
};
type Step = keyof typeof steps;
const allSteps = Object.keys(steps) as Step[];

/** An order of two jars, brought into a phase. */
const orderIn = async (...path: Step[]): Promise<Sides> => {
  const buyer = await beto.order('jam', 2n);
  const sides = { buyer, seller: await ana.lastSale() };
  for (const step of path) ok(await steps[step](sides));
  return sides;
};

/** What each phase answers to each step: `ok`, or the code of the refusal. */
const table: { [phase in OrderPhase]: { path: Step[]; answers: { [step in Step]: string } } } = {
  escrowed: {
    path: [],
    answers: {
      ready: 'ok',
      handedOver: 'notYet',
      accepted: 'notYet',
      cancelled: 'ok',
      refused: 'ok',
    },
  },
  ready: {
    path: ['ready'],
    answers: {
      ready: 'ok',
      handedOver: 'ok',
      accepted: 'notYet',
      cancelled: 'closed',
      refused: 'ok',
    },
  },
  handedOver: {
    path: ['ready', 'handedOver'],
    answers: {
      ready: 'ok',
      handedOver: 'ok',
      accepted: 'ok',
      cancelled: 'closed',
      refused: 'closed',
    },
  },
  accepted: {
    path: ['ready', 'handedOver', 'accepted'],
    answers: {
      ready: 'ok',
      handedOver: 'ok',
      accepted: 'ok',
      cancelled: 'closed',
      refused: 'closed',
    },
  },
  cancelled: {
    path: ['cancelled'],
    answers: {
      ready: 'closed',
      handedOver: 'closed',
      accepted: 'closed',
      cancelled: 'ok',
      refused: 'closed',
    },
  },
  refused: {
    path: ['ready', 'refused'],
    answers: {
      ready: 'closed',
      handedOver: 'closed',
      accepted: 'closed',
      cancelled: 'closed',
      refused: 'ok',
    },
  },
};

for (const [phase, { path, answers }] of Object.entries(table)) {
  test(`an order that is ${phase} takes exactly its own steps`, async () => {
    for (const step of allSteps) {
      await open();
      const sides = await orderIn(...path);
      assert.equal((await E(sides.buyer).view()).phase, phase);
      const answer = await steps[step](sides);
      assert.equal(answer.ok ? 'ok' : answer.code, answers[step], `${step} in ${phase}`);
      const moved = answer.ok && !path.includes(step);
      assert.equal((await E(sides.seller).view()).phase, moved ? step : phase);
      await checkSum(steward, [ana, beto]);
    }
  });
}

test('an order sets the whole price aside and pays it when accepted', async () => {
  const sides = await orderIn();
  const placed = await beto.view();
  assert.deepEqual(
    [placed.balance, placed.held, placed.available, (await ana.view()).balance],
    [-10n, 10n, 10n, 0n],
  );
  for (const step of ['ready', 'handedOver'] as const) {
    ok(await steps[step](sides));
    assert.equal((await beto.view()).held, 10n);
    assert.equal((await ana.view()).balance, 0n);
  }
  ok(await steps.accepted(sides));
  const paid = await beto.view();
  assert.deepEqual([paid.balance, paid.held, (await ana.view()).balance], [-10n, 0n, 10n]);
  await checkSum(steward, [ana, beto]);
});

for (const [end, path] of [
  ['cancelled', ['cancelled']],
  ['refused', ['refused']],
  ['refused', ['ready', 'refused']],
] as const) {
  test(`an order that is ${end} after ${path.length} steps gives everything back`, async () => {
    assert.equal((await beto.view()).offers[0]!.available, 3n);
    await orderIn(...path);
    const { balance, held, offers } = await beto.view();
    assert.deepEqual([balance, held, offers[0]!.available], [0n, 0n, 3n]);
    assert.equal((await ana.view()).balance, 0n);
    await checkSum(steward, [ana, beto]);
  });
}

test('ending an order twice gives back once', async () => {
  const sides = await orderIn('cancelled');
  for (let copy = 0; copy < 3; copy += 1) ok(await steps.cancelled(sides));
  const { balance, offers } = await beto.view();
  assert.deepEqual([balance, offers[0]!.available], [0n, 3n]);
});

test('silence after the handing over loses nothing', async () => {
  await orderIn('ready', 'handedOver');
  const { balance, held } = await beto.view();
  assert.deepEqual([balance, held], [-10n, 10n]);
  await checkSum(steward, [ana, beto]);
});

test('the buyer has no method of the seller, nor the seller one of the buyer', async () => {
  const { buyer, seller } = await orderIn();
  const asSeller = buyer as unknown as Facet<OrderSeller>;
  await assert.rejects(E(asSeller).ready());
  await assert.rejects(E(asSeller).handOver());
  await assert.rejects(E(asSeller).refuse());
  const asBuyer = seller as unknown as Facet<OrderBuyer>;
  await assert.rejects(E(asBuyer).accept());
  await assert.rejects(E(asBuyer).cancel());
});

test('the page offers exactly what can be done now', async () => {
  const methodsOf = async (act: object | undefined) => {
    if (act === undefined) return [];
    const described = act as { __describe__(): { methods: object } };
    return Object.keys((await E(described).__describe__()).methods).sort();
  };
  const shown = async () => {
    const [purchase] = (await beto.view()).purchases;
    const [sale] = (await ana.view()).sales;
    return [await methodsOf(purchase!.act), await methodsOf(sale!.act)];
  };
  const sides = await orderIn();
  assert.deepEqual(await shown(), [['cancel'], ['ready', 'refuse']]);
  ok(await steps.ready(sides));
  assert.deepEqual(await shown(), [[], ['handOver', 'refuse']]);
  ok(await steps.handedOver(sides));
  assert.deepEqual(await shown(), [['accept'], []]);
  ok(await steps.accepted(sides));
  assert.deepEqual(await shown(), [[], []]);
});

test('the controls of a page do what the facets behind them do', async () => {
  await orderIn();
  type Acts = { ready(): unknown; handOver(): unknown; accept(): unknown };
  const act = async (person: Person, side: 'purchases' | 'sales') =>
    (await person.view())[side][0]!.act as unknown as Facet<Acts>;
  await E(await act(ana, 'sales')).ready();
  await E(await act(ana, 'sales')).handOver();
  await E(await act(beto, 'purchases')).accept();
  assert.equal((await beto.view()).purchases[0]!.phase, 'accepted');
  assert.equal((await ana.view()).balance, 10n);

  await orderInTo(1n);
  await E((await beto.view()).purchases[0]!.act as Facet<{ cancel(): unknown }>).cancel();
  await orderInTo(1n);
  await E((await ana.view()).sales[0]!.act as Facet<{ refuse(): unknown }>).refuse();
  const phases = (await beto.view()).purchases.map(({ phase }) => phase);
  assert.deepEqual(phases, ['refused', 'cancelled', 'accepted']);
});
const orderInTo = (quantity: bigint) => beto.order('jam', quantity);

test('open orders come first, and of the ended ones only the latest are shown', async () => {
  for (let round = 0; round < 12; round += 1) await E(await beto.order('jam')).cancel();
  await beto.order('jam');
  const { purchases } = await beto.view();
  assert.equal(purchases.length, 6);
  assert.equal(purchases[0]!.phase, 'escrowed');
  assert.equal((await ana.view()).sales.length, 6);
});

test('a participant may have twenty orders open', async () => {
  await ana.offer('grain of rice', 0n, 100n);
  const { offers } = await beto.view();
  const { offer } = offers.find(({ what }) => what === 'grain of rice')!;
  for (let order = 0; order < 20; order += 1) ok(await E(beto.self).order(offer, 1n, next()));
  assert.deepEqual(await E(beto.self).order(offer, 1n, next()), { ok: false, code: 'quota' });
});

test('orders that wait for the seller are shown before those that wait for the buyer', async () => {
  await ana.offer('grain of rice', 0n, 100n);
  const carla = await join(steward, 'Carla');
  for (let order = 0; order < 20; order += 1) {
    await beto.order('grain of rice');
    const seller = await ana.lastSale();
    ok(await E(seller).ready());
    ok(await E(seller).handOver());
  }
  // Twenty silent buyers do not hide the one who waits.
  await carla.order('grain of rice');
  const { sales } = await ana.view();
  assert.equal(sales.length, 20);
  assert.deepEqual([sales[0]!.with, sales[0]!.phase], ['Carla', 'escrowed']);
});
