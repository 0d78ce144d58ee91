/** The watch over what deliveries leave (`soundness/`) would tell: each thing that it looks for is spoilt once. */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { E } from '@endo/far';
import { makeTestNode } from '@pocas/vat-runtime/testing';
import { faultsIn, nothingBefore, stateOf } from './soundness/faults.ts';
import { makeMirror } from './soundness/mirror.ts';
import { makeWatch } from './soundness/watch.ts';

// `any`: facets of the market.
type Any = any;
type Rows = ReadonlyMap<string, string>;

let count = 0;
const next = () => `a request that nobody guesses ${(count += 1)}`;

/** The rows of a market in which one order is over, one is open, one thing is pledged and one paid out. */
const story = async (t: { after(hook: () => Promise<void>): void }): Promise<Rows> => {
  const node = await makeTestNode({ print: () => {} });
  t.after(() => node.stop());
  const { clock, timer } = node;
  const root: Any = await node.makeVat({
    module: fileURLToPath(import.meta.resolve('@pocas/market-actors/market')),
    label: 'market',
    powers: { clock, timer },
    params: {
      name: 'M',
      secret: Buffer.alloc(32, 7).toString('base64url'),
      charter: { baseLimit: 100n },
    },
  });
  const { cares, participant: ana } = await E(root).claim('Ana', next());
  const { steward } = cares;
  const join = async (name: string): Promise<Any> =>
    (await E(await E(steward).invite(1n, next())).join(name, next())).participant;
  const [beto, caro] = [await join('Beto'), await join('Caro')];
  const desk = (who: Any, name: string): Promise<Any> => E(who).desk(name);
  await E(await desk(ana, 'offer')).offer('pan', '', 5n, 3n, next());
  const shop = await desk(beto, 'offer');
  const [{ offer }] = (await E(shop).view()).offers;
  const { order } = await E(shop).order(offer, 1n, next());
  const [{ order: sale }] = (await E(await desk(ana, 'order')).view()).sales;
  await E(sale).handOver();
  await E(order).accept();
  await E(shop).order(offer, 1n, next());
  await E(await desk(caro, 'bulk')).beSupplier(next());
  const organiser = await desk(ana, 'bulk');
  const [{ supplier }] = (await E(organiser).view()).suppliers;
  const buy = [supplier, 'Harina', '', '1: 2', 1n, 1n, 'Sábado', 48n, 24n, 72n, 336n] as const;
  assert.equal((await E(organiser).organise(...buy, next())).ok, true);
  const bulk = await desk(beto, 'bulk');
  const pledge = await E(bulk).pledge((await E(bulk).view()).buys[0].buy, 2n, 3n, next());
  assert.equal(pledge.ok, true);
  const account = await E(beto).account();
  assert.equal((await E(account).withdraw(4n, next())).ok, true);
  await node.settled();
  const rows = await node.storage.list('v/');
  return new Map(rows.map(([key, stored]) => [key.replace(/^v\/\d+\//, ''), stored.slice(8)]));
};

/** The rows with something else in the first one of a kind that says it so. */
const spoilt = (rows: Rows, kind: string, from: RegExp, to: string): Rows => {
  const begin = `{"kind":"${kind}"`;
  const found = [...rows].find(([, text]) => text.startsWith(begin) && from.test(text));
  assert.ok(found, `a row of ${kind} says ${from}`);
  return new Map([...rows, [found[0], found[1].replace(from, to)]]);
};
const data = (name: string, value: string) =>
  new RegExp(`("${name}":\\{"body":"#\\\\")${value}(\\\\")`);

test('the watch finds each thing that is spoilt in what a delivery leaves', async (t) => {
  const rows = await story(t);
  const sound = makeMirror();
  sound.take(rows);
  const before = stateOf(sound);
  assert.deepEqual(faultsIn(sound, nothingBefore, before), []);
  const look = (after: Rows) => {
    const mirror = makeMirror();
    mirror.take(after);
    return faultsIn(mirror, before, stateOf(mirror)).join('\n');
  };
  assert.equal(look(rows), '');

  const balance = (from: string, to: string) =>
    spoilt(rows, 'CreditAccount', data('balance', from), `$1${to}$2`);
  for (const [fault, after] of [
    // Beto: 5 paid, 5 and 6 set aside, 4 taken out.
    [/sum to 1 of 0/, balance('-20', '-19')],
    [/went from -20 to -120, below -100/, balance('-20', '-120')],
    [/counts 12 held, not 11/, spoilt(rows, 'CreditAccount', data('held', '\\+11'), '$1+12$2')],
    [
      /counts 0 withdrawn, not 4/,
      spoilt(rows, 'CreditAccount', data('withdrawn', '\\+4'), '$1+0$2'),
    ],
    [/is told 5 of credit, not 6/, balance('\\+5', '+6')],
    [
      /is open and its hold \d+ is not/,
      spoilt(rows, 'CreditHold', /"phase":"open"/, '"phase":"settled"'),
    ],
    [/is 5, and holds 7/, spoilt(rows, 'CreditHold', /("phase":"open".*value\\":\\"\+)5/, '$17')],
    [
      /pledge \d+ is 6, and holds 5/,
      spoilt(rows, 'CreditHold', /("phase":"open".*value\\":\\"\+)6/, '$15'),
    ],
    [
      /nobody can decide hold \d+, of 6/,
      spoilt(
        rows,
        'BulkPledge',
        /"decider":\{.*?\]\}/,
        '"decider":{"body":"#\\"#undefined\\"","slots":[]}',
      ),
    ],
    [/ended as accepted, and then as cancelled/, spoilt(rows, 'Order', /accepted/, 'cancelled')],
    [
      /order \d+ is nothing, and over/,
      spoilt(
        rows,
        'Order',
        /"ended":\{"body":"#\{.*?\]\}/,
        '"ended":{"body":"#\\"#undefined\\"","slots":[]}',
      ),
    ],
    [/-1 are free/, spoilt(rows, 'ItemHome', /(free\\":\\")\+1/, '$1-1')],
    [/3 are fulfilled, 2 by its markets/, spoilt(rows, 'ItemHome', /(fulfilled\\":\\"\+)2/, '$13')],
    [
      /has 3 fulfilled, and 2 by its orders/,
      spoilt(rows, 'ItemClaim', /(fulfilled\\":\\"\+)2/, '$13'),
    ],
    [/tokens worth 1 are out/, spoilt(rows, 'Mint', data('outstanding', '\\+0'), '$1+1$2')],
  ] as const)
    assert.match(look(after), fault);
});

test('the watch sees deliveries as they are reported, and says when', () => {
  const told: string[] = [];
  const watch = makeWatch((fault) => told.push(fault));
  let report: (crank: object) => void = () => {};
  const host = watch.over((_place, { onReport }) => {
    report = (crank) => onReport({ type: 'crank', vat: '3', crank } as never);
    return {} as never;
  });
  const passed: unknown[] = [];
  host(
    {} as never,
    { onReport: (one: unknown) => void passed.push(one) } as never,
    () => undefined,
  );
  report({ rows: [['o/1', '{"kind":"Other","state":{}}']] });
  const stock = (free: number) =>
    `{"kind":"ItemHome","version":1,"state":{"stock":{"body":"#{\\"free\\":\\"${free < 0 ? free : `+${free}`}\\",\\"claimed\\":\\"+0\\",\\"leased\\":\\"+0\\",\\"fulfilled\\":\\"+0\\",\\"taken\\":\\"+0\\"}","slots":[]}}}`;
  report({ rows: [['o/2', stock(1)]] });
  report({ rows: [['o/2', stock(-1)]] });
  assert.deepEqual(told, ['after delivery 3, vat 3: stock 2: -1 are free']);
  assert.equal(passed.length, 3, 'and everything is passed on');
  assert.deepEqual(watch.counts(), { cranks: 3, looked: 2 });
});
