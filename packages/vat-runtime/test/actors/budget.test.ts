import { type Any, type Bench, restart, startBench, week } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { E } from '@endo/far';
import { descriptionFaults, makeDouble } from '@pocas/vat-runtime/testing';

let bench: Bench;
let count = 0;
/** A fresh request. */
const next = () => `request ${(count += 1)}`;
const make = (total: bigint): Promise<Any> => E(bench.roots['vat']).make(total);

before(async () => {
  bench = await startBench({ vat: 'budgets' });
});
after(() => bench.node.stop());

test('a budget is spent down to zero and no further', async () => {
  const { budget } = await make(10n);
  assert.deepEqual(await E(budget).spend(7n, next()), { ok: true, remaining: 3n });
  assert.deepEqual(await E(budget).spend(4n, next()), { ok: false, code: 'quota' });
  assert.equal(await E(budget).remaining(), 3n);
  assert.deepEqual(await E(budget).spend(3n, next()), { ok: true, remaining: 0n });
});

test('a repeated request has its first outcome and no second effect', async () => {
  const { budget } = await make(10n);
  const id = next();
  const spends = await Promise.all([1, 2, 3].map(() => E(budget).spend(6n, id)));
  assert.deepEqual(spends, Array(3).fill({ ok: true, remaining: 4n }));
  const [one, two] = await Promise.all([1, 2].map(() => E(budget).split(2n, id)));
  assert.equal(one.budget, two.budget);
  assert.equal(await E(budget).remaining(), 2n);
});

test('uses at the same time beyond what is left are refused', async () => {
  const { budget } = await make(10n);
  const answers = await Promise.all(Array.from({ length: 25 }, () => E(budget).spend(1n, next())));
  assert.equal(answers.filter(({ ok }) => ok).length, 10);
});

test('passing a part on reduces what is left', async () => {
  const { budget } = await make(10n);
  const part = await E(budget).split(4n, next(), 'for Beto');
  assert.equal(await E(budget).remaining(), 6n);
  assert.equal(await E(part.budget).remaining(), 4n);
  assert.equal((await E(part.budget).view()).label, 'for Beto');
  assert.deepEqual(await E(budget).split(7n, next()), { ok: false, code: 'quota' });
  assert.deepEqual(await E(part.budget).spend(5n, next()), { ok: false, code: 'quota' });
});

test('what a part had left comes back when it is given back or taken back', async () => {
  for (const end of [(x: Any) => E(x.budget).returnAll(), (x: Any) => E(x.grantor).revoke()]) {
    const { budget } = await make(10n);
    const part = await E(budget).split(6n, next());
    const piece = await E(part.budget).split(3n, next());
    await E(piece.budget).spend(1n, next());
    await E(part.budget).spend(1n, next());
    // 6 passed on, 2 of them used, one by a piece of the part.
    const answers = [await end(part), await end(part)];
    assert.deepEqual(answers, Array(2).fill({ ok: true, returned: 4n }));
    assert.equal(await E(budget).remaining(), 8n);
    for (const each of [part, piece]) {
      assert.deepEqual(await E(each.budget).spend(1n, next()), { ok: false, code: 'revoked' });
      assert.deepEqual(await E(each.budget).split(0n, next()), { ok: false, code: 'revoked' });
      assert.equal(await E(each.budget).remaining(), 0n);
    }
    // A piece of what is gone has nothing to give.
    assert.deepEqual(await E(piece.budget).returnAll(), { ok: false, code: 'revoked' });
    assert.equal(await E(budget).remaining(), 8n);
    const [view] = [await E(budget).view()];
    assert.equal(view.allotment, 10n);
  }
});

test('the first budget came from nobody: it cannot go back, and its grantor ends the whole tree', async () => {
  const { budget, grantor } = await make(10n);
  const { budget: part } = await E(budget).split(5n, next());
  assert.deepEqual(await E(budget).returnAll(), { ok: false, code: 'unsupported' });
  assert.deepEqual(await E(grantor).revoke(), { ok: true, returned: 10n });
  assert.deepEqual(await E(part).spend(1n, next()), { ok: false, code: 'revoked' });
  assert.deepEqual(await E(grantor).status(), { revoked: true, spent: 0n });
});

test('an undone turn spends nothing', async () => {
  const { budget } = await make(10n);
  await assert.rejects(E(bench.roots['vat']).spendThenFail(budget), /as asked/);
  assert.deepEqual(await E(budget).spend(10n, 'undone'), { ok: true, remaining: 0n });
});

test('a grantor knows the budgets that are in use below it from all others', async () => {
  const { budget, grantor } = await make(10n);
  const { budget: part, grantor: partGrantor } = await E(budget).split(4n, next());
  const { budget: piece } = await E(part).split(1n, next());
  const other = await make(10n);
  for (const mine of [budget, part, piece]) assert.equal(await E(grantor).owns(mine), true);
  assert.equal(await E(partGrantor).owns(piece), true);
  assert.equal(await E(partGrantor).owns(budget), false);
  const { budget: foreign } = await E(other.budget).split(1n, next());
  const passing = makeDouble('Budget', { number: () => 1n, spend: () => ({ ok: true }) });
  for (const alien of [foreign, other.budget, passing, await E(bench.roots['vat']).fake()]) {
    assert.equal(await E(grantor).owns(alien), false);
  }
  await E(partGrantor).revoke();
  for (const gone of [part, piece]) assert.equal(await E(grantor).owns(gone), false);
});

