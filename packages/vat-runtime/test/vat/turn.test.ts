import { makeDouble, makeTestNode } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { nextTask } from '../collect.ts';

const module = fileURLToPath(new URL('../../../test/fixtures/ledger.ts', import.meta.url));

// What a vat answers is of any kind here.
type Any = any;

const make = async (balance = 100n) => {
  const node = await makeTestNode();
  const bank: Any = await node.makeVat({ module, label: 'ledger' });
  const { account, audit }: Any = await E(bank).open(balance);
  const notes: unknown[] = [];
  const witness = makeDouble('Witness', {
    note: (value: unknown) => {
      notes.push(value);
      return 'noted';
    },
  });
  /** How many rows were written so far. */
  const rows = async () => {
    await node.settled();
    return node.counts().rows;
  };
  return { node, bank, account, audit, witness, notes, rows };
};

// ---- whole or not at all ----

test('a turn that throws leaves no state, no object, no map entry, no message and no row', async () => {
  const { node, bank, account, witness, notes, rows } = await make();
  const before = await rows();
  await assert.rejects(E(account).payAndFail(5n, witness, 0n), /paid and failed/);
  await assert.rejects(E(bank).openAndFail(5n), /the bank is closed/);
  assert.equal(await E(account).balance(), 100n);
  assert.deepEqual(await E(account).entries(), []);
  await nextTask();
  assert.deepEqual(notes, []);
  assert.equal(await rows(), before);
  await node.stop();
});

test('a throw that its caller catches undoes what the callee did, at every depth, and nothing else', async () => {
  const { node, account, witness, notes } = await make(0n);
  // 1 is paid, 10 inside it fails; 2 is paid, 20 fails; 500 fails.
  await E(account).tryPayments([1n, 2n, 500n], witness);
  assert.equal(await E(account).balance(), 3n);
  assert.deepEqual(await E(account).entries(), [
    ['paid 1', 1n],
    ['paid 2', 2n],
  ]);
  await nextTask();
  assert.deepEqual(notes, ['paid 1', 'paid 2']);
  await node.stop();
});

test('three levels of calls, the innermost of which fails: what the two outer ones did stays', async () => {
  const { node, account, witness, notes } = await make(0n);
  assert.equal(await E(account).payAndFail(1n, witness, 2n), 11n);
  assert.equal(await E(account).balance(), 11n);
  await nextTask();
  assert.deepEqual(notes, ['paid 1', 'paid 10']);
  await node.stop();
});

test('what was changed several times is as it was before the first', async () => {
  const { node, account } = await make(100n);
  await E(account).put('k', 7n);
  assert.equal(await E(account).changeTwiceAndFail(true), 100n);
  await assert.rejects(E(account).changeTwiceAndFail(false), /changed twice/);
  assert.equal(await E(account).balance(), 100n);
  assert.deepEqual(await E(account).entries(), [['k', 7n]]);
  await node.stop();
});

test('a call of an object on itself, in the middle of its turn, loses and makes nothing', async () => {
  const { node, bank, account } = await make(100n);
  const { account: other }: Any = await E(bank).open(0n);
  assert.equal(await E(account).transfer(account, 60n), 100n);
  assert.equal(await E(account).transfer(other, 60n), 40n);
  await assert.rejects(E(account).transfer(other, 60n));
  assert.deepEqual([await E(account).balance(), await E(other).balance()], [40n, 60n]);
  await node.stop();
});

test('messages of one turn leave in the order in which they were sent', async () => {
  const { node, account, witness, notes } = await make();
  await E(account).sendMany(witness, 20n);
  assert.deepEqual(
    notes,
    Array.from({ length: 20 }, (_, i) => BigInt(i)),
  );
  await node.stop();
});

