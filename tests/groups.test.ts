/**
 * S5, S6 and S7: many agree at once, on two nodes in processes of their own. The market's node is killed
 * where it hurts, links between the two break all the time in all ways, and whatever people do they say twice.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import type { Named } from './clearing/node.ts';
import { ask, next } from './market/asking.ts';
import { day, hour, startTown } from './market/town.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

const digest = 'ab'.repeat(32);

test('S5: flour by the case of 25 reaches the second price tier by ranges, and one pledger drops out', async (t) => {
  const town = await startTown(t, { charter: { baseLimit: 2_000n, minimumCeiling: 10_000n } });
  const { plaza, casa, ok } = town;
  const olga = await town.join('Olga', plaza);
  const mill = await town.join('Molino', casa);
  const buyers = [
    await town.join('Ana', plaza),
    await town.join('Beto', casa),
    await town.join('Caro', casa),
    await town.join('Dora', casa),
  ];
  town.breakLinks();
  await ok(casa, await town.desk(mill, 'bulk'), 'beSupplier', next());
  const organiserDesk = await town.desk(olga, 'bulk');
  const { suppliers } = await ask(plaza, organiserDesk, 'view');
  const opened = await ok(
    ...([plaza, organiserDesk, 'organise', suppliers[0].supplier] as const),
    ...(['Harina', 'integral', '50: 12\n100: 10\n200: 9', 50n, 25n, 'Sábado'] as const),
    ...([48n, 24n, 72n, 336n, next()] as const),
  );
  const organiser = await plaza.keep('organiser', opened.organiser);
  const ranges = [
    [20n, 30n],
    [30n, 40n],
    [25n, 40n],
    [10n, 20n],
  ] as const;
  const pledges: Named[] = [];
  for (const [index, buyer] of buyers.entries()) {
    const desk = await town.desk(buyer, 'bulk');
    const [item] = (await ask(buyer.node, desk, 'view')).buys;
    const made = await ok(buyer.node, desk, 'pledge', item.buy, ...ranges[index]!, next());
    pledges.push(await buyer.node.keep(`pledge of ${buyer.name}`, made.pledge));
  }
  assert.deepEqual(await town.stands(buyers[3]!), [-240n, 240n]);
  await ok(casa, pledges[3]!, 'withdraw', next());
  assert.deepEqual(await town.stands(buyers[3]!), [0n, 0n]);

  // The deadline passes while the market's node is dead.
  await town.die(plaza, 49 * hour);
  const view = await until('the end of the deadline', async () => {
    const now = await ask(plaza, organiser, 'view');
    return now.phase === 'allotted' && now;
  });
  assert.deepEqual([view.total, view.price], [100n, 10n]);
  const units = async () =>
    Promise.all(
      buyers.slice(0, 3).map(async ({ node }, index) => {
        const { units: got } = await ask(node, pledges[index]!, 'view');
        return got as bigint;
      }),
    );
  assert.deepEqual(await units(), [29n, 38n, 33n]);

  await ok(plaza, organiser, 'bought', 'Factura 7', digest, next());
  const coming = next();
  await ok(plaza, organiser, 'received', 100n, 1_000n, 'Remisión', digest, coming);
  await town.die(plaza);
  await ok(plaza, organiser, 'received', 100n, 1_000n, 'Remisión', digest, coming);
  assert.deepEqual(await town.stands(mill), [1_000n, 0n]);
  assert.deepEqual(await town.stands(olga), [0n, 0n]);
  for (const [index, paid] of [290n, 380n, 330n].entries())
    assert.deepEqual(await town.stands(buyers[index]!), [-paid, 0n]);
  const { evidence } = await ask(casa, pledges[1]!, 'view');
  assert.match(evidence, /Factura 7/);
  await town.soundInAllThat();
});

test('S6: a weekly bread subscription gives the baker a signal; one skips, and one cannot pay once', async (t) => {
  const town = await startTown(t, { charter: { baseLimit: 30n, minimumCeiling: 10_000n } });
  const { plaza, casa, ok } = town;
  const baker = await town.join('Panadera', plaza);
  const [ana, beto, caro] = [
    await town.join('Ana', casa),
    await town.join('Beto', casa),
    await town.join('Caro', plaza),
  ];
  town.breakLinks();
  const bakery = await town.desk(baker, 'subscription');
  const made = await ok(
    ...([plaza, bakery, 'produce', 'Pan', 'masa madre', 5n, 1n, 4n, 7n, 7n, 48n] as const),
    ...([2n, 1n, 2n, 1n, '500 g harina', next()] as const),
  );
  const producer = await plaza.keep('producer', made.producer);
  const subscriptions: Named[] = [];
  for (const [person, quantity] of [
    [ana, 2n],
    [beto, 4n],
    [caro, 1n],
  ] as const) {
    const desk = await town.desk(person, 'subscription');
    const [item] = (await ask(person.node, desk, 'view')).plans;
    const args = [item.plan, quantity, 4n, `puerta de ${person.name}`, next()] as const;
    const { subscription } = await ok(person.node, desk, 'subscribe', ...args);
    subscriptions.push(await person.node.keep(`bread of ${person.name}`, subscription));
  }
  const outcome = async (index: number, at: number) => {
    const node = index === 2 ? plaza : casa;
    return until('the cut-off', async () => {
      const { past } = await ask(node, subscriptions[index]!, 'view');
      return past[at]?.outcome as string | undefined;
    });
  };
  const signal = async () => {
    const { ordered, sureIncome, inputs } = await ask(plaza, producer, 'view');
    return [ordered, sureIncome, inputs[0].amount];
  };

  // The first week. Beto skips it, and says so twice since he heard no answer.
  await ok(casa, subscriptions[1]!, 'skip', next());
  // The market's node dies before the cut-off and is back after it, before the delivery.
  await town.die(plaza, 5 * day + hour);
  assert.equal(await outcome(0, 0), 'ordered');
  assert.equal(await outcome(1, 0), 'skipped');
  assert.deepEqual(await signal(), [3n, 15n, 1_500n]);
  assert.deepEqual(await town.stands(ana), [-10n, 10n]);
  assert.deepEqual(await town.stands(beto), [0n, 0n]);

  // The second week: all three.
  await town.leap(7 * day);
  assert.equal(await outcome(1, 1), 'ordered');
  assert.deepEqual(await signal(), [7n, 35n, 3_500n]);
  assert.deepEqual(await town.stands(beto), [-20n, 20n]);

  // The third: Beto has not fetched his yet, and his limit does not cover another 20.
  await town.leap(7 * day);
  assert.equal(await outcome(1, 2), 'missed');
  assert.equal(await outcome(0, 2), 'ordered');
  assert.deepEqual(await signal(), [3n, 15n, 1_500n]);
  assert.deepEqual(await town.stands(beto), [-20n, 20n], 'what was missed is no debt');
  const betosDesk = await town.desk(beto, 'subscription');
  const { notices } = await ask(casa, betosDesk, 'view');
  assert.equal(notices[0].outcome, 'missed');
  await town.soundInAllThat();
});

test('S7: jam of four contributors, one of them unlisted, is paid to the last unit, and its tag is used again', async (t) => {
  const town = await startTown(t, { charter: { baseLimit: 100n, minimumCeiling: 10_000n } });
  const { plaza, casa, ok } = town;
  const ana = await town.join('Ana', plaza);
  const others = [
    await town.join('Beto', casa),
    await town.join('Caro', casa),
    await town.join('Dora', plaza),
  ];
  const buyer = await town.join('Eva', casa);
  town.breakLinks();
  for (const other of others)
    await ok(other.node, await town.desk(other, 'label'), 'beNamed', next());
  const desk = await town.desk(ana, 'label');
  const text = ['Mermelada', 'conserva', 'ciruela, azúcar', 'ninguno', '', '', '', '', '', ''];
  const jam = await plaza.keep('jam', (await ok(plaza, desk, 'make', ...text, 90n, next())).label);
  const { people, label } = await ask(plaza, jam, 'view');
  const cards = new Map<string, Named>(people.map((one: Any) => [one.name, one.card]));
  for (const [name, parts, method] of [
    ['Beto', 2_500n, 'share'],
    ['Caro', 1_234n, 'share'],
    ['Dora', 3_333n, 'shareUnlisted'],
  ] as const)
    await ok(plaza, jam, method, cards.get(name), parts, next());
  const shown = await ask(plaza, label, 'view');
  assert.deepEqual(
    shown.contributors.map(({ name, parts }: Any) => [name, parts]),
    [
      ['Ana', 2_933n],
      ['Beto', 2_500n],
      ['Caro', 1_234n],
    ],
  );
  assert.equal(shown.unlisted, 3_333n);
  const publicLabel = await plaza.keep('label', label);

  // A tag on the jar, whose code is scanned on the other node.
  const tag = await plaza.keep('tag', (await ok(plaza, desk, 'newTag', 'frasco 12', next())).tag);
  await ok(plaza, tag, 'bind', publicLabel, next());
  const { secret } = await ask<{ secret: string }>(plaza, tag, 'print', next());
  const scanned = await casa.enliven('scanned', secret);
  assert.equal((await ask(casa, scanned, 'view')).name, 'Mermelada');

  const offers = await town.desk(ana, 'offer');
  const terms = {
    ...{ what: 'Mermelada', description: '', category: '', delivery: '', duration: 0n },
    alternatives: [{ own: 7n, brands: [], outside: '' }],
  };
  await ok(
    ...([plaza, offers, 'offerWith', terms, { kind: 'units', units: 5n }] as const),
    ...([{ label: publicLabel }, next()] as const),
  );
  const [seen] = (await ask(casa, await town.desk(buyer, 'offer'), 'view')).offers;
  const bought = next();
  const buying = await town.desk(buyer, 'offer');
  const { order } = await ok(casa, buying, 'order', seen.offer, 1n, bought);
  const eva = await casa.keep('order of Eva', order);
  const [sale] = (await ask(plaza, await town.desk(ana, 'order'), 'view')).sales;
  const sold = await plaza.keep('sale', sale.order);
  await ok(plaza, sold, 'ready');
  await ok(plaza, sold, 'handOver');
  // The market's node dies at the acceptance; said again, it is done once.
  await Promise.all([casa.call(eva, 'accept').catch(() => {}), town.die(plaza)]);
  await ok(casa, eva, 'accept');
  assert.deepEqual(await town.stands(buyer), [-7n, 0n]);
  // 7 by 2,933, 2,500, 1,234 and 3,333: 2, 1, 0, 2, and the two left over to the largest remainders.
  const got = await Promise.all([ana, ...others].map(async (one) => (await town.stands(one))[0]));
  assert.deepEqual(got, [2n, 2n, 1n, 2n]);

  // The jar is empty: the same code says what is in it next.
  await ok(plaza, tag, 'reset', next());
  assert.equal((await ask(casa, scanned, 'view')).phase, 'free');
  const soap = (await ok(plaza, desk, 'make', 'Jabón', 'jabón', ...Array(8).fill(''), 0n, next()))
    .label;
  const { label: soapLabel } = await ask(plaza, soap, 'view');
  await ok(plaza, tag, 'bind', soapLabel, next());
  assert.equal((await ask(casa, scanned, 'view')).name, 'Jabón');
  const past = async () => (await ask(plaza, tag, 'view')).history.map(({ name }: Any) => name);
  assert.deepEqual(await past(), ['Mermelada']);
  await town.leap(121 * day);
  await until('the erasure', async () => (await past()).length === 0);
  await town.soundInAllThat();
});
