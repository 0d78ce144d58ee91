import { type Any, type Bench, T, rest, restart, startBench, week } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { getInterfaceGuardPayload } from '@endo/patterns';
import { descriptionFaults } from '@pocas/vat-runtime/testing';

let bench: Bench;
before(async () => {
  bench = await startBench({ vat: 'keepers', other: 'keepers', third: 'keepers' });
});
after(() => bench.node.stop());

const refused = (code: string) => ({ ok: false, code });

/** A thing of the caretaker's own vat, and one of another. */
const eachThing = async (b = bench): Promise<[[string, Any], [string, Any]]> => [
  ['near', await E(b.roots['vat']).thing()],
  ['far', await E(b.roots['other']).thing()],
];
const guard = (thing: Any, rules: Any = {}, b = bench): Promise<Any> =>
  E(b.roots['vat']).caretaker(thing, rules);

test('a caretaker passes calls on until it is taken back, for good', async () => {
  for (const [where, thing] of await eachThing()) {
    const { caretaker, revoker } = await guard(thing);
    assert.equal(await E(caretaker).add(2n), 2n, where);
    assert.equal(await E(caretaker).count(), 2n);
    assert.deepEqual(await E(revoker).status(), {
      revoked: false,
      reason: undefined,
      used: 2n,
      left: undefined,
      expires: undefined,
    });
    const answer = { ok: true, reason: 'lease over' };
    assert.deepEqual(await E(revoker).revoke('lease over'), answer);
    assert.deepEqual(await E(revoker).revoke('again'), answer);
    assert.deepEqual(await E(caretaker).add(2n), refused('revoked'));
    assert.deepEqual(await E(caretaker).__describe__(), refused('revoked'));
    assert.equal((await E(revoker).status()).revoked, true);
    assert.equal(await E(thing).count(), 2n);
  }
});

test('what the target refuses reaches the caller: malformed arguments, throws, methods that are not there', async () => {
  for (const [, thing] of await eachThing()) {
    const { caretaker } = await guard(thing);
    await assert.rejects(E(caretaker).add('two'), /argument 1 must be a whole number/);
    await assert.rejects(E(caretaker).addThenFail(), /as asked/);
    for (const method of ['nothing', 'toString', 'constructor', 'hasOwnProperty', 'then']) {
      await assert.rejects(E(caretaker)[method](), /no such method/, method);
    }
  }
});

test('a throw undoes the use where the target is in the same vat; elsewhere the use counts', async () => {
  for (const [where, thing] of await eachThing()) {
    const { caretaker, revoker } = await guard(thing, { uses: 5n });
    await assert.rejects(E(caretaker).addThenFail(), /as asked/);
    assert.equal(await E(thing).count(), 0n);
    assert.equal((await E(revoker).status()).used, where === 'near' ? 0n : 1n);
  }
});

test('only the methods that are named are let through, and shown', async () => {
  for (const [where, thing] of await eachThing()) {
    const { caretaker, revoker } = await guard(thing, { methods: ['count', 'nothing'] });
    assert.equal(await E(caretaker).count(), 0n);
    assert.deepEqual(await E(caretaker).add(1n), refused('unsupported'));
    await assert.rejects(E(caretaker).nothing(), /no such method/);
    const names = await E(caretaker).__getMethodNames__();
    assert.deepEqual(
      names.filter((name: string) => !name.startsWith('__')),
      ['count'],
    );
    const { methodGuards } = getInterfaceGuardPayload(
      await E(caretaker).__getInterfaceGuard__(),
    ) as Any;
    assert.deepEqual(Object.keys(methodGuards), ['count']);
    const description = await E(caretaker).__describe__();
    assert.deepEqual(Object.keys(description.methods), ['count']);
    assert.deepEqual(description.order.methods, ['count']);
    assert.deepEqual([description.view, description.changes], ['count', undefined]);
    // To ask what it is uses nothing up, and a throw from elsewhere does.
    assert.equal((await E(revoker).status()).used, where === 'near' ? 1n : 2n);
  }
});

