import { type Any, type Bench, rest, restart, startBench } from './bench.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { makeDouble } from '@pocas/vat-runtime/testing';
import { getInterfaceGuardPayload } from '@endo/patterns';

let bench: Bench;
before(async () => {
  bench = await startBench({ vat: 'keepers', other: 'keepers', third: 'keepers' });
});
after(() => bench.node.stop());

const refused = (code: string) => ({ ok: false, code });

/** Things of the membrane's own vat, and of another. */
const places = ['vat', 'other'];
const make = (place: string, b = bench): Promise<Any> => E(b.roots[place]).thing();
const around = (thing: Any, rules: Any = {}, b = bench): Promise<Any> =>
  E(b.roots['vat']).membrane(thing, rules);

test('what comes out is wrapped at any depth, and one revocation cuts all of it', async () => {
  for (const place of places) {
    const thing = await make(place);
    const own = await E(thing).child();
    const { membrane, revoker } = await around(thing);
    const child = await E(membrane).child();
    assert.notEqual(child, own);
    assert.equal(await E(child).add(1n), 1n);
    assert.equal(await E(own).count(), 1n);
    const { list, text, soon } = await E(membrane).nested();
    assert.equal(text, 'x');
    for (const each of [list[0], list[1].child, (await soon).child]) assert.equal(each, child);
    const grandchild = await E(child).child();
    await E(revoker).revoke('over');
    for (const each of [membrane, child, grandchild]) {
      assert.deepEqual(await E(each).add(1n), refused('revoked'));
      assert.deepEqual(await E(each).__describe__(), refused('revoked'));
    }
    assert.equal(await E(own).count(), 1n);
  }
});

test('identity is kept: one object one wrapper, and a wrapper that goes back is its original', async () => {
  for (const place of places) {
    const thing = await make(place);
    const { membrane } = await around(thing);
    const [one, two] = [await E(membrane).child(), await E(membrane).child()];
    assert.equal(one, two);
    assert.equal(await E(membrane).self(), membrane);
    await E(membrane).keep({ deep: [one, membrane] });
    assert.deepEqual(await E(thing).kept(), { deep: [await E(thing).child(), thing] });
    // It comes out again as the same wrapper.
    assert.deepEqual(await E(membrane).kept(), { deep: [one, membrane] });
    assert.equal(await E(membrane).same(one, two), true);
    assert.equal(await E(membrane).same(one, membrane), false);
  }
});

test('what is passed in is wrapped for the inside, and comes back as itself', async () => {
  for (const place of places) {
    for (const from of ['vat', 'other', 'third']) {
      const thing = await make(place);
      const guest = await make(from);
      const { membrane, revoker } = await around(thing);
      assert.equal(await E(membrane).keep(guest), guest);
      const inside = await E(thing).kept();
      assert.notEqual(inside, guest);
      assert.equal(await E(inside).add(5n), 5n);
      assert.equal(await E(guest).count(), 5n);
      // What the guest gives to the inside is wrapped too, and what it gets from there.
      const child = await E(inside).child();
      assert.notEqual(child, await E(guest).child());
      const inner = await E(thing).child();
      await E(inside).keep(inner);
      assert.equal(await E(guest).kept(), await E(membrane).child());
      assert.equal(await E(inside).kept(), inner);
      await E(revoker).revoke('over');
      for (const each of [inside, child]) {
        assert.deepEqual(await E(each).count(), refused('revoked'));
      }
      // The guest kept a wrapper.
      assert.deepEqual(await E(await E(guest).kept()).count(), refused('revoked'));
    }
  }
});

test('the inside calls what was passed in, with references and back', async () => {
  for (const place of places) {
    const thing = await make(place);
    const guest = await make('third');
    const { membrane } = await around(thing);
    const child = await E(membrane).child();
    // The inside calls guest.keep(child): the guest sees the wrapper, the inside the original.
    assert.equal(await E(membrane).ask(guest, 'keep', [child]), child);
    assert.equal(await E(guest).kept(), child);
    assert.equal(await E(membrane).ask(guest, 'self', []), guest);
  }
});

