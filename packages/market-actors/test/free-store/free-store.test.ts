/** The free store (SPEC M9): what is there is known, and who came is not. */
import {
  type ManualTime,
  type TestNode,
  descriptionFaults,
  makeManualTime,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test, { afterEach, beforeEach } from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import fc from 'fast-check';
import type {
  FreeStore,
  FreeStoreCare,
  FreeThing,
  LabelDesk,
  Participant,
  ShelfTag,
} from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import { foundMarket, join, next, ok } from '../fixture.ts';

const day = 24 * 60 * 60 * 1000;
const bundle = bundleVat(fileURLToPath(import.meta.resolve('@pocas/market-actors/free-store')));
const silentBundle = bundleVat(
  fileURLToPath(new URL('../../../test/free-store/silent-vat.ts', import.meta.url)),
);

let time: ManualTime;
let node: TestNode;
let care: Facet<FreeStoreCare>;
let store: Facet<FreeStore>;
const openStore = async (on: TestNode, params: object = {}) =>
  (await on.makeVat({
    ...{ module: await bundle, label: 'free store' },
    powers: { clock: on.clock, timer: on.timer, grantor: on.grantor },
    params: { name: 'La gratis', ...params },
  })) as Facet<FreeStoreCare>;
beforeEach(async () => {
  time = makeManualTime();
  node = await makeTestNode({ time });
  care = await openStore(node);
  store = await E(care).store();
});
afterEach(() => node.stop());

const things = async () => (await E(store).view()).things;
const thing = async (what: string): Promise<Facet<FreeThing>> =>
  (await things()).find((one) => one.what === what)!.act;

test('what is put in can be taken, until nothing is left', async () => {
  ok(await E(store).putIn('Jumper', 2n));
  const jumper = await thing('Jumper');
  assert.deepEqual(await E(jumper).take(3n), { ok: false, code: 'insufficient' });
  ok(await E(jumper).take(1n));
  ok(await E(jumper).add(1n));
  ok(await E(jumper).take(2n));
  assert.deepEqual(await things(), []);
  assert.deepEqual(await E(jumper).take(1n), { ok: false, code: 'closed' });
  assert.equal((await E(care).view()).used, 0n);
});

test('there is as much on the shelf as there is space for', async () => {
  await E(care).setSpace(5n, next());
  assert.deepEqual(await E(store).putIn('Books', 6n), { ok: false, code: 'quota' });
  ok(await E(store).putIn('Books', 5n));
  assert.deepEqual(await E(await thing('Books')).add(1n), { ok: false, code: 'quota' });
  assert.equal((await E(store).view()).room, 0n);
});

test('food has a date, and is not given out past it', async () => {
  await E(care).setFoodDays(10n, next());
  assert.deepEqual(await E(store).putInFood('Rice', 1n, 11n), { ok: false, code: 'invalid' });
  ok(await E(store).putInFood('Soup', 2n, 3n));
  await node.rest();
  const soup = await thing('Soup');
  assert.match((await E(soup).view()).goodUntil, /^\d{4}-\d\d-\d\d$/);
  assert.deepEqual(await E(soup).add(1n), { ok: false, code: 'unsupported' });
  time.pass(3 * day - 1000);
  await node.rest();
  ok(await E(soup).take(1n));
  time.pass(2000);
  await node.rest();
  assert.deepEqual(await E(soup).take(1n), { ok: false, code: 'expired' });
  ok(await E(store).putIn('Jumper', 1n));
  const { things: seen } = await E(care).view();
  assert.deepEqual(
    seen.map(({ what, units, isPast }) => [what, units, isPast]),
    [
      ['Soup', 1n, true],
      ['Jumper', 1n, false],
    ],
  );
  ok(await E(care).recount(seen[0]!.thing, 0n, next()));
  assert.equal((await things()).length, 1);
  assert.equal((await E(care).view()).used, 1n);
  assert.deepEqual(await E(care).recount(seen[0]!.thing, 5n, next()), {
    ok: false,
    code: 'closed',
  });
});

/** Timers that are set on the node. */
const timers = async () => (await node.storage.list('timer/')).length;

test('who puts food in and takes it out all day leaves one timer', async () => {
  await E(care).setFoodDays(30n, next());
  await node.rest();
  const before = await timers();
  for (let i = 0; i < 12; i += 1) {
    ok(await E(store).putInFood('Soup', 1n, 30n - BigInt(i)));
    if (i % 3 === 0) await node.rest();
    ok(await E(await thing('Soup')).take(1n));
  }
  ok(await E(store).putInFood('Tea', 1n, 3n));
  ok(await E(store).putInFood('Soup', 1n, 5n));
  await node.rest();
  assert.ok((await timers()) - before <= 1, `${(await timers()) - before} timers`);
  // Each is still past its own date, and not before.
  time.pass(4 * day);
  await node.rest();
  assert.deepEqual(await E(await thing('Tea')).take(1n), { ok: false, code: 'expired' });
  ok(await E(await thing('Soup')).take(1n));
  time.pass(2 * day);
  await node.rest();
  assert.deepEqual(await timers(), before);
});

test('tags that never answer take a bounded part of what the store may ask', async () => {
  const silent = (await node.makeVat({
    ...{ module: await silentBundle, label: 'silent' },
    params: {},
  })) as Facet<ShelfTag>;
  const asked = Array.from({ length: 101 }, () => E(store).putTagged(silent));
  for (const each of asked) each.catch(() => {});
  assert.deepEqual(await asked[100], { ok: false, code: 'quota' });
  // By its name it can be put in all the same.
  ok(await E(store).putIn('Jumper', 1n));
});

test('a labelled thing is noted and taken by its tag, once', async () => {
  const { participant } = await foundMarket(node);
  // The cast holds: this is what the room of labels makes.
  const labels = (await E(participant).desk('label')) as Facet<LabelDesk>;
  const text = ['Jam', 'jam', '', '', '', '', '', '', '', ''] as const;
  const { label } = ok(await E(labels).make(...text, 5n, next()));
  const { tag: holder } = ok(await E(labels).newTag('jar', next()));
  const tag: Facet<ShelfTag> = (await E(holder).view()).tag;
  assert.deepEqual(await E(store).putTagged(tag), { ok: false, code: 'invalid' });
  ok(await E(holder).bind((await E(label).view()).label, next()));
  ok(await E(store).putTagged(tag));
  ok(await E(store).putTagged(tag));
  assert.deepEqual(
    (await things()).map(({ what, units }) => [what, units]),
    [['Jam', 1n]],
  );
  ok(await E(store).takeTagged(tag));
  assert.deepEqual(await E(store).takeTagged(tag), { ok: false, code: 'closed' });
  time.pass(6 * day);
  await node.rest();
  assert.deepEqual(await E(store).putTagged(tag), { ok: false, code: 'expired' });
});

test('what is no tag puts nothing on the shelf', async () => {
  ok(await E(store).putIn('Jumper', 1n));
  const noTag = (await thing('Jumper')) as unknown as Facet<ShelfTag>;
  assert.deepEqual(await E(store).putTagged(noTag), { ok: false, code: 'invalid' });
  assert.deepEqual(await E(store).takeTagged(noTag), { ok: false, code: 'closed' });
  assert.equal((await things()).length, 1);
});

test('nothing in this path takes a participant', async () => {
  ok(await E(store).putIn('Jumper', 1n));
  for (const facet of [store, await thing('Jumper')]) {
    const { methods } = (await E(
      facet as unknown as { __describe__(): { methods: Record<string, { args: unknown[] }> } },
    ).__describe__()) as { methods: Record<string, { args: { name: string; kind: string }[] }> };
    for (const { args } of Object.values(methods))
      for (const { name, kind } of args) {
        assert.notEqual(
          kind,
          'requestId',
          'a number that a person chose would be a record of them',
        );
        assert.ok(['what', 'units', 'goodForDays', 'before', 'since', 'tag'].includes(name), name);
      }
  }
});

/** What two people do, the same whoever of them takes: rows of the store's vat afterwards. */
const play = async (taker: 'Ana' | 'Beto') => {
  const clock = makeManualTime();
  const epochs = { zero: 1_800_000_000_000n, length: 604_800_000n };
  const town = await makeTestNode({ time: clock, epochs });
  const root = await openStore(town);
  const shelf = await E(root).store();
  const { steward } = await foundMarket(town);
  const people = new Map<string, Facet<Participant>>();
  for (const name of ['Ana', 'Beto']) people.set(name, (await join(steward, name)).self);
  ok(await E(shelf).putIn('Jumper', 3n));
  await town.rest();
  // Both look at their own pages; one of them takes, at another hour.
  for (const self of people.values()) await E(self).view();
  clock.pass(taker === 'Ana' ? 3_600_000 : 7_200_000);
  const reached = (await E(town.enlivener).enliven(
    await E(town.grantor).sturdy(shelf, { label: 'poster' }),
  )) as Facet<FreeStore>;
  await E(people.get(taker)!).view();
  const [jumper] = (await E(reached).view()).things;
  ok(await E(jumper!.act).take(2n));
  await town.rest();
  const rows = (await town.storage.list('')).filter(([key]) => key.startsWith('v/1/'));
  await town.stop();
  return rows;
};

test('a take leaves the same bytes whoever took, and at which hour', async () => {
  const [ana, beto] = [await play('Ana'), await play('Beto')];
  assert.ok(ana.length > 5);
  assert.deepEqual(ana, beto);
  const text = JSON.stringify(ana);
  assert.match(text, /Jumper/, 'what is there is there');
  for (const word of ['Ana', 'Beto']) assert.ok(!text.includes(word));
  const journal = ana
    .filter(([key]) => key.startsWith('v/1/j/'))
    .map(([, row]) => JSON.parse(row.slice(row.indexOf('{'))) as { unlinked?: boolean });
  assert.ok(journal.filter(({ unlinked }) => unlinked === true).length >= 2);
});

test('however people put in and take, the count is what is there', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          what: fc.constantFrom('a', 'b'),
          act: fc.constantFrom('put', 'take', 'add'),
          units: fc.bigInt({ min: 1n, max: 4n }),
        }),
        { maxLength: 15 },
      ),
      async (acts) => {
        care = await openStore(node, { space: 8n });
        store = await E(care).store();
        let total = 0n;
        for (const { what, act, units } of acts) {
          const found = (await things()).find((one) => one.what === what);
          const answer =
            act === 'put'
              ? await E(store).putIn(what, units)
              : found === undefined
                ? undefined
                : await E(found.act)[act === 'take' ? 'take' : 'add'](units);
          if (answer?.ok === true) total += act === 'take' ? -units : units;
          const now = await things();
          assert.equal(
            now.reduce((sum, one) => sum + one.units, 0n),
            total,
          );
          assert.ok(total >= 0n && total <= 8n);
          assert.equal((await E(care).view()).used, total);
          assert.ok(now.every((one) => one.units > 0n));
        }
      },
    ),
    { numRuns: 25 },
  );
});

test('the shelf and its dates are there after a restart', async () => {
  ok(await E(store).putInFood('Soup', 2n, 3n));
  ok(await E(store).putIn('Jumper', 1n));
  node.setProgram({ store });
  await node.stop();
  time.pass(4 * day);
  const { storage, secrets } = node;
  node = await makeTestNode({ time, storage, secrets });
  await node.rest();
  ({ store } = node.getProgram() as { store: Facet<FreeStore> });
  assert.equal((await things()).length, 2);
  assert.deepEqual(await E(await thing('Soup')).take(1n), { ok: false, code: 'expired' });
  ok(await E(await thing('Jumper')).take(1n));
});

test('a poster leads to the shelf and to nothing else', async () => {
  const printed = await E(care).poster();
  assert.ok('secret' in printed);
  const found = (await E(node.enlivener).enliven(printed.secret)) as Facet<FreeStoreCare>;
  assert.equal((await E(found).view()).name, 'La gratis');
  await assert.rejects(E(found).setSpace(0n, next()), /no such method/);
});

test('every page of the free store says everything in both languages', async () => {
  ok(await E(store).putIn('Jumper', 1n));
  for (const facet of [care, store, await thing('Jumper')])
    assert.deepEqual(await descriptionFaults(facet), []);
});