test('read-only is held to by the vat: what would change something is undone', async () => {
  const [[, near], [, far]] = await eachThing();
  const { caretaker, revoker } = await guard(near, { readOnly: true });
  // A turn that would begin after this one too.
  await assert.rejects(E(caretaker).addLater(1n), /may only be read from/);
  assert.equal(await E(caretaker).countLater(), await E(near).count());
  await E(near).add(3n);
  assert.equal(await E(caretaker).count(), 3n);
  assert.match(await E(caretaker).changes(), /\d/);
  await assert.rejects(E(caretaker).add(1n), /may only be read from/);
  await assert.rejects(E(caretaker).keep('x'), /may only be read from/);
  await assert.rejects(E(caretaker).askBySend(far, 'add', [1n]), /may only be read from/);
  await assert.rejects(E(caretaker).ask(far, 'add', [1n]), /may only be read from/);
  await rest(bench);
  assert.deepEqual([await E(near).count(), await E(far).count()], [3n, 0n]);
  assert.equal((await E(revoker).status()).used, 3n);
  await assert.rejects(guard(far, { readOnly: true }), /the target is elsewhere; give "methods"/);
});

test('so many uses and no more, also when they come at once', async () => {
  for (const [, thing] of await eachThing()) {
    const { caretaker, revoker } = await guard(thing, { uses: 3n });
    const answers = await Promise.all(Array.from({ length: 8 }, () => E(caretaker).add(1n)));
    assert.deepEqual(answers, [1n, 2n, 3n, ...Array(5).fill(refused('limit'))]);
    assert.equal(await E(thing).count(), 3n);
    assert.equal((await E(revoker).status()).left, 0n);
    const third = (await guard(thing, { uses: 2n })).caretaker;
    const more: Any[] = await E(bench.roots['third']).eachAtOnce(third, 5n);
    assert.equal(more.filter((answer) => typeof answer === 'bigint').length, 2);
  }
});

test('so many uses in any span of time', async () => {
  const thing = await E(bench.roots['vat']).thing();
  const { caretaker } = await guard(thing, { rate: { uses: 2n, per: 100n } });
  const use = async () => (typeof (await E(caretaker).add(1n)) === 'bigint' ? 'yes' : 'no');
  const results = [];
  // A window that began anew at 100 would let four through between 90 and 110.
  for (const step of [0, 90, 5, 5, 0, 89, 1, 4, 1]) {
    bench.time.pass(step);
    results.push(await use());
  }
  assert.deepEqual(results, ['yes', 'yes', 'no', 'yes', 'no', 'no', 'yes', 'no', 'no']);
});

test('after its time a caretaker refuses, also when the clock is set back', async () => {
  const thing = await E(bench.roots['vat']).thing();
  const expires = (await E(bench.node.clock).now()) + 1000n;
  const { caretaker } = await guard(thing, { expires, rate: { uses: 1n, per: 10_000n } });
  bench.time.pass(999);
  assert.equal(await E(caretaker).add(1n), 1n);
  bench.time.pass(1);
  assert.deepEqual(await E(caretaker).add(1n), refused('expired'));
  assert.deepEqual(await E(caretaker).__getMethodNames__(), refused('expired'));
  bench.time.step(-week);
  assert.deepEqual(await E(caretaker).add(1n), refused('expired'));
  bench.time.step(week);
  const { caretaker: limited } = await guard(thing, { rate: { uses: 1n, per: 10_000n } });
  assert.equal(await E(limited).add(1n), 2n);
  bench.time.step(-week);
  assert.deepEqual(await E(limited).add(1n), refused('limit'));
  bench.time.step(week);
});

test('a witness is told of each use that happened, and of no other', async () => {
  for (const [where, thing] of await eachThing()) {
    const { thing: log, back } = await E(bench.roots['third']).thingWithWitness();
    const { caretaker, revoker } = await guard(thing, {
      witness: back,
      methods: ['add', 'addThenFail'],
    });
    await E(caretaker).add(1n);
    await E(caretaker).count();
    await E(caretaker)
      .addThenFail()
      .catch(() => {});
    await E(caretaker).add(1n);
    await E(revoker).revoke('over');
    await E(caretaker).add(1n);
    await rest(bench);
    const methods = (await E(log).heard()).map(({ method, use }: Any) => `${method} ${use}`);
    assert.deepEqual(
      methods,
      where === 'near' ? ['add 1', 'add 2'] : ['add 1', 'addThenFail 2', 'add 3'],
    );
  }
});

