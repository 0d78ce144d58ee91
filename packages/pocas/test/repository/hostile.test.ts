/** Repositories that lie, modules that do not end, and a node that dies at any moment. */
import {
  type Any,
  type World,
  counter,
  found,
  guests,
  next,
  ok,
  planOf,
  publish,
  refused,
  start,
} from './fixture.ts';
import { makeMemoryStorage } from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import { hashModule } from '@pocas/foco-actors';
import { makeHostStarter, makePower, startInlineHost } from '@pocas/vat-runtime/node';
import { defineInstaller } from '#src/compose/installer.js';

const loose = M.interface('Liar', {}, { defaultGuards: 'passable' });

/** A version of a repository that answers as it likes. */
const liar = ({ node }: World, name: string, content: Any, piece: (number: bigint) => Any): Any =>
  node.definePower(name, makePower('Liar', loose, { content: () => content, piece }));

test('what a repository shows at first is what is installed, or nothing is', async () => {
  const world = await start();
  const ana = await found(world);
  const honest = await publish(ana, { text: counter(), powers: ['clock'] });
  const content = (await E(honest.version).content()) as Any;
  const text = counter();
  const worse = counter('100n');
  const pieces: [string, (number: bigint) => Any][] = [
    ['another', (number) => ({ ok: true, text: number === 0n ? worse : '' })],
    ['longer', (number) => ({ ok: true, text: number === 0n ? text : ';evil()' })],
    ['shorter', (number) => ({ ok: true, text: number === 0n ? text.slice(1) : '' })],
    ['endless', () => ({ ok: true, text: 'x'.repeat(200_000) })],
    ['none', () => ({ ok: false, code: 'closed' })],
    ['noText', () => ({ ok: true, text: 7n })],
    ['nothing', () => undefined],
    ['half', (number) => ({ ok: true, text: number === 0n ? text : '\ud800' })],
  ];
  for (const [name, piece] of pieces) {
    const plan = await planOf(ana, liar(world, name, content, piece));
    assert.deepEqual(await E(plan).confirm('Falso', next()), refused('invalid'), name);
  }
  assert.equal(await guests(world.node), 0);
  const asked: bigint[] = [];
  const truth = liar(world, 'truth', content, (number) => {
    asked.push(number);
    return { ok: true, text: number === 0n ? text : '' };
  });
  ok(await E(await planOf(ana, truth)).confirm('Verdad', next()));
  assert.deepEqual(asked, [0n, 1n]);
  const forms: Any[] = [
    { ...content, powers: ['clock', 'process'] },
    { ...content, powers: ['timer', 'clock'] },
    { ...content, powers: ['clock', 'clock'] },
    { ...content, title: '\ud800' },
    { ...content, module: { ...content.module, size: 10_000_000n } },
    { ...content, more: 'than a version has' },
    'no content',
  ];
  for (const [i, form] of forms.entries()) {
    const version = liar(world, `form${'abcdefgh'[i]!}`, form, () => undefined);
    assert.deepEqual(await E(ana).plan(version, next()), refused('invalid'), String(i));
  }
  await world.node.stop();
});

test('the node believes no repository: neither its text, nor its powers, nor references in its data', async () => {
  const world = await start();
  const installer = defineInstaller(world.node) as Any;
  const text = counter();
  const order = {
    ...{ key: 'one', hash: hashModule(text), text, powers: ['clock'] },
    params: { name: 'Uno', charter: {} },
  };
  assert.deepEqual(
    await E(installer).install({ ...order, text: counter('2n') }),
    refused('invalid'),
  );
  for (const powers of [['process'], ['__proto__'], ['clock', 'clock'], ['constructor']])
    assert.deepEqual(
      await E(installer).install({ ...order, powers }),
      refused('unsupported'),
      powers.join(' '),
    );
  const { clock } = world.node;
  for (const params of [
    { ...order.params, clock },
    { name: 'Uno', charter: { clock } },
    { name: clock, charter: {} },
  ])
    await assert.rejects(E(installer).install({ ...order, params }));
  assert.equal(await guests(world.node), 0);
  const { root } = ok(await E(installer).install(order));
  assert.equal(ok(await E(installer).install(order)).root, root);
  assert.deepEqual(await E(root).given(), ['clock']);
  // The same name for something else is another guest, and not what is there.
  const other = ok(await E(installer).install({ ...order, powers: [] }));
  assert.notEqual(other.root, root);
  assert.equal(await guests(world.node), 2);
  await world.node.stop();
});

