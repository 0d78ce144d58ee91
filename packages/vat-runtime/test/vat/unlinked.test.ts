import {
  type ManualTime,
  type TestNode,
  makeManualTime,
  makeMemoryStorage,
  makeTestNode,
} from '@pocas/vat-runtime/testing';
import test from 'node:test';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import { fixture } from '../node/nodes.ts';
import { makeLog } from '#src/monitor/log.js';

type Any = any;
type Name = 'ana' | 'beto';
type Storage = TestNode['storage'];

const start = 1_800_000_000_000;
const epochs = { zero: BigInt(start), length: 604_800_000n };
const hour = 3_600_000;

/** Each of the node's rows, by its key. */
const rowsOf = async (storage: Storage) => new Map(await storage.list(''));

/** A node with a shop and two people, which a test may stop or kill. */
const makeTown = async () => {
  const time: ManualTime = makeManualTime(start);
  const said: string[] = [];
  const log = makeLog({
    level: 'trace',
    write: (record) => void said.push(JSON.stringify(record)),
    makeBucket: () => ({ takeOne: () => true }),
  });
  let node = await makeTestNode({ time, epochs, log });
  const module = fixture('tills');
  const powers = { clock: node.clock, timer: node.timer };
  const shop: Any = await node.makeVat({ module, label: 'shop', powers, params: { role: 'shop' } });
  const people: Record<string, Any> = {};
  for (const name of ['ana', 'beto']) {
    const params = { role: 'person', name };
    people[name] = await node.makeVat({ module, label: name, params });
  }
  const till: Any = await E(shop).till();
  node.setProgram({ shop, till, ...people });
  await node.rest();
  const { secrets } = node;
  const begin = async (storage: Storage) => {
    node = await makeTestNode({ time, epochs, log, storage, secrets });
  };
  return {
    time,
    said,
    /** References last as long as one start of the node. */
    get: (name: Name | 'shop' | 'till'): Any => (node.getProgram() as Any)[name],
    rest: () => node.rest(),
    rows: async () => {
      await node.rest();
      return rowsOf(node.storage);
    },
    async restart() {
      await node.stop();
      await begin(node.storage);
    },
    /** Nothing is told that it ends: what is on disk is all there is. */
    async kill() {
      const storage = makeMemoryStorage();
      await storage.write([...(await rowsOf(node.storage))]);
      const dead = node;
      await begin(storage);
      await dead.stop();
    },
    stop: () => node.stop(),
  };
};
type Town = Awaited<ReturnType<typeof makeTown>>;

/** Rows of the shop: the first vat that was made. */
const shopRows = async (town: Town) =>
  [...(await town.rows())].filter(([key]) => key.startsWith('v/1/'));
const journalOf = (rows: readonly (readonly [string, string])[]) =>
  rows
    .filter(([key]) => key.startsWith('v/1/j/'))
    .map(([, row]) => JSON.parse(row.slice(row.indexOf('{'))) as Any);

/**
 * What two people do, the same whoever of them pays at the till: both are seen in the shop before and
 * after, with their names and at the same times.
 */
const play = async (first: Name, second: Name, hours: number) => {
  const town = await makeTown();
  const seen = async () => {
    for (const name of ['ana', 'beto'] as const) {
      await E(town.get(name)).enter(town.get('shop'));
      town.time.pass(1000);
    }
    await town.rest();
  };
  await seen();
  town.time.pass(hours * hour + 123);
  await E(town.get(first)).pay(town.get('till'), 'seed 1');
  await E(town.get(first)).ask(town.get('till'));
  await town.restart();
  town.time.pass(hours * hour + 45);
  await E(town.get(second)).pay(town.get('till'), 'seed 2');
  const again = E(town.get(second)).call(town.get('till'), 'pay', ['seed 1', second]);
  await assert.rejects(again, /used up/);
  await town.rest();
  await town.kill();
  await E(town.get(second)).promise(town.get('till'), await E(town.get(first)).shown());
  await E(town.get(first)).sendAway(town.get('till'), await E(town.get(second)).shown());
  await town.rest();
  const told = (await E(town.get('shop')).told()) as string[];
  // Who reads leaves nothing, however often.
  for (let i = 0; i < hours; i += 1) await E(town.get(first)).call(town.get('shop'), 'told', []);
  town.time.pass((20 - 2 * hours) * hour);
  await seen();
  const rows = await town.rows();
  const { said } = town;
  await town.stop();
  return { rows, told, said };
};

const without = (rows: ReadonlyMap<string, string>, ...prefixes: string[]) =>
  [...rows].filter(([key]) => !prefixes.some((prefix) => key.startsWith(prefix)));