test('an object of an undone turn cannot be called, read, stored or sent, nor a map of one', async () => {
  const { node, account, witness, notes } = await make();
  for (const what of ['make', 'make map']) {
    await assert.rejects(E(account).useLeaked(what), /undone/);
    const uses = what === 'make' ? ['call'] : ['get', 'set'];
    for (const use of [...uses, 'store', 'put', 'return', 'send']) {
      await assert.rejects(
        E(account).useLeaked(use, witness),
        /turn that made it was undone|belongs to its vat/,
        `${what}, then ${use}`,
      );
    }
  }
  assert.deepEqual(await E(account).entries(), []);
  assert.equal(await E(account).getNote(), undefined);
  assert.deepEqual(notes, []);
  await node.stop();
});

test('a maker that fails leaves nothing of what it did, even where its caller catches that', async () => {
  const { node, account, rows } = await make();
  const before = await rows();
  await assert.rejects(E(account).makeBad(false), /"text" of "Noted": it must be/);
  assert.equal(await E(account).balance(), 100n);
  assert.equal(await E(account).makeBad(true), 100n);
  assert.equal(await E(account).balance(), 100n);
  // The row of the identity that was used up, and no object.
  assert.ok((await rows()) - before <= 3);
  const stored = (await node.storage.list('v/')).filter(([, value]) => value.includes('"Noted"'));
  assert.deepEqual(stored, []);
  await node.stop();
});

// ---- guards ----

test('what a guard refuses changes nothing and writes nothing', async () => {
  const { node, account, audit, rows } = await make();
  const before = await rows();
  for (const attempt of [
    E(account).deposit(-1n),
    E(account).deposit(1),
    E(account).deposit(),
    E(account).withdraw(101n),
    E(audit).deposit(1n),
    E(account).addLater(-1n),
  ]) {
    await assert.rejects(attempt);
  }
  assert.equal(await E(account).balance(), 100n);
  assert.equal(await rows(), before);
  await node.stop();
});

test('an answer that its guard refuses undoes the turn', async () => {
  const { node, account } = await make();
  await assert.rejects(E(account).tooMuch(7n), /its answer is not what its guard promises/);
  assert.equal(await E(account).balance(), 100n);
  await node.stop();
});

test('so it does where the guard waits for its arguments and the turn begins later', async () => {
  const { node, account } = await make();
  await assert.rejects(
    E(account).tooMuchLater(Promise.resolve(7n)),
    /its answer is not what its guard promises/,
  );
  assert.equal(await E(account).balance(), 100n);
  await assert.rejects(E(account).failLater(7n), /later/);
  assert.equal(await E(account).balance(), 100n);
  assert.equal(await E(account).addLater(Promise.resolve(7n)), 107n);
  await node.stop();
});

// ---- what may be stored ----

test('what does not last is refused by name, where it is stored', async () => {
  const { node, account, witness } = await make();
  for (const [value, reason] of [
    [witness, /a reference that ends with its session does not last/],
    [{ deep: [witness] }, /a reference that ends with its session does not last/],
    [Promise.resolve(1n), /a promise does not last/],
  ] as const) {
    await assert.rejects(E(account).setNote(value), reason);
    await assert.rejects(E(account).setNote(value), /Cannot store "note" of "Account"/);
    await assert.rejects(E(account).put('k', value), /Cannot store a value of a map/);
  }
  assert.equal(await E(account).getNote(), undefined);
  assert.deepEqual(await E(account).entries(), []);
  await node.stop();
});

test('data of every kind is stored as it is', async () => {
  const { node, bank, account } = await make();
  const { audit } = await E(bank).open(1n);
  const values = [
    undefined,
    null,
    true,
    0,
    1.5,
    -1n,
    123456789012345678901234567890n,
    '',
    '#"!-',
    'ñ🜂',
    [],
    {},
    [[1n], { a: { b: 'c' } }],
    { x: audit, y: [account] },
  ];
  for (const value of values) {
    await E(account).setNote(value);
    assert.deepEqual(await E(account).getNote(), value);
  }
  await E(account).setNote(values);
  node.setProgram({ account, audit });
  await node.stop();
  const again = await makeTestNode({ storage: node.storage, secrets: node.secrets });
  const program = again.getProgram() as Any;
  const back = (await E(program.account).getNote()) as Any[];
  assert.deepEqual(back.slice(0, -1), values.slice(0, -1));
  assert.equal(back.at(-1).x, program.audit);
  assert.equal(back.at(-1).y[0], program.account);
  await again.stop();
});