test('calls on answers that are not there yet are cut too', async () => {
  for (const place of places) {
    const thing = await make(place);
    const { membrane, revoker } = await around(thing);
    assert.equal(await E(E(E(membrane).child()).child()).add(2n), 2n);
    const child = E(membrane).child();
    const sooner = E(child).add(1n);
    const revoked = E(revoker).revoke('over');
    const later = E(E(E(membrane).child()).child()).add(1n);
    sooner.catch(() => {});
    later.catch(() => {});
    await revoked;
    // A refusal is no object to call.
    await assert.rejects(later, /the answer it was made on is not a capability/);
    // That one had set out before. Whether it came through, it is answered.
    await Promise.allSettled([sooner]);
    const grandchild = await E(await E(thing).child()).child();
    // A refusal is no object to call.
    await assert.rejects(later, /has no method|not a function|no such method|Cannot/);
    assert.equal(await E(grandchild).count(), 2n);
  }
});

test('an answer that comes after the revocation is kept back, on either side', async () => {
  for (const place of places) {
    const thing = await make(place);
    const { membrane, revoker } = await around(thing);
    const later = E(membrane).later();
    const guest = await make('third');
    const asked = E(membrane).ask(guest, 'later', []);
    await rest(bench);
    await E(revoker).revoke('over');
    await E(thing).open('secret words');
    assert.deepEqual(await later, refused('revoked'));
    await E(guest).open('fail');
    assert.deepEqual(await asked, refused('revoked'));
  }
});

test('a failure that comes after the revocation is kept back', async () => {
  for (const place of places) {
    const thing = await make(place);
    const { membrane, revoker } = await around(thing);
    const failing = E(membrane).later();
    await rest(bench);
    await E(revoker).revoke('over');
    await E(thing).open('fail');
    assert.deepEqual(await failing, refused('revoked'));
  }
});

test('a promise in data crosses when it is known', async () => {
  for (const place of places) {
    for (const cut of [false, true]) {
      const thing = await make(place);
      const { membrane, revoker } = await around(thing);
      const { soon } = await E(membrane).nested();
      if (cut) await E(revoker).revoke('over');
      const child = await E(membrane).child();
      const value = await soon;
      // It was settled when it crossed, or is refused: never the original.
      if (cut) assert.deepEqual(child, refused('revoked'));
      else assert.equal(value.child, child);
      assert.notEqual(value.child, await E(thing).child());
    }
  }
});

test('of errors and other reasons only words cross', async () => {
  for (const place of places) {
    const thing = await make(place);
    const { membrane } = await around(thing);
    for (const method of ['failWith', 'rejectWith']) {
      await assert.rejects(E(membrane)[method]('error'), /with words/);
      const reason = await E(membrane)
        [method]('x')
        .then(
          () => assert.fail('it was to fail'),
          (given: unknown) => given,
        );
      assert.ok(reason instanceof Error);
      assert.match(reason.message, /Cannot tell why it failed|is not throwable/);
      assert.deepEqual(Object.keys(reason), []);
    }
  }
});

test('a wrapper works in a third vat, and is cut there too', async () => {
  for (const place of places) {
    const thing = await make(place);
    const { membrane, revoker } = await around(thing);
    const child = await E(membrane).child();
    const guest = await make('third');
    await E(guest).keep(child);
    assert.equal(await E(guest).ask(child, 'add', [3n]), 3n);
    await E(revoker).revoke('over');
    assert.deepEqual(await E(guest).ask(child, 'add', [3n]), refused('revoked'));
    assert.equal(await E(await E(thing).child()).count(), 3n);
  }
});

test('a wrapper given to the original by another way is no way around the membrane', async () => {
  for (const place of places) {
    const thing = await make(place);
    const { membrane, revoker } = await around(thing);
    const child = await E(membrane).child();
    // The original holds its own wrapper; what it hands out through the membrane is still wrapped.
    await E(thing).keep([membrane, child]);
    const [first, second] = await E(membrane).kept();
    assert.equal(typeof (await E(second).add(1n)), 'bigint');
    await E(revoker).revoke('over');
    for (const each of [first, second]) {
      assert.deepEqual(await E(each).count(), refused('revoked'));
    }
  }
});

