import {
  type Any,
  type World,
  counter,
  draftOf,
  found,
  guests,
  joinOf,
  next,
  ok,
  planOf,
  publish,
  refused,
  start,
} from './fixture.ts';
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { E } from '@endo/far';
import { hashContent, hashModule, isContent, maxModule, maxPiece } from '@pocas/foco-actors';

// As the runtime's lockdown provides it.
const { harden } = globalThis as unknown as { harden(value: unknown): void };

let world: World;
let ana: Any;
before(async () => {
  world = await start();
  ana = await found(world);
});
after(() => world.node.stop());

test('a version is known by the hash of all of it, stays as it is, and a draft is seen by nobody else', async () => {
  const beto = await joinOf(ana, 'Beto');
  const draft = await draftOf(ana, { title: 'Caldo' });
  assert.deepEqual((await E(beto).view()).versions, []);
  assert.deepEqual((await E(beto).view()).drafts, []);
  const { hash, version } = ok(await E(draft).publish(next()));
  assert.deepEqual(await E(draft).write('more', next()), refused('closed'));
  const content = (await E(version).content()) as Any;
  assert.equal(hash, hashContent(content));
  // Each part of it is in the hash, and none can pass for another.
  const others: Any[] = [
    ...['title', 'language', 'works', 'contribute', 'changers'].map((name) => ({
      ...content,
      [name]: `${content[name]}.`,
    })),
    { ...content, parents: [hash] },
    { ...content, requires: [hash] },
    { ...content, charter: { price: 1n } },
    { ...content, charter: { price: 2n } },
    { ...content, title: content.language, language: content.title },
    { ...content, module: { hash, size: 1n, pieces: 1n } },
    { ...content, module: { hash, size: 1n, pieces: 1n }, powers: ['clock'] },
  ];
  for (const one of others) harden(one);
  assert.equal(new Set([hash, ...others.map(hashContent)]).size, others.length + 1);
  assert.ok(others.every(isContent));
  // The same is the same, whoever publishes it, and in however many pieces.
  const again = await publish(beto, { title: 'Caldo' });
  assert.equal(again.hash, hash);
  assert.equal(again.version, version);
  assert.equal((await E(beto).view()).versions.length, 1);
  const child = await publish(beto, { title: 'Caldo picante', parents: [hash] });
  assert.deepEqual(
    (await E(version).view()).later.map(({ title }: Any) => title),
    ['Caldo picante'],
  );
  assert.deepEqual((await E(child.version).view()).parents, [{ hash }]);
  assert.equal(ok(await E(beto).find(hash)).version, version);
});

test('installing shows the powers, and hands over exactly those', async () => {
  const text = counter();
  const { version, hash } = await publish(ana, {
    ...{ title: 'Contador', text, powers: ['timer', 'clock'], charter: { most: 5n } },
  });
  const plan = await planOf(ana, version);
  const shown = await E(plan).view();
  assert.deepEqual(
    shown.powers.map(({ power }: Any) => power),
    ['clock', 'timer'],
  );
  assert.ok(shown.powers.every(({ lets }: Any) => lets.en !== '' && lets.es !== ''));
  const before = await guests(world.node);
  const values = { most: 7n };
  const tries: [string, string[], Any, string][] = [
    [hash, ['clock'], values, 'less than declared'],
    [hash, ['clock', 'timer', 'grantor'], values, 'more than declared'],
    [hash, ['clock', 'clock'], values, 'one twice'],
    [hash, [], values, 'nothing'],
    [hashModule('another'), ['clock', 'timer'], values, 'another version'],
    [hash, ['clock', 'timer'], { least: 1n }, 'a rule that it has not'],
  ];
  for (const [number, granted, given, why] of tries)
    assert.deepEqual(
      await E(plan).install(number, granted, 'Mío', given, next()),
      refused('invalid'),
      why,
    );
  assert.equal(await guests(world.node), before);
  const id = next();
  const done = ok(await E(plan).install(hash, ['timer', 'clock'], 'Mío', values, id));
  assert.deepEqual(await E(done.root).given(), ['clock', 'timer']);
  assert.deepEqual(await E(done.root).globals(), []);
  assert.deepEqual(await E(done.root).params(), { name: 'Mío', charter: { most: 7n } });
  assert.equal(typeof (await E(done.root).now()), 'bigint');
  // Said again it is the same; another request is too late.
  assert.equal(
    (await E(plan).install(hash, ['timer', 'clock'], 'Mío', values, id)).root,
    done.root,
  );
  assert.deepEqual(await E(plan).confirm('Otro', next()), refused('closed'));
  assert.equal(await guests(world.node), before + 1);
  assert.deepEqual(
    (await E(ana).view()).uses.map(({ name }: Any) => name),
    ['Mío'],
  );
});