test('uses are spent of a budget, which others may spend too', async () => {
  const { budget } = await E(bench.roots['vat']).budget(3n);
  const [[, thing]] = await eachThing();
  const [one, two] = await Promise.all([1, 2].map(() => guard(thing, { budget })));
  await E(one.caretaker).add(1n);
  await assert.rejects(E(one.caretaker).addThenFail());
  await E(two.caretaker).add(1n);
  await E(budget).spend(1n, 'own');
  assert.deepEqual(await E(one.caretaker).add(1n), refused('limit'));
  assert.deepEqual(await E(two.caretaker).add(1n), refused('limit'));
  assert.equal(await E(thing).count(), 2n);
  const { budget: far } = await E(bench.roots['other']).budget(3n);
  await assert.rejects(guard(thing, { budget: far }), /its budget is not in this vat/);

  // What the budget refuses is no use: it does not count for the rate, and later ones are let through.
  const { budget: lent } = await E(bench.roots['vat']).budget(1n);
  const { budget: part } = await E(lent).split(1n, 'lend');
  const rate = { uses: 1n, per: BigInt(week) };
  const { caretaker } = await guard(thing, { budget: lent, rate });
  assert.deepEqual(await E(caretaker).add(1n), refused('limit'));
  await E(part).returnAll();
  assert.equal(await E(caretaker).add(1n), 3n);
});

test('rules that could not be held to are refused', async () => {
  const thing = await E(bench.roots['vat']).thing();
  const { vat } = bench.roots;
  await assert.rejects(E(vat).bareCaretaker(thing, { expires: T }), /need a clock/);
  await assert.rejects(
    E(vat).bareCaretaker(thing, { rate: { uses: 1n, per: 1n } }),
    /need a clock/,
  );
  await assert.rejects(guard(thing, { rate: { uses: 1001n, per: 1n } }), /1 to 1000 uses/);
  await assert.rejects(guard(thing, { sues: 1n }));
  await assert.rejects(guard('text'));
});

test('a send through a caretaker happens once, and its answer comes to whoever sent it', async () => {
  for (const [where, thing] of await eachThing()) {
    for (const sender of [bench.roots['vat'], bench.roots['third']]) {
      const asker = await E(sender).thing();
      const { caretaker, revoker } = await guard(thing, { uses: 3n });
      const before = await E(thing).count();
      await E(asker).askBySend(caretaker, 'add', [1n]);
      await E(asker).askBySend(caretaker, 'addThenFail', []);
      await E(asker).askBySend(caretaker, 'nothing', []);
      await rest(bench);
      const heard: Any[] = await E(asker).heard();
      assert.deepEqual(
        heard.toSorted((a, b) => (a.join() < b.join() ? -1 : 1)),
        [
          ['fulfilled', before + 1n],
          ['rejected', 'thrown', 'as asked'],
          ['rejected', 'thrown', 'the object has no such method'],
        ],
      );
      assert.equal(await E(thing).count(), before + 1n);
      assert.equal((await E(revoker).status()).used, where === 'near' ? 1n : 3n);
      await E(revoker).revoke('over');
      await E(asker).askBySend(caretaker, 'add', [1n]);
      await rest(bench);
      assert.deepEqual((await E(asker).heard()).at(-1), ['fulfilled', refused('revoked')]);
    }
  }
  const left = (await bench.node.storage.list('')).filter(([key]) =>
    /^in\/|^v\/\d+\/a\//.test(key),
  );
  assert.deepEqual(left, []);
});

test('sends and calls of an undone turn do not reach a caretaker', async () => {
  for (const [, thing] of await eachThing()) {
    const { caretaker, revoker } = await guard(thing);
    await assert.rejects(E(bench.roots['vat']).useThenFail(caretaker), /as asked/);
    await rest(bench);
    assert.equal((await E(revoker).status()).used, 0n);
  }
});

