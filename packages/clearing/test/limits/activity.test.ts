import { type TestNode, makeTestNode } from '@pocas/vat-runtime/testing';
import test, { after, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import fc from 'fast-check';
import type { Activity, Explained, LimitInput } from '@pocas/clearing/limits';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import { limitsOf } from '#src/limits/rule.js';
import type { Bench } from './activity-vat.ts';

const bundle = bundleVat(
  fileURLToPath(new URL('../../../test/limits/activity-vat.ts', import.meta.url)),
);
let node: TestNode;
let bench: Facet<Bench>;
let activity: Facet<Activity>;

before(async () => {
  node = await makeTestNode();
});
beforeEach(async () => {
  bench = (await node.makeVat({ module: await bundle, label: 'limits' })) as Facet<Bench>;
  activity = await E(bench).activity();
});
after(() => node.stop());

const [ana, beto, caro, eve] = [1n, 2n, 3n, 4n];
const debitLimit = async (member: bigint) => (await E(activity).limits(member)).debitLimit;
const refused = (code: string) => ({ ok: false, code });
const explained = async (member: bigint): Promise<Explained> => {
  const answer = await E(activity).explain(member);
  assert.ok(answer.ok);
  return answer;
};

/** Ana, Beto and Caro founded the market with a limit of 100 each. */
const found = async () => {
  await E(bench).set('baseLimit', 100n);
  for (const member of [ana, beto, caro]) await E(activity).admit(member, true);
};

test('a stranger begins at zero, a founder at the base limit', async () => {
  await E(bench).set('baseLimit', 100n);
  assert.deepEqual(await E(activity).admit(ana, true), { debitLimit: 100n, ceiling: 150n });
  assert.deepEqual(await E(activity).admit(eve, false), { debitLimit: 0n, ceiling: 50n });
  await assert.rejects(E(activity).admit(ana, false), /this number is taken/);
});

test('an introducer lends the first limit and has so much less', async () => {
  await found();
  await E(activity).admit(eve, false);
  const lent = await E(activity).vouch(ana, eve, 20n, 0n);
  assert.deepEqual(lent, {
    ok: true,
    changes: [
      { member: ana, limits: { debitLimit: 80n, ceiling: 150n } },
      { member: eve, limits: { debitLimit: 20n, ceiling: 50n } },
    ],
  });
  assert.deepEqual(await E(activity).totals(), { earned: 300n, debit: 300n });
});

test('nobody vouches for more than their own unused limit', async () => {
  await found();
  // 70 of the 100 are in use.
  assert.deepEqual(await E(activity).vouch(ana, beto, 31n, 70n), refused('limit'));
  assert.equal((await E(activity).vouch(ana, beto, 30n, 70n)).ok, true);
  assert.deepEqual(await E(activity).vouch(ana, beto, 1n, 70n), refused('limit'));
  assert.deepEqual(await E(activity).vouch(ana, ana, 1n, 0n), refused('unsupported'));
  assert.deepEqual(await E(activity).vouch(ana, 77n, 1n, 0n), refused('closed'));
});

test('what was lent cannot be lent on, so a circle of vouches makes no limit', async () => {
  await found();
  await E(activity).admit(eve, false);
  await E(activity).vouch(ana, eve, 50n, 0n);
  assert.deepEqual(await E(activity).vouch(eve, ana, 1n, 0n), refused('limit'));
  for (const [from, to] of [
    [ana, beto],
    [beto, caro],
    [caro, ana],
  ] as const)
    for (let count = 0; count < 4; count += 1) await E(activity).vouch(from, to, 50n, 0n);
  const { earned, debit } = await E(activity).totals();
  assert.deepEqual([earned, debit], [300n, 300n]);
});

test('a vouch is recalled only in so far as it is unused', async () => {
  await found();
  await E(activity).admit(eve, false);
  await E(activity).vouch(ana, eve, 20n, 0n);
  assert.deepEqual(await E(activity).recall(ana, eve, 20n, 20n), refused('insufficient'));
  const some = await E(activity).recall(ana, eve, 20n, 13n);
  assert.equal(some.ok && some.value, 7n);
  assert.deepEqual([await debitLimit(ana), await debitLimit(eve)], [87n, 13n]);
  // Nobody recalls what another has lent, nor more than there is.
  assert.deepEqual(await E(activity).recall(beto, eve, 5n, 0n), refused('insufficient'));
  const rest = await E(activity).recall(ana, eve, 500n, 0n);
  assert.equal(rest.ok && rest.value, 13n);
  assert.deepEqual(await E(activity).recall(ana, eve, 1n, 0n), refused('insufficient'));
  assert.deepEqual(await E(activity).vouches(ana), { given: [], taken: [] });
});

test('who vouched pays for a default first, the oldest vouch before the others', async () => {
  await found();
  await E(activity).admit(eve, false);
  await E(activity).vouch(beto, eve, 10n, 0n);
  await E(activity).vouch(ana, eve, 30n, 0n);
  const { shares, changes } = await E(activity).consume(eve, 25n);
  assert.deepEqual(shares, [
    { voucher: beto, value: 10n },
    { voucher: ana, value: 15n },
  ]);
  // What they pay is what they had lent: so much less is lent, and so much more they may owe.
  assert.deepEqual(
    changes.map(({ member, limits }) => [member, limits.debitLimit]),
    [
      [beto, 100n],
      [ana, 85n],
      [eve, 15n],
    ],
  );
  // The same debt again finds only what is left of the vouches.
  assert.deepEqual((await E(activity).consume(eve, 25n)).shares, [{ voucher: ana, value: 15n }]);
  assert.deepEqual((await E(activity).consume(eve, 25n)).shares, []);
});

test('who leaves gets nothing from those who stay, and what was lent to them goes home', async () => {
  await found();
  await E(activity).vouch(ana, beto, 40n, 0n);
  await E(activity).vouch(beto, caro, 30n, 0n);
  const changes = await E(activity).leave(beto);
  assert.deepEqual(
    changes.map(({ member, limits }) => [member, limits.debitLimit]),
    [
      [ana, 100n],
      [caro, 100n],
    ],
  );
  assert.deepEqual(await E(activity).limits(beto), { debitLimit: 0n, ceiling: 0n });
  assert.deepEqual(await E(activity).explain(beto), refused('closed'));
  // What is still told of somebody who left is not counted, and harms nobody.
  await E(activity).sold(beto, ana, 10n, false);
  await E(activity).cameBack(beto, 10n);
  assert.deepEqual(await E(activity).leave(beto), []);
});

test('a member cannot fill the vouches of another without end', async () => {
  await found();
  for (let member = 10n; member < 40n; member += 1n) {
    await E(activity).admit(member, false);
    assert.equal((await E(activity).vouch(ana, member, 1n, 0n)).ok, true);
  }
  await E(activity).admit(40n, false);
  assert.deepEqual(await E(activity).vouch(ana, 40n, 1n, 0n), refused('quota'));
  assert.equal((await E(activity).vouch(ana, 39n, 1n, 0n)).ok, true);
});

test('appreciation tokens of an epoch come to an end, and the next one has new ones', async () => {
  await found();
  assert.deepEqual(await E(activity).appreciate(ana, 5n), { ok: true, left: 3n });
  assert.deepEqual(await E(activity).appreciate(ana, 4n), refused('quota'));
  assert.deepEqual(await E(activity).appreciate(ana, 3n), { ok: true, left: 0n });
  assert.deepEqual(await E(activity).appreciate(ana, 1n), refused('quota'));
  assert.deepEqual(await E(activity).appreciate(beto, 8n), { ok: true, left: 0n });
  await E(activity).closeEpoch(1n, []);
  assert.deepEqual(await E(activity).appreciate(ana, 8n), { ok: true, left: 0n });
});

test('limits follow trade at the end of an epoch, and nobody counts what they sell themselves', async () => {
  for (const member of [ana, beto, caro]) await E(activity).admit(member, false);
  await E(activity).sold(ana, ana, 30n, false);
  for (const [seller, buyer] of [
    [ana, beto],
    [beto, ana],
  ] as const) {
    await E(activity).sold(seller, buyer, 60n, false);
    await E(activity).sold(seller, undefined, 25n, true);
    await E(activity).spent(buyer, 60n);
  }
  await E(activity).fault(beto);
  const changes = await E(activity).closeEpoch(1n, [
    { member: ana, balance: 0n },
    { member: beto, balance: 0n },
    { member: caro, balance: 0n },
  ]);
  const { market, terms, reliability } = await explained(ana);
  assert.deepEqual(market, { turnover: 110n, perHead: 55n, bound: 55n });
  assert.deepEqual([terms.turnover, terms.activity, reliability], [55n, 57n, 640n]);
  assert.equal((await explained(beto)).reliability, 540n);
  assert.deepEqual(
    changes.map(({ member }) => member),
    [ana, beto],
  );
  assert.ok((await debitLimit(ana)) > (await debitLimit(beto)));
  assert.equal(await debitLimit(caro), 0n);
});

test('an epoch is closed once, and never an earlier one', async () => {
  await found();
  await E(activity).closeEpoch(4n, []);
  await assert.rejects(E(activity).closeEpoch(4n, []), /it was closed before/);
  await assert.rejects(E(activity).closeEpoch(2n, []), /it was closed before/);
});

test('one enormous purchase keeps nobody from new limits', async () => {
  for (const member of [ana, beto]) await E(activity).admit(member, false);
  await E(activity).spent(ana, 10n ** 29n);
  await E(activity).sold(beto, undefined, 10n ** 29n, true);
  await E(activity).closeEpoch(1n, []);
  assert.equal((await explained(ana)).counted[0]!.spent, 10n ** 12n);
  assert.equal((await explained(beto)).terms.turnover, 30n);
});

test('a limit falls by no more than a fifth in an epoch, whatever the charter says', async () => {
  for (const member of [ana, beto]) await E(activity).admit(member, false);
  for (let epoch = 1n; epoch <= 3n; epoch += 1n) {
    for (const member of [ana, beto]) {
      for (let sale = 0; sale < 3; sale += 1) await E(activity).sold(member, undefined, 30n, true);
      await E(activity).spent(member, 60n);
    }
    await E(activity).closeEpoch(epoch, []);
  }
  const before = await debitLimit(ana);
  assert.ok(before > 20n);
  // The window shrinks to one epoch, in which nothing was sold: all is gone at once but for the smoothing.
  await E(bench).set('window', 1n);
  await E(activity).closeEpoch(4n, []);
  assert.equal(await debitLimit(ana), before - (before + 4n) / 5n);
  assert.equal((await explained(ana)).terms.earned, 0n);
});

test('an explanation holds all that its terms follow from, and nothing of anybody else', async () => {
  for (const member of [ana, beto, caro]) await E(activity).admit(member, false);
  await E(activity).sold(ana, beto, 25n, false);
  await E(activity).spent(ana, 17n);
  await E(activity).sold(beto, caro, 13n, false);
  await E(activity).closeEpoch(1n, []);
  await E(bench).set('beta', 1n);
  await E(activity).sold(ana, caro, 25n, false);
  const answer = await explained(ana);
  assert.deepEqual(Object.keys(answer).sort(), [
    'counted',
    'epoch',
    'limits',
    'market',
    'ok',
    'params',
    'published',
    'reliability',
    'rule',
    'terms',
    'vouchedIn',
    'vouchedOut',
  ]);
  // Anybody can compute it again from what it says, though more was counted and decided since.
  const { params, counted, reliability, market, terms, epoch } = answer;
  assert.equal(epoch, 1n);
  const own: LimitInput = {
    reliability,
    counted: counted.map(({ epoch: at, sold, spent }) => ({ ago: epoch - at, sold, spent })),
  };
  const alone = limitsOf(params, [own]).members[0]!;
  assert.deepEqual([alone.turnover, alone.activity], [terms.turnover, terms.activity]);
  assert.equal(alone.saturation, terms.saturation);
  assert.equal(
    terms.wanted,
    (market.perHead * params.beta * terms.saturation * reliability) / 1_000_000_000n,
  );
  assert.equal(market.turnover, 38n);
  assert.ok(!('wanted' in market), 'what all others have together is not needed here');
});

test('where the exposure bound was reached, an explanation says what it was shared by', async () => {
  await E(bench).set('chi', 1n);
  await E(activity).admit(ana, false);
  for (const _ of [1, 2]) await E(activity).sold(ana, undefined, 30n, true);
  await E(activity).closeEpoch(1n, []);
  const { market, terms } = await explained(ana);
  assert.equal(market.bound, 0n);
  assert.equal(market.wanted, terms.wanted);
  assert.equal(terms.earned, 0n);
});

test('a lender whose limit ends takes back what is unused, so that no limit is made from nothing', async () => {
  for (const member of [ana, beto, eve]) await E(activity).admit(member, false);
  for (let epoch = 1n; epoch <= 6n; epoch += 1n) {
    for (const member of [ana, beto]) {
      for (let sale = 0; sale < 2; sale += 1) await E(activity).sold(member, undefined, 30n, true);
      await E(activity).spent(member, 60n);
    }
    await E(activity).closeEpoch(epoch, []);
  }
  const all = await debitLimit(ana);
  assert.equal((await E(activity).vouch(ana, eve, all, 0n)).ok, true);
  // Eve uses 5 of it; Ana and Beto do nothing any more.
  const owing = [{ member: eve, balance: -5n }];
  for (let epoch = 7n; epoch <= 60n; epoch += 1n) {
    await E(activity).closeEpoch(epoch, owing);
    const { earned, debit } = await E(activity).totals();
    assert.ok(debit <= earned || debit - earned <= 5n, `${debit} of ${earned}`);
  }
  assert.deepEqual([await debitLimit(ana), await debitLimit(eve)], [0n, 5n]);
});

test('whatever is lent, recalled, used up and left, limits are moved and never made', async () => {
  const act = fc.record({
    kind: fc.constantFrom(
      'vouch' as const,
      'recall' as const,
      'consume' as const,
      'leave' as const,
    ),
    from: fc.bigInt({ min: 1n, max: 5n }),
    to: fc.bigInt({ min: 1n, max: 5n }),
    value: fc.bigInt({ min: 1n, max: 120n }),
    used: fc.bigInt({ min: 0n, max: 60n }),
  });
  await E(bench).set('baseLimit', 100n);
  let first = 100n;
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 14 }), async (acts) => {
      // Five new founders for each run; those of earlier runs leave.
      first += 5n;
      for (let k = 1n; k <= 5n; k += 1n) await E(activity).admit(first + k, true);
      for (const { kind, from, to, value, used } of acts) {
        const [a, b] = [first + from, first + to];
        const before = await E(activity).limits(b);
        if (kind === 'vouch') await E(activity).vouch(a, b, value, used);
        if (kind === 'recall') {
          await E(activity).recall(a, b, value, used);
          const now = await E(activity).limits(b);
          assert.ok(
            now.debitLimit >= used || now.debitLimit === before.debitLimit,
            'a recall leaves what is in use',
          );
        }
        if (kind === 'consume') {
          const { shares } = await E(activity).consume(b, value);
          assert.ok(shares.reduce((sum, one) => sum + one.value, 0n) <= value);
        }
        if (kind === 'leave' && from === 5n) await E(activity).leave(a);
        const { earned, debit } = await E(activity).totals();
        assert.equal(debit, earned);
      }
      for (let k = 1n; k <= 5n; k += 1n) await E(activity).leave(first + k);
    }),
    { numRuns: 40 },
  );
});

test('counts and limits are the same after a restart', async () => {
  await found();
  await E(activity).sold(ana, beto, 25n, false);
  await E(activity).vouch(ana, caro, 9n, 0n);
  node.setProgram({ bench });
  await node.stop();
  const { storage, secrets } = node;
  node = await makeTestNode({ storage, secrets });
  activity = await E((node.getProgram() as { bench: Facet<Bench> }).bench).activity();
  assert.deepEqual([await debitLimit(ana), await debitLimit(caro)], [91n, 109n]);
  await E(activity).closeEpoch(1n, []);
  assert.equal((await explained(ana)).terms.turnover, 25n);
});

test('the epoch of a thousand members ends within a turn', async () => {
  // A turn that took more than its time or wrote more than its rows would be undone and reject.
  for (let epoch = 1n; epoch <= 3n; epoch += 1n)
    assert.ok((await E(bench).busyEpoch(epoch, 1_000n)) > 0n);
  assert.equal((await explained(5n)).counted.length, 3);
});