test('two who confirm at once install once', async () => {
  const { version } = await publish(ana, { title: 'A la vez', text: counter('2n') });
  const plan = await planOf(ana, version);
  const before = await guests(world.node);
  const id = next();
  const [one, two, other] = await Promise.all([
    E(plan).confirm('Uno', id),
    E(plan).confirm('Uno', id),
    E(plan).confirm('Dos', next()),
  ]);
  assert.equal(ok(one).root, ok(two).root);
  assert.deepEqual(other, refused('conflict'));
  assert.equal(await guests(world.node), before + 1);
  assert.deepEqual(await E((one as Any).root).given(), []);
});

test('a draft takes no power that is not on the list, no half of a character, and no text without end', async () => {
  const draft = await draftOf(ana, { title: 'Malo' });
  assert.deepEqual(await E(draft).declare('process', next()), refused('unsupported'));
  assert.deepEqual(await E(draft).declare('__proto__', next()), refused('unsupported'));
  assert.deepEqual(await E(draft).write('\ud800', next()), refused('invalid'));
  for (let i = 0; i < 3; i += 1) ok(await E(draft).write('x'.repeat(100_000), next()));
  assert.deepEqual(await E(draft).write('x', next()), refused('quota'));
  assert.deepEqual(await E(draft).comesFrom('x'.repeat(42), next()), refused('invalid'));
  const wordsOnly = await draftOf(ana, { title: 'Sin programa', powers: ['clock'] });
  assert.deepEqual(await E(wordsOnly).publish(next()), refused('invalid'));
  const { version } = await publish(ana, { title: 'Palabras' });
  const plan = await planOf(ana, version);
  assert.deepEqual(await E(plan).confirm('Nada', next()), refused('unsupported'));
});

test('a module that does not run installs nothing, and its words go nowhere', async () => {
  const broken = [
    'exports.make = () => { throw Error("a secret of mine"); };',
    'exports.nothing = 1;',
    'this is no program',
    '}); globalThis.escaped = true; (function () {',
    'require("node:fs"); exports.make = () => {};',
    'exports.make = () => ({ plain: "data" });',
    // Asks for more than it declared.
    'exports.make = ({ enlivener }) => enlivener.enliven("x");',
  ];
  for (const [i, text] of broken.entries()) {
    const { version } = await publish(ana, { title: `Roto ${i}`, text });
    const plan = await planOf(ana, version);
    const id = next();
    assert.deepEqual(await E(plan).confirm('Roto', id), refused('invalid'), text);
    assert.deepEqual(await E(plan).confirm('Roto', id), refused('invalid'), text);
    assert.equal((await E(plan).view()).state, 'failed');
  }
  assert.equal('escaped' in globalThis, false);
});

test('the module of docs/protocolitos.md runs', async () => {
  const guide = readFileSync(
    new URL('../../../../../docs/protocolitos.md', import.meta.url),
    'utf8',
  );
  const [, text] = /```js\n(.*?)```/s.exec(guide)!;
  const { version } = await publish(ana, { title: 'La olla', text: text!, charter: { most: 1n } });
  const { root } = ok(await E(await planOf(ana, version)).confirm('Olla', next()));
  assert.equal(await E(root).eat(), 1n);
  assert.equal(await E(root).eat(), 1n);
});

test('a module may be as long as is said, whatever it is written in', async () => {
  for (const letter of ['x', 'ñ', '字', '"', '\n'] as const) {
    const text = counter();
    const filled = `${text}/*${letter.repeat(maxModule - text.length - 4)}*/`;
    const draft = await draftOf(ana, { title: `Largo ${letter.codePointAt(0)}` });
    for (let at = 0; at < filled.length; at += maxPiece)
      ok(await E(draft).write(filled.slice(at, at + maxPiece), next()));
    const { version } = ok(await E(draft).publish(next()));
    const { root } = ok(await E(await planOf(ana, version)).confirm('Largo', next()));
    assert.equal(await E(root).add(), 1n, letter);
  }
});