test('a story leaves the same rows and the same journal whoever of two people pays, and at which hour of the epoch', async () => {
  const one = await play('ana', 'beto', 1);
  const other = await play('beto', 'ana', 7);
  // What the two keep for themselves, the links of the batches, and the newest time that was told.
  const apart = ['v/2/', 'v/3/', 'commit/', 'clock', 'head', 'served'];
  assert.deepEqual(without(one.rows, ...apart), without(other.rows, ...apart));
  const shop = [...one.rows].filter(([key]) => key.startsWith('v/1/'));
  assert.ok(journalOf(shop).filter(({ unlinked }) => unlinked === true).length >= 7);
  assert.ok(shop.length > 20);
  // The rows hold what they must, and those who are known are journalled as ever.
  assert.match(JSON.stringify(shop), /seed 1/);
  assert.equal(journalOf(shop).filter(({ cause, time }) => cause && time).length, 4);
});

test('what happens at a till is told the end of the epoch, and it is nowhere told finer', async () => {
  const { told, rows, said } = await play('ana', 'beto', 1);
  const end = epochs.zero + epochs.length - 1n;
  assert.deepEqual(told.slice(2), [
    `an order at ${end} in 0`,
    `somebody at ${end}`,
    `an order at ${end} in 0`,
    `somebody at ${end}`,
    `an answer at ${end}`,
  ]);
  const shop = [...rows].filter(([key]) => key.startsWith('v/1/'));
  // Times between the first hour and the twentieth stand nowhere in the vat; those of the two who entered do.
  const [after, before] = [BigInt(start + hour), BigInt(start + 20 * hour)];
  const times = JSON.stringify(shop)
    .match(/180[0-9]{10}/g)!
    .map(BigInt);
  assert.deepEqual(
    times.filter((at) => at >= after && at < before),
    [],
  );
  assert.ok(times.length > 4);
  // Neither what the till printed nor its refusals come to the log, nor that it was called.
  assert.ok(!said.some((line) => /seed|ana|beto|used up|later/.test(line)), said.join('\n'));
  const turns = said.filter((line) => line.includes('vat.turned') && line.includes('"vat":"1"'));
  // Made, shown its till; two entered, twice; one read.
  assert.ok(turns.length <= 12, `${turns.length}`);
});

test('a call within the vat unties the whole delivery, one that is refused or that waits too', async () => {
  const town = await makeTown();
  const { get } = town;
  const isUntied = async () => {
    const [entry] = journalOf(await shopRows(town)).slice(-1);
    return JSON.stringify(Object.keys(entry)) === '["prev","label","unlinked"]';
  };
  await E(get('shop')).enter('ana');
  assert.equal(await isUntied(), false);
  await E(get('shop')).payFor('seed 1', 'ana');
  assert.equal(await isUntied(), true);
  await E(get('shop')).enter('ana');
  await E(get('shop')).payWrongly('seed 2');
  assert.equal(await isUntied(), true);
  // It waits for what is told from outside…
  let pay = (_seed: string) => {};
  const paid = E(get('till')).payWhen(new Promise<string>((resolve) => (pay = resolve)));
  await E(get('shop')).enter('ana');
  pay('seed 3');
  await paid;
  assert.equal(await isUntied(), true);
  // …and for what somebody else does within the vat.
  const after = E(get('shop')).payAfter('seed 4');
  await town.rest();
  await E(get('shop')).enter('seed 5');
  await after;
  assert.equal(await isUntied(), true);
  assert.doesNotMatch(JSON.stringify(journalOf(await shopRows(town))), /seed/);
  await town.stop();
});

test('a message that waits has a sender, so what is tied to nobody takes none', async () => {
  const town = await makeTown();
  await E(town.get('ana')).payBySend(town.get('till'), 'seed 1');
  await town.rest();
  assert.equal(await E(town.get('ana')).kept(), 'unsupported');
  assert.equal(await E(town.get('shop')).phases(), 0);
  const entries = journalOf(await shopRows(town));
  assert.doesNotMatch(JSON.stringify(entries), /seed|ana/);
  await town.stop();
});

test('timers that a till set go off, after the epoch', async () => {
  const town = await makeTown();
  await E(town.get('till')).pay('seed 1', 'x');
  town.time.pass(hour);
  await town.rest();
  assert.match(JSON.stringify(await shopRows(town)), /placed/);
  town.time.pass(Number(epochs.length));
  await town.rest();
  assert.match(JSON.stringify(await shopRows(town)), /expired/);
  await town.stop();
});