test('malformed amounts are refused by the guard', async () => {
  const { budget } = await make(10n);
  for (const bad of [-1n, 1, '1', null]) {
    await assert.rejects(E(budget).spend(bad, next()), Error);
    await assert.rejects(E(budget).split(bad, next()), Error);
  }
  assert.equal(await E(budget).remaining(), 10n);
});

test('budgets can be split so deep and no deeper, and the deepest can be taken back', async () => {
  const { budget, grantor } = await make(10n);
  let last = budget;
  for (let depth = 0; depth < 64; depth += 1) ({ budget: last } = await E(last).split(1n, next()));
  assert.deepEqual(await E(last).split(1n, next()), { ok: false, code: 'limit' });
  await E(last).spend(1n, next());
  assert.deepEqual(await E(grantor).revoke(), { ok: true, returned: 9n });
  assert.equal(await E(last).remaining(), 0n);
});

test('with a clock, all that was spent comes back in each epoch, and parts keep their size', async () => {
  const own = await startBench({ vat: 'budgets' });
  const { budget } = await E(own.roots['vat']).makeWeekly(10n);
  const part = await E(budget).split(4n, next());
  await E(part.budget).spend(4n, next());
  await E(budget).spend(6n, next());
  own.time.pass(week - 1);
  assert.equal(await E(budget).remaining(), 0n);
  own.time.pass(1);
  assert.equal(await E(budget).remaining(), 6n);
  assert.equal(await E(part.budget).remaining(), 4n);
  // Setting the machine's clock back brings no epoch twice.
  await E(budget).spend(6n, next());
  own.time.step(-2 * week);
  assert.equal(await E(budget).remaining(), 0n);
  // Of what was spent in this epoch nothing comes back with the part; the next one has all of it.
  await E(part.budget).spend(1n, next());
  assert.deepEqual(await E(part.grantor).revoke(), { ok: true, returned: 3n });
  assert.equal(await E(budget).remaining(), 3n);
  own.time.step(3 * week);
  own.time.pass(week);
  assert.equal(await E(budget).remaining(), 10n);
  await own.node.stop();
});

test('budgets, what is spent of them, and revocation survive a restart', async () => {
  let own = await startBench({ vat: 'budgets' });
  const { budget } = await E(own.roots['vat']).make(10n);
  const part = await E(budget).split(6n, 'a');
  const piece = await E(part.budget).split(2n, 'b');
  await E(piece.budget).spend(1n, 'c');
  await E(own.roots['vat']).keep([budget, part, piece]);
  own = await restart(own);
  const [, part2, piece2] = await E(own.roots['vat']).kept();
  assert.deepEqual(await E(piece2.budget).spend(1n, 'c'), { ok: true, remaining: 1n });
  assert.equal(await E(piece2.budget).remaining(), 1n);
  await E(part2.grantor).revoke();
  own = await restart(own);
  const [budget3, , piece3] = await E(own.roots['vat']).kept();
  assert.deepEqual(await E(piece3.budget).spend(1n, 'd'), { ok: false, code: 'revoked' });
  assert.equal(await E(budget3).remaining(), 9n);
  await own.node.stop();
});

test('whatever is done, the budgets of a tree sum to its total', async () => {
  const act = fc.record({
    kind: fc.constantFrom('spend', 'split', 'return', 'revoke'),
    at: fc.nat(7),
    n: fc.bigInt(0n, 12n),
    days: fc.nat(3),
  });
  const run = async (acts: Any[], weekly: boolean) => {
    const vat = bench.roots['vat'];
    const first = await (weekly ? E(vat).makeWeekly(20n) : E(vat).make(20n));
    const all: Any[] = [first];
    for (const { kind, at, n, days } of acts) {
      bench.time.pass((days * week) / 7);
      const { budget, grantor } = all[at % all.length];
      if (kind === 'spend') await E(budget).spend(n, next());
      else if (kind === 'return') await E(budget).returnAll();
      else if (kind === 'revoke' && at % all.length > 0) await E(grantor).revoke();
      else if (kind === 'split') {
        const part = await E(budget).split(n, next());
        if (part.ok) all.push(part);
      }
      const views = await Promise.all(all.map(({ budget: each }) => E(each).view()));
      const alive = views.filter(({ ok }) => ok !== false);
      const sum = (key: string) => alive.reduce((total, view) => total + view[key], 0n);
      assert.equal(sum('allotment'), 20n);
      assert.equal(sum('remaining') + sum('spent'), 20n);
      assert.ok(alive.every(({ remaining, spent }) => remaining >= 0n && spent >= 0n));
      assert.equal((await E(first.grantor).status()).spent, sum('spent'));
    }
  };
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 15 }), fc.boolean(), run),
    { numRuns: 12 },
  );
});

test('the facets of a budget describe themselves in both languages', async () => {
  const { budget, grantor } = await make(10n);
  for (const facet of [budget, grantor]) assert.deepEqual(await descriptionFaults(facet), []);
});