test('a caretaker of a caretaker, in either vat, holds to the rules of both', async () => {
  for (const [, thing] of await eachThing()) {
    const inner = await guard(thing, { uses: 3n });
    for (const root of [bench.roots['vat'], bench.roots['other']]) {
      const outer = await E(root).caretaker(inner.caretaker, { methods: ['add'], uses: 1n });
      assert.equal(typeof (await E(outer.caretaker).add(1n)), 'bigint');
      assert.deepEqual(await E(outer.caretaker).add(1n), refused('limit'));
      assert.deepEqual(await E(outer.caretaker).count(), refused('unsupported'));
      const asker = await E(bench.roots['third']).thing();
      const again = await E(root).caretaker(inner.caretaker);
      await E(asker).askBySend(again.caretaker, 'count', []);
      await rest(bench);
      const [[kind]] = await E(asker).heard();
      assert.equal(kind, 'fulfilled');
      const names = await E(outer.caretaker).__getMethodNames__();
      assert.ok(names.includes('add') && !names.includes('count'));
      if (root === bench.roots['vat']) assert.equal((await E(inner.revoker).status()).used, 2n);
    }
    assert.equal((await E(inner.revoker).status()).left, 0n);
  }
});

test('an answer may be a promise, and calls on what is not there yet arrive in order', async () => {
  for (const [, thing] of await eachThing()) {
    const { caretaker, revoker } = await guard(thing);
    const child = E(caretaker).child();
    const answers = await Promise.all([E(child).add(1n), E(child).add(1n)]);
    assert.deepEqual(answers, [1n, 2n]);
    const later = E(caretaker).later();
    await E(revoker).revoke('over');
    await E(thing).open('opened');
    // A caretaker cuts what goes through it; this call had gone through.
    assert.equal((await later).value, 'opened');
  }
});

test('a caretaker is one and the same object wherever it goes, and has no methods to call directly', async () => {
  const [[, thing]] = await eachThing();
  const { caretaker } = await guard(thing);
  assert.notEqual(caretaker, thing);
  await E(bench.roots['vat']).keep('c', caretaker);
  await E(bench.roots['third']).keep('c', caretaker);
  assert.equal(await E(bench.roots['vat']).kept('c'), caretaker);
  assert.equal(await E(bench.roots['third']).kept('c'), caretaker);
  await assert.rejects(E(bench.roots['vat']).callNear(caretaker), /the object failed/);
});

test('caretakers, counts and revocation survive restarts at every step', async () => {
  for (const place of ['vat', 'other']) {
    let own = await startBench({ vat: 'keepers', other: 'keepers', third: 'keepers' });
    const thing = await E(own.roots[place]).thing();
    const kit = await guard(thing, { uses: 4n, methods: ['add'] }, own);
    const asker = await E(own.roots['third']).thing();
    await E(own.roots['vat']).keep('kit', { ...kit, thing, asker });
    const again = async () => {
      own = await restart(own);
      return (await E(own.roots['vat']).kept('kit')) as Any;
    };
    let now = await again();
    assert.equal(await E(now.caretaker).add(1n), 1n);
    now = await again();
    // The message is in an inbox when the node ends.
    await E(now.asker).askBySend(now.caretaker, 'add', [1n]);
    now = await again();
    await rest(own);
    assert.deepEqual(await E(now.asker).heard(), [['fulfilled', 2n]]);
    assert.deepEqual(await E(now.caretaker).count(), refused('unsupported'));
    await E(now.caretaker).add(1n);
    now = await again();
    await E(now.caretaker).add(1n);
    assert.deepEqual(await E(now.caretaker).add(1n), refused('limit'));
    assert.equal((await E(now.revoker).status()).left, 0n);
    await E(now.revoker).revoke('over');
    now = await again();
    assert.deepEqual(await E(now.caretaker).add(1n), refused('revoked'));
    assert.equal(await E(now.thing).count(), 4n);
    await own.node.stop();
  }
});

test('a revoker describes itself in both languages', async () => {
  const [[, thing]] = await eachThing();
  const { revoker } = await guard(thing);
  assert.deepEqual(await descriptionFaults(revoker), []);
});
