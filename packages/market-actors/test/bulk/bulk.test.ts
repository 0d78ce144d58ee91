/** Bulk-buys in a market (SPEC M7): their life, their invariants, and who tries to get around them. */
import {
  type Person,
  type TestNode,
  foundMarket,
  join,
  next,
  ok,
  restartEverywhere,
} from '../fixture.ts';
import {
  type ManualTime,
  descriptionFaults,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type {
  Bulk,
  BulkDesk,
  BulkOrganiser,
  BulkPledge,
  LabelDesk,
  Steward,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';

const hour = 60 * 60 * 1000;
const digest = 'ab'.repeat(32);

let time: ManualTime;
let node: TestNode;
let steward: Facet<Steward>;
const begin = async (step = 1n) => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  const charter = { baseLimit: 2_000n * step, minimumCeiling: 5_000n * step, step };
  ({ steward } = await foundMarket(node, { charter }));
};
beforeEach(() => begin());
afterEach(() => node.stop());

type Buyer = Person & { readonly bulk: Facet<BulkDesk> };
const joinAs = async (name: string): Promise<Buyer> => {
  const person = await join(steward, name);
  return { ...person, bulk: await person.desk<Facet<BulkDesk>>('bulk') };
};
const people = (...names: string[]): Promise<Buyer[]> =>
  names.reduce<Promise<Buyer[]>>(
    async (before, name) => [...(await before), await joinAs(name)],
    Promise.resolve([]),
  );
const supplierOf = async (viewer: Buyer, supplier: Buyer) => {
  await E(supplier.bulk).beSupplier(next());
  const { suppliers } = await E(viewer.bulk).view();
  return suppliers.find(({ name }) => name === supplier.name)!.supplier;
};
type Opened = { readonly buy: Facet<Bulk>; readonly organiser: Facet<BulkOrganiser> };
const open = async (
  organiser: Buyer,
  supplier: Buyer,
  {
    tiers = '50: 12\n100: 10\n200: 9',
    minimum = 50n,
    caseSize = 25n,
    closing = 24n,
  }: { tiers?: string; minimum?: bigint; caseSize?: bigint; closing?: bigint } = {},
): Promise<Opened> => {
  const card = await supplierOf(organiser, supplier);
  const made = await E(organiser.bulk).organise(
    ...([card, 'Flour', 'wheat', tiers, minimum, caseSize, 'Saturday at the door'] as const),
    ...([48n, closing, 72n, 100n, next()] as const),
  );
  return ok(made);
};
const pledge = async ({ bulk }: Buyer, buy: Facet<Bulk>, min: bigint, max = min) =>
  ok(await E(bulk).pledge(buy, min, max, next())).pledge;
const pass = async (hours: number) => {
  time.pass(hours * hour);
  await node.rest();
};
const balances = (all: readonly Buyer[]) =>
  Promise.all(all.map(async (one) => (await one.view()).balance));
const held = (all: readonly Buyer[]) =>
  Promise.all(all.map(async (one) => (await one.view()).held));
const phaseOf = async (buy: Facet<Bulk>) => (await E(buy).view()).phase;
const unitsOf = (pledges: readonly Facet<BulkPledge>[]) =>
  Promise.all(pledges.map(async (one) => (await E(one).view()).units));
const sound = async () => {
  const { sum } = await E(await E(steward).auditor()).statement();
  assert.equal(sum, 0n);
};

test('a buy reaches the second tier, is received, and everybody has paid the same for one', async () => {
  const [olga, mill, ana, beto, caro] = await people('Olga', 'Mill', 'Ana', 'Beto', 'Caro');
  const { buy, organiser } = await open(olga!, mill!);
  const pledges = [
    await pledge(ana!, buy, 20n, 30n),
    await pledge(beto!, buy, 30n, 40n),
    await pledge(caro!, buy, 25n, 40n),
  ];
  assert.deepEqual(await held([ana!, beto!, caro!]), [360n, 480n, 480n], 'at the highest price');
  await pass(49);
  // 75 are promised and 110 would be taken: 100 are four cases of the second tier.
  const view = await E(buy).view();
  assert.deepEqual([view.phase, view.total, view.price], ['allotted', 100n, 10n]);
  assert.deepEqual(await unitsOf(pledges), [29n, 38n, 33n]);
  ok(await E(organiser).bought('Invoice 7', digest, next()));
  assert.match((await E(pledges[0]!).view()).evidence ?? '', /Invoice 7 \(abab/);
  assert.equal((await mill!.view()).balance, 0n, 'nobody is paid before it is here');
  ok(await E(organiser).received(100n, 1_000n, 'Note', digest, next()));
  assert.deepEqual(await balances([olga!, mill!, ana!, beto!, caro!]), [
    ...[0n, 1_000n, -290n, -380n, -330n],
  ]);
  assert.deepEqual(await held([ana!, beto!, caro!]), [0n, 0n, 0n]);
  for (const one of pledges) ok(await E(one).collect(next()));
  ok(await E(organiser).distributed(next()));
  assert.equal((await E(buy).view()).left, 0n);
  await sound();
});

test('until the deadline one can drop out, and afterwards not', async () => {
  const [olga, mill, ana, beto] = await people('Olga', 'Mill', 'Ana', 'Beto');
  const { buy } = await open(olga!, mill!);
  const anas = await pledge(ana!, buy, 50n);
  const betos = await pledge(beto!, buy, 25n);
  ok(await E(betos).withdraw(next()));
  assert.deepEqual(await held([beto!]), [0n]);
  assert.deepEqual((await E(beto!.bulk).view()).pledges, []);
  await pass(49);
  assert.equal(await phaseOf(buy), 'allotted');
  assert.deepEqual(await E(anas).withdraw(next()), { ok: false, code: 'closed' });
  assert.deepEqual(await E(anas).change(1n, 1n, next()), { ok: false, code: 'closed' });
});

test('below the minimum all is released', async () => {
  const [olga, mill, ana] = await people('Olga', 'Mill', 'Ana');
  const { buy } = await open(olga!, mill!, { closing: 0n });
  await pledge(ana!, buy, 10n, 40n);
  await pass(49);
  assert.equal(await phaseOf(buy), 'released');
  assert.deepEqual(await held([ana!]), [0n]);
  assert.deepEqual((await E(ana!.bulk).view()).pledges, []);
  assert.deepEqual((await E(olga!.bulk).view()).organised, []);
  await sound();
});

test('while the last case is filled, pledges only grow, and others may still join', async () => {
  const [olga, mill, ana, beto] = await people('Olga', 'Mill', 'Ana', 'Beto');
  const { buy } = await open(olga!, mill!);
  const anas = await pledge(ana!, buy, 40n, 45n);
  assert.equal((await E(buy).view()).wanted, 5n);
  await pass(49);
  assert.equal(await phaseOf(buy), 'closing');
  const closed = { ok: false, code: 'closed' };
  assert.deepEqual(await E(anas).withdraw(next()), closed);
  assert.deepEqual(await E(anas).change(39n, 60n, next()), closed);
  assert.deepEqual(await E(anas).change(40n, 44n, next()), closed);
  await pledge(beto!, buy, 1n, 10n);
  await pass(24);
  const view = await E(buy).view();
  assert.deepEqual([view.phase, view.total], ['allotted', 50n]);
});

test('whatever people forget, no value stays set aside', async () => {
  for (const forgets of ['to buy', 'what was bought']) {
    const [olga, mill, ana] = await people('Olga', 'Mill', 'Ana');
    const { buy, organiser } = await open(olga!, mill!);
    const anas = await pledge(ana!, buy, 50n);
    await pass(49);
    if (forgets === 'what was bought') ok(await E(organiser).bought('Invoice', digest, next()));
    assert.deepEqual(await held([ana!]), [600n]);
    await pass(forgets === 'to buy' ? 72 : 100);
    assert.equal((await E(anas).view()).phase, 'released');
    assert.deepEqual(await held([ana!]), [0n]);
    assert.equal((await E(anas).view()).units, 0n);
    const late = await E(organiser).received(50n, 600n, 'x', digest, next());
    assert.deepEqual(late, { ok: false, code: 'closed' });
    assert.equal((await mill!.view()).balance, 0n);
  }
});

test('where fewer came, nobody gets less than their least, and the rest goes back', async () => {
  const [olga, mill, ana, beto, caro] = await people('Olga', 'Mill', 'Ana', 'Beto', 'Caro');
  const { buy, organiser } = await open(olga!, mill!);
  const pledges = [
    await pledge(ana!, buy, 10n, 25n),
    await pledge(beto!, buy, 20n, 25n),
    await pledge(caro!, buy, 25n, 25n),
  ];
  await pass(49);
  assert.deepEqual(await unitsOf(pledges), [25n, 25n, 25n]);
  ok(await E(organiser).bought('Invoice', digest, next()));
  // 32 of 75: Caro's 25 and one more pledge do not fit beside the least of the other.
  ok(await E(organiser).received(32n, 380n, 'Note', digest, next()));
  const units = await unitsOf(pledges);
  assert.deepEqual(units, [11n, 21n, 0n]);
  const paid = await balances([ana!, beto!, caro!]);
  assert.equal(paid[0]! + paid[1]! + paid[2]!, -380n);
  assert.equal(paid[2], 0n);
  // 4 of 384 were not needed, and went back pro rata.
  assert.deepEqual(paid, [-131n, -249n, 0n]);
  await sound();
});

test('an organiser cannot supply, be paid more than agreed, or skip what others rely on', async () => {
  const [olga, mill, ana] = await people('Olga', 'Mill', 'Ana');
  const own = await supplierOf(olga!, olga!);
  const args = ['Flour', '', '1: 5', 1n, 1n, 'here', 1n, 0n, 1n, 1n, next()] as const;
  const self = await E(olga!.bulk).organise(own, ...args);
  assert.deepEqual(self, { ok: false, code: 'unsupported' });
  const { buy, organiser } = await open(olga!, mill!);
  await pledge(ana!, buy, 50n);
  const notYet = { ok: false, code: 'notYet' };
  assert.deepEqual(await E(organiser).bought('x', digest, next()), notYet);
  assert.deepEqual(await E(organiser).received(50n, 600n, 'x', digest, next()), notYet);
  assert.deepEqual(await E(organiser).distributed(next()), notYet);
  await pass(49);
  assert.deepEqual(await E(organiser).bought('x', 'no digits', next()), {
    ok: false,
    code: 'invalid',
  });
  ok(await E(organiser).bought('x', digest, next()));
  const received = (units: bigint, cost: bigint) =>
    E(organiser).received(units, cost, 'x', digest, next());
  assert.deepEqual(await received(50n, 601n), { ok: false, code: 'limit' });
  assert.deepEqual(await received(51n, 600n), { ok: false, code: 'insufficient' });
  assert.deepEqual(await received(25n, 600n), { ok: false, code: 'limit' });
  assert.equal((await mill!.view()).balance, 0n);
  assert.equal((await olga!.view()).balance, 0n);
  const supplies = await E(mill!.bulk).pledge(buy, 1n, 1n, next());
  assert.deepEqual(supplies, { ok: false, code: 'closed' });
});

test('asked again, each act is done once', async () => {
  const [olga, mill, ana] = await people('Olga', 'Mill', 'Ana');
  const { buy, organiser } = await open(olga!, mill!);
  const id = next();
  const first = ok(await E(ana!.bulk).pledge(buy, 50n, 50n, id));
  const second = ok(await E(ana!.bulk).pledge(buy, 50n, 50n, id));
  assert.equal(first.pledge, second.pledge);
  assert.deepEqual(await E(ana!.bulk).pledge(buy, 1n, 1n, next()), { ok: false, code: 'conflict' });
  assert.deepEqual(await held([ana!]), [600n]);
  await pass(49);
  const buying = next();
  ok(await E(organiser).bought('Invoice', digest, buying));
  ok(await E(organiser).bought('Invoice', digest, buying));
  const coming = next();
  ok(await E(organiser).received(50n, 600n, 'Note', digest, coming));
  ok(await E(organiser).received(50n, 600n, 'Note', digest, coming));
  assert.deepEqual(await balances([mill!, ana!]), [600n, -600n]);
  const again = await E(organiser).received(50n, 600n, 'Note', digest, next());
  assert.deepEqual(again, { ok: false, code: 'closed' });
  assert.deepEqual(await E(organiser).cancel(next()), { ok: false, code: 'closed' });
});

test('a pledge is within its owner’s limit, and a change that is not leaves it as it was', async () => {
  const [olga, mill, ana] = await people('Olga', 'Mill', 'Ana');
  const { buy } = await open(olga!, mill!);
  const limit = { ok: false, code: 'limit' };
  assert.deepEqual(await E(ana!.bulk).pledge(buy, 1n, 200n, next()), limit);
  assert.deepEqual(await held([ana!]), [0n]);
  const anas = await pledge(ana!, buy, 100n);
  assert.deepEqual(await E(anas).change(100n, 167n, next()), limit);
  assert.deepEqual(await held([ana!]), [1_200n]);
  assert.equal((await E(anas).view()).max, 100n);
  // More than half of the limit is set aside already; the new range replaces it and does not add to it.
  ok(await E(anas).change(100n, 166n, next()));
  assert.deepEqual(await held([ana!]), [1_992n]);
  assert.deepEqual(await E(anas).change(10n, 9n, next()), { ok: false, code: 'invalid' });
});

test('what nobody fetched is offered on, and whoever did not come is paid for it', async () => {
  const [olga, mill, ana, beto] = await people('Olga', 'Mill', 'Ana', 'Beto');
  const { buy, organiser } = await open(olga!, mill!);
  const anas = await pledge(ana!, buy, 30n);
  const betos = await pledge(beto!, buy, 20n);
  await pass(49);
  const early = await E(beto!.bulk).takeLeft(buy, 5n, next());
  assert.deepEqual(early, { ok: false, code: 'notYet' });
  ok(await E(organiser).bought('Invoice', digest, next()));
  ok(await E(organiser).received(50n, 600n, 'Note', digest, next()));
  ok(await E(betos).collect(next()));
  ok(await E(organiser).distributed(next()));
  assert.equal((await E(buy).view()).left, 30n);
  const id = next();
  const taken = ok(await E(beto!.bulk).takeLeft(buy, 10n, id));
  assert.deepEqual([taken.units, taken.paid], [10n, 120n]);
  ok(await E(beto!.bulk).takeLeft(buy, 10n, id));
  assert.deepEqual(await balances([ana!, beto!]), [-240n, -360n]);
  assert.equal((await E(buy).view()).left, 20n);
  const tooMany = await E(beto!.bulk).takeLeft(buy, 21n, next());
  assert.deepEqual(tooMany, { ok: false, code: 'insufficient' });
  const own = await E(ana!.bulk).takeLeft(buy, 1n, next());
  assert.deepEqual(own, { ok: false, code: 'insufficient' });
  // Who comes late after all has what is still there.
  ok(await E(anas).collect(next()));
  assert.equal((await E(buy).view()).left, 0n);
  await sound();
});

test('somebody else’s object is no buy and no supplier', async () => {
  const [olga, mill, ana] = await people('Olga', 'Mill', 'Ana');
  await open(olga!, mill!);
  const card = await supplierOf(olga!, mill!);
  const stale = { ok: false, code: 'stale' };
  const asBuy = card as unknown as Facet<Bulk>;
  assert.deepEqual(await E(ana!.bulk).pledge(asBuy, 1n, 1n, next()), stale);
  // It has the number of a real one: what the mill is as a contributor to labels.
  const labels = await mill!.desk<Facet<LabelDesk>>('label');
  const asCard = (await E(labels).card()) as unknown as typeof card;
  assert.equal(await E(asCard).number(), await E(card).number());
  const args = ['Flour', '', '1: 5', 1n, 1n, 'here', 1n, 0n, 1n, 1n, next()] as const;
  assert.deepEqual(await E(ana!.bulk).organise(asCard, ...args), stale);
});

test('tiers that do not fall, or are not of the brand’s step, open nothing', async () => {
  await node.stop();
  await begin(15n);
  const [olga, mill] = await people('Olga', 'Mill');
  const card = await supplierOf(olga!, mill!);
  const opened = async (tiers: string) =>
    E(olga!.bulk).organise(
      ...([card, 'Flour', '', tiers, 1n, 1n, 'here', 1n, 0n, 1n, 1n, next()] as const),
    );
  for (const tiers of ['', '0: 15', '10: 0', '10: 15\n10: 0', '10: 15\n20: 15', '20: 30\n10: 15'])
    assert.deepEqual(await opened(tiers), { ok: false, code: 'invalid' }, tiers);
  for (const tiers of ['10: 20', '10: -15', 'ten: 15', '10: 15: 3'])
    assert.deepEqual(await opened(tiers), { ok: false, code: 'invalid' }, tiers);
  ok(await opened('10: 30\n 20 = 15 '));
});

test('nobody joins twice, and no more than a page lists', async () => {
  const [olga, mill] = await people('Olga', 'Mill');
  const { buy } = await open(olga!, mill!);
  for (let count = 0; count < 30; count += 1) await pledge(await joinAs(`P${count}`), buy, 1n);
  const more = await joinAs('One more');
  assert.deepEqual(await E(more.bulk).pledge(buy, 1n, 1n, next()), { ok: false, code: 'quota' });
  assert.equal((await E(buy).view()).pledges, 30n);
});

test('a buy goes on after a restart, and its deadline passes while the node is away', async () => {
  const [olga, mill, ana] = await people('Olga', 'Mill', 'Ana');
  const { buy, organiser } = await open(olga!, mill!);
  const anas = await pledge(ana!, buy, 50n);
  node.setProgram({ buy, organiser, anas });
  await node.stop();
  time.pass(49 * hour);
  const { storage, secrets } = node;
  node = await makeTestNode({ time, storage, secrets });
  await node.rest();
  const kept = node.getProgram() as {
    buy: Facet<Bulk>;
    organiser: Facet<BulkOrganiser>;
    anas: Facet<BulkPledge>;
  };
  assert.equal(await phaseOf(kept.buy), 'allotted');
  ok(await E(kept.organiser).bought('Invoice', digest, next()));
  ok(await E(kept.organiser).received(50n, 600n, 'Note', digest, next()));
  assert.equal((await E(kept.anas).view()).paid, 600n);
});

test('a node that dies while a buy is called off has given back to all or to nobody', async () => {
  const began = await restartEverywhere(
    async (first) => {
      node = first;
      const charter = { baseLimit: 2_000n };
      ({ steward } = await foundMarket(first, { charter }));
      const [olga, mill, ana, beto] = await people('Olga', 'Mill', 'Ana', 'Beto');
      const { buy, organiser } = await open(olga!, mill!);
      await pledge(ana!, buy, 30n);
      await pledge(beto!, buy, 20n);
      return { steward, organiser, ana: ana!.self, beto: beto!.self, mill: mill!.self };
    },
    ({ organiser }) => E(organiser).cancel('a request that is said again'),
    async ({ steward: again, organiser, ana, beto, mill }) => {
      const held = async () => [(await E(ana).view()).held, (await E(beto).view()).held];
      const before = await held();
      assert.ok(before.every((one) => one > 0n) || before.every((one) => one === 0n));
      ok(await E(organiser).cancel('a request that is said again'));
      assert.deepEqual(await held(), [0n, 0n]);
      assert.equal((await E(mill).view()).balance, 0n);
      const { sum } = await E(await E(again).auditor()).statement();
      assert.equal(sum, 0n);
    },
  );
  assert.ok(began > 0);
  await begin();
});

test('however it goes, value is conserved, one price holds, and ranges are kept', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          min: fc.bigInt({ min: 1n, max: 40n }),
          more: fc.bigInt({ min: 0n, max: 30n }),
          drops: fc.boolean(),
        }),
        { minLength: 1, maxLength: 4 },
      ),
      fc.constantFrom('cancel', 'nothing comes', 'all comes', 'some comes', 'cheaper'),
      fc.integer({ min: 0, max: 100 }),
      async (wishes, way, percent) => {
        const [olga, mill] = await people('Olga', 'Mill');
        const { buy, organiser } = await open(olga!, mill!, { closing: 0n });
        const joined = await people(...wishes.map((_, index) => `P${index}`));
        const pledges: Facet<BulkPledge>[] = [];
        for (const [index, { min, more, drops }] of wishes.entries()) {
          const one = await pledge(joined[index]!, buy, min, min + more);
          if (drops) ok(await E(one).withdraw(next()));
          pledges.push(one);
        }
        await pass(49);
        const { phase, total, price } = await E(buy).view();
        if (phase === 'allotted') {
          if (way === 'cancel') ok(await E(organiser).cancel(next()));
          else {
            ok(await E(organiser).bought('x', digest, next()));
            const units = way === 'some comes' ? (total * BigInt(percent)) / 100n : total;
            const cost =
              way === 'cheaper' ? (total * price * BigInt(percent)) / 100n : units * price;
            if (way === 'nothing comes') await pass(101);
            else {
              const said = await E(organiser).received(units, cost, 'x', digest, next());
              // What is left over after whole promises is not paid for.
              if (!said.ok) ok(await E(organiser).received(units, 0n, 'x', digest, next()));
            }
          }
        }
        await sound();
        const { phase: last, cost } = await E(buy).view();
        assert.ok(['received', 'released'].includes(last));
        assert.equal((await olga!.view()).balance, 0n, 'the organiser never has any of it');
        const { balance } = await mill!.view();
        assert.equal(balance, cost);
        let paid = 0n;
        for (const [index, one] of pledges.entries()) {
          const view = await E(one).view();
          const account = await joined[index]!.view();
          assert.deepEqual([account.held, account.balance], [0n, -view.paid]);
          paid += view.paid;
          const { min, more } = wishes[index]!;
          assert.ok(view.units === 0n || (view.units >= min && view.units <= min + more));
          if (view.units === 0n) assert.equal(view.paid, 0n);
          assert.ok(view.paid <= view.units * price, 'never more than its price');
        }
        assert.equal(paid, balance);
      },
    ),
    { numRuns: 8 },
  );
});

test('every page of bulk-buys says everything in both languages', async () => {
  const [olga, mill, ana] = await people('Olga', 'Mill', 'Ana');
  const { buy, organiser } = await open(olga!, mill!);
  const anas = await pledge(ana!, buy, 50n);
  const facets = [olga!.bulk, ana!.bulk, buy, organiser, anas, await supplierOf(ana!, mill!)];
  for (const facet of facets) assert.deepEqual(await descriptionFaults(facet), []);
});