// ---- maps ----

test('a map is ordered: strings by code unit, bigints by value, each range half open', async () => {
  const { node, account } = await make();
  for (const key of ['b', 'a', 'ñ', 'Z', '', 'a1', 'z']) await E(account).put(key, 1n);
  assert.deepEqual(await E(account).keys(), ['', 'Z', 'a', 'a1', 'b', 'z', 'ñ']);
  assert.deepEqual(await E(account).keys({ from: 'a', to: 'b' }), ['a', 'a1']);
  assert.deepEqual(await E(account).keys({ from: 'a0' }), ['a1', 'b', 'z', 'ñ']);
  assert.deepEqual(await E(account).keys({ to: 'a' }), ['', 'Z']);
  assert.deepEqual(await E(account).keys({ from: 'b', to: 'a' }), []);
  await node.stop();

  const { node: second, account: other } = await make();
  for (const key of [10n, 9n, -1n, 0n, -20n, 100n]) await E(other).put(key, key);
  assert.deepEqual(await E(other).keys(), [-20n, -1n, 0n, 9n, 10n, 100n]);
  assert.deepEqual(await E(other).keys({ from: -1n, to: 10n }), [-1n, 0n, 9n]);
  assert.equal(await E(other).remove(0n), true);
  assert.equal(await E(other).remove(0n), false);
  await E(other).put(9n, 90n);
  assert.deepEqual(
    [await E(other).has(0n), await E(other).size(), await E(other).total()],
    [false, 5n, 90n - 1n - 20n + 10n + 100n],
  );
  second.setProgram({ other });
  await second.stop();
  const again = await makeTestNode({ storage: second.storage, secrets: second.secrets });
  const { other: back } = again.getProgram() as Any;
  assert.deepEqual(await E(back).entries({ from: 0n }), [
    [9n, 90n],
    [10n, 10n],
    [100n, 100n],
  ]);
  await again.stop();
});

test('a map takes strings and bigints as keys, and no half characters', async () => {
  const { node, account } = await make();
  for (const key of [1, undefined, null, {}, true, '\ud800', 'a\udfff']) {
    await assert.rejects(E(account).put(key, 1n), /Cannot use key/);
  }
  await E(account).put('\ud83d\udf02', 1n);
  assert.deepEqual(await E(account).keys(), ['\ud83d\udf02']);
  await node.stop();
});

test('a map can neither be answered nor sent', async () => {
  const { node, account, witness, notes } = await make();
  await assert.rejects(E(account).giveMap(), /Cannot send a durable map/);
  await assert.rejects(E(account).sendMap(witness), /Cannot send a durable map/);
  assert.deepEqual(notes, []);
  await node.stop();
});

// ---- changed and readOnly ----

test('changed tells of a change in any of the objects, and of none that was undone', async () => {
  const { node, account, witness } = await make();
  const first = await E(account).next(undefined);
  for (const change of [
    () => E(account).deposit(1n),
    () => E(account).put('k', 1n),
    () => E(account).remove('k'),
  ]) {
    const since = await E(account).next(undefined);
    const told = E(account).next(since);
    let isTold = false;
    void told.then(() => {
      isTold = true;
    });
    await assert.rejects(E(account).payAndFail(5n, witness, 0n));
    await assert.rejects(E(account).deposit(-1n));
    await nextTask();
    assert.equal(isTold, false);
    await change();
    assert.notEqual(await told, since);
  }
  assert.notEqual(await E(account).next(first), first);
  await node.stop();
});

test('a readOnly method changes nothing, whether it is called from outside or in a turn', async () => {
  const { node, account } = await make();
  await assert.rejects(E(account).writeInReader(1n), /no turn is running/);
  await assert.rejects(E(account).callReader(1n), /the method is listed in readOnly/);
  await assert.rejects(E(account).writeAfterAwait(1n), /no turn is running/);
  assert.equal(await E(account).balance(), 100n);
  assert.equal(await E(account).turnAfterAwait(1n), 101n);
  await node.stop();
});