test('a module that does not end, or takes all memory, is stopped, and nobody else notices', async () => {
  const storage = makeMemoryStorage();
  const inProcess = makeHostStarter('', { guestHeapMebibytes: 64 });
  const world = await start({
    ...{ storage, print: () => {} },
    hosts: { guestTurnMilliseconds: 1000 },
    startHost: (place, events, read) =>
      place.kind === 'shared' ? startInlineHost(storage, events) : inProcess(place, events, read),
  });
  const ana = await found(world);
  const texts = {
    memory: 'exports.make = () => { const all = []; for (;;) all.push(Array(100000).fill(0)); };',
    load: 'for (;;) {}',
  };
  for (const [title, text] of Object.entries(texts)) {
    const { version } = await publish(ana, { title, text });
    const plan = await planOf(ana, version);
    const done = await E(plan)
      .confirm(title, next())
      .then(
        (answer: Any) => answer,
        // Nobody knows what became of it, so whoever asks again finds out.
        () => E(plan).confirm(title, 'again'),
      );
    assert.equal(done.ok, false, title);
    assert.equal((await E(ana).view()).uses.length, 0);
  }
  const { version } = await publish(ana, { title: 'Bueno', text: counter() });
  const good = ok(await E(await planOf(ana, version)).confirm('Bueno', next())).root;
  assert.equal(await E(good).add(), 1n);
  await assert.rejects(E(good).loop());
  // What it had counted is there again in its next process.
  assert.equal(await E(good).add(), 2n);
  await world.node.stop();
});

type Storage = ReturnType<typeof makeMemoryStorage>;
type Rows = Parameters<Storage['write']>[0];

test('killed after any batch between plan and root, there is one guest, with exactly its powers', async () => {
  const storage = makeMemoryStorage();
  const batches: Rows[] = [];
  const first = await start({
    storage: {
      ...storage,
      write(rows: Rows) {
        batches.push(rows);
        return storage.write(rows);
      },
    },
  });
  const { node } = first;
  const ana = await found(first);
  const { hash, version } = await publish(ana, { text: counter(), powers: ['clock', 'secret'] });
  const keys = {
    ana: await E(node.grantor as Any).sturdy(ana),
    version: await E(node.grantor as Any).sturdy(version),
  };
  const story = async (participant: Any, of: Any) => {
    const { plan } = ok(await E(participant).plan(of, 'the plan'));
    const done = ok(await E(plan).install(hash, ['clock', 'secret'], 'Uno', {}, 'the request'));
    ok(await E(plan).install(hash, ['clock', 'secret'], 'Uno', {}, 'the request'));
    assert.deepEqual(await E(done.root).given(), ['clock', 'secret']);
    assert.equal((await E(participant).view()).uses.length, 1);
  };
  await node.settled();
  const begin = batches.length;
  await story(ana, version);
  await node.settled();
  const end = batches.length;
  await node.stop();
  assert.ok(end - begin >= 3, `${end - begin} batches`);
  for (let count = begin; count <= end; count += 1) {
    const rebuilt = makeMemoryStorage();
    for (const rows of batches.slice(0, count)) await rebuilt.write(rows);
    const again = await start({ storage: rebuilt, secrets: node.secrets });
    const enliven = (key: string) => E(again.node.enlivener as Any).enliven(key);
    await story(await enliven(keys.ana as string), await enliven(keys.version as string));
    assert.equal(await guests(again.node), 1, `after ${count} of ${end} batches`);
    await again.node.stop();
  }
});