test('send crosses a membrane: once, with wrapped arguments and a wrapped answer', async () => {
  for (const place of places) {
    for (const from of ['vat', 'third']) {
      const thing = await make(place);
      const asker = await make(from);
      const { membrane, revoker } = await around(thing);
      await E(asker).askBySend(membrane, 'child', []);
      await E(asker).askBySend(membrane, 'keep', [{ asker, membrane }]);
      await E(asker).askBySend(membrane, 'failWith', ['error']);
      await rest(bench);
      const child = await E(membrane).child();
      const heard: Any[] = await E(asker).heard();
      assert.equal(heard.length, 3);
      assert.ok(heard.some(([, answer]) => answer === child));
      assert.ok(
        heard.some(([, answer]) => answer?.asker === asker && answer.membrane === membrane),
      );
      assert.ok(heard.some(([kind, , words]) => kind === 'rejected' && words === 'with words'));
      const { asker: inside, membrane: original } = await E(thing).kept();
      assert.equal(original, thing);
      assert.notEqual(inside, asker);
      // And the other way: the inside sends to what was passed in.
      await E(thing).askBySend(inside, 'child', []);
      await rest(bench);
      const [[kind, wrapped]] = await E(thing).heard();
      assert.equal(kind, 'fulfilled');
      assert.notEqual(wrapped, await E(asker).child());
      assert.equal(await E(wrapped).add(1n), 1n);
      await E(revoker).revoke('over');
      await E(thing).askBySend(inside, 'add', [1n]);
      await E(asker).askBySend(membrane, 'add', [1n]);
      await rest(bench);
      assert.deepEqual((await E(thing).heard()).at(-1), ['fulfilled', refused('revoked')]);
      assert.deepEqual((await E(asker).heard()).at(-1), ['fulfilled', refused('revoked')]);
    }
  }
});

test('the failure of a send that is under way at the revocation is kept back too', async () => {
  const thing = await make('other');
  const asker = await make('third');
  const { membrane, revoker } = await around(thing);
  // In one order: the message has been passed on to the other vat when the revocation comes.
  const asked = E(asker).askBySend(membrane, 'failWith', ['error']);
  const cut = E(asker).askBySend(revoker, 'revoke', ['over']);
  await Promise.all([asked, cut]);
  await rest(bench);
  const heard: Any[] = await E(asker).heard();
  assert.equal(heard.length, 2);
  assert.ok(
    heard.some(([kind, answer]) => kind === 'fulfilled' && answer?.code === 'revoked'),
    JSON.stringify(heard),
  );
  assert.ok(!heard.some(([kind]) => kind === 'rejected'));
});

test('rules hold for all that goes in', async () => {
  for (const place of places) {
    const thing = await make(place);
    const counted = await around(thing, { uses: 3n });
    const child = await E(counted.membrane).child();
    await E(child).add(1n);
    await E(await E(child).child()).__getMethodNames__();
    assert.deepEqual(await E(counted.membrane).count(), refused('limit'));
    assert.deepEqual(await E(child).count(), refused('limit'));
    const named = await around(thing, { methods: ['child'] });
    assert.deepEqual(await E(named.membrane).add(1n), refused('unsupported'));
    assert.equal(typeof (await E(E(named.membrane).child()).add(1n)), 'bigint');
    const names = await E(named.membrane).__getMethodNames__();
    assert.ok(names.includes('child') && !names.includes('add'));
    const { methodGuards } = getInterfaceGuardPayload(
      await E(named.membrane).__getInterfaceGuard__(),
    ) as Any;
    assert.deepEqual(Object.keys(methodGuards), ['child']);
    assert.deepEqual((await E(named.membrane).__describe__()).methods, {});
    const inner = await E(named.membrane).child();
    assert.equal((await E(inner).__describe__()).view, 'count');
    const expires = (await E(bench.node.clock).now()) + 10n;
    const short = await around(thing, { expires });
    const kept = await E(short.membrane).child();
    bench.time.pass(10);
    assert.deepEqual(await E(kept).count(), refused('expired'));
  }
});

test('read-only goes for all that comes out, and not for what was passed in', async () => {
  const thing = await make('vat');
  await E(thing).child();
  const far = await make('other');
  await E(thing).keep(far);
  const { membrane } = await around(thing, { readOnly: true });
  const child = await E(membrane).child();
  assert.equal(await E(child).count(), 0n);
  await assert.rejects(E(child).add(1n), /may only be read from/);
  // Of an object elsewhere nobody can know.
  assert.deepEqual(await E(await E(membrane).kept()).add(1n), refused('unsupported'));
  assert.equal(await E(far).count(), 0n);
});

test('so many references cross and no more', async () => {
  const thing = await make('vat');
  const { membrane } = await around(thing, { references: 3n });
  const guests = await Promise.all([1, 2, 3].map(() => make('third')));
  await E(membrane).keep([guests[0], guests[1], guests[0]]);
  await assert.rejects(E(membrane).keep(guests), /which is its limit/);
  assert.equal(await E(membrane).keep(guests[1]), guests[1]);
});

test('what does not last cannot cross', async () => {
  const thing = await make('vat');
  const { membrane } = await around(thing);
  const passing = makeDouble('Passing', { hello: () => 'x' });
  await assert.rejects(E(membrane).keep(passing), /a reference that ends with its session/);
});

test('a membrane around a membrane, and around a caretaker', async () => {
  for (const [place, root] of places.flatMap((place) => places.map((root) => [place, root]))) {
    const thing = await make(place!);
    const { caretaker, revoker } = await E(bench.roots['vat']).caretaker(thing);
    const inner = await around(caretaker);
    const outer = await E(bench.roots[root!]).membrane(inner.membrane);
    const child = await E(outer.membrane).child();
    assert.equal(await E(child).add(1n), 1n);
    const guest = await make('third');
    assert.equal(await E(outer.membrane).keep(guest), guest);
    assert.equal(await E(E(outer.membrane).kept()).self(), guest);
    const asker = await make('third');
    await E(asker).askBySend(outer.membrane, 'child', []);
    await rest(bench);
    assert.deepEqual(await E(asker).heard(), [['fulfilled', child]]);
    await E(revoker).revoke('over');
    assert.deepEqual(await E(outer.membrane).add(1n), refused('revoked'));
    assert.equal(await E(child).add(1n), 2n);
    await E(inner.revoker).revoke('over');
    assert.deepEqual(await E(child).add(1n), refused('revoked'));
  }
});

test('membranes, wrappers and their identity survive restarts at every step', async () => {
  for (const place of places) {
    let own = await startBench({ vat: 'keepers', other: 'keepers', third: 'keepers' });
    const thing = await make(place, own);
    const kit = await around(thing, {}, own);
    const guest = await make('third', own);
    await E(own.roots['vat']).keep('all', { ...kit, thing, guest });
    const again = async () => {
      own = await restart(own);
      return (await E(own.roots['vat']).kept('all')) as Any;
    };
    let all = await again();
    const child = await E(all.membrane).child();
    await E(all.guest).keep(child);
    await E(all.membrane).keep(all.guest);
    all = await again();
    const same = await E(all.guest).kept();
    assert.equal(await E(all.membrane).child(), same);
    assert.equal(await E(all.membrane).kept(), all.guest);
    // Sent before the node ends, carried out after.
    await E(all.guest).askBySend(all.membrane, 'child', []);
    all = await again();
    await rest(own);
    assert.deepEqual(await E(all.guest).heard(), [['fulfilled', await E(all.guest).kept()]]);
    assert.equal(await E(await E(all.guest).kept()).add(1n), 1n);
    await E(all.revoker).revoke('over');
    all = await again();
    for (const each of [all.membrane, await E(all.guest).kept()]) {
      assert.deepEqual(await E(each).count(), refused('revoked'));
    }
    assert.deepEqual(await E(await E(all.thing).kept()).count(), refused('revoked'));
    await own.node.stop();
  }
});
