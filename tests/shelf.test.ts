/**
 * S8: an epoch of shelves with a broken fridge and two newcomers, on two nodes in processes of their own. The
 * shelves' node is killed around the run and in the emergency, links are cut, what people say twice is done once;
 * and whoever takes part reckons all of it again, from what the node publishes.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { divideZone } from '@pocas/market-actors';
import { type ClearingNode, type Named, startClearingNode } from './clearing/node.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;
type Person = { readonly node: ClearingNode; readonly share: Named };

const week = 7 * 24 * 3_600_000;
let count = 0;
const next = () => `a request that nobody guesses ${(count += 1)}`;

test('S8: shelves are divided around a broken fridge, with two newcomers, and anybody reckons it again', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const [plaza, casa] = (await Promise.all(
    ['plaza', 'casa'].map((name, seed) =>
      startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300, leaps: true }),
    ),
  )) as [ClearingNode, ClearingNode];
  /** Asks until the answer comes: every act can be repeated. */
  const ask = <T = Any>(node: ClearingNode, ref: Named, method: string, ...args: unknown[]) =>
    until(`${method} on ${node.name}`, async () => {
      try {
        return { answer: await node.call<T>(ref, method, ...args) };
      } catch (error) {
        if (/delivered: (no|unknown)|is down|ended/.test(String(error))) return undefined;
        throw error;
      }
    }).then(({ answer }) => answer);
  const ok = async (node: ClearingNode, ref: Named, method: string, ...args: unknown[]) => {
    const answer = await ask(node, ref, method, ...args);
    assert.equal(answer.ok, true, `${method}: ${String(answer.code)}`);
    return answer;
  };
  const die = async (milliseconds: number) => {
    await plaza.kill();
    await plaza.leap(milliseconds);
    await plaza.start();
  };

  const root = await plaza.make('shelf', '@pocas/market-actors/shelf', {
    name: 'Estantes',
    secret: Buffer.alloc(32, 7).toString('base64url'),
  });
  const founded = await plaza.call<Any>(root, 'claim', 'Fundadora', next());
  const steward = await plaza.keep('steward', founded.cares.steward);
  const auditor = await plaza.keep('auditor', founded.cares.auditor);
  const mapZone = async (name: string, kind: string, slots: bigint, kept: bigint) => {
    const { zone } = await ok(plaza, steward, 'mapZone', name, kind, slots, kept, kind, next());
    return plaza.keep(name, zone);
  };
  const fridge = await mapZone('Refri', 'cold', 8n, 0n);
  const shelf = await mapZone('Repisa', 'ambient', 10n, 2n);

  const join = async (name: string, node: ClearingNode, invitation: Named): Promise<Person> => {
    const { participant } = await ok(plaza, invitation, 'join', name, next());
    const share = await plaza.keep(name, participant);
    return node === plaza
      ? { node, share }
      : { node, share: await node.enliven(name, await plaza.sturdy(share)) };
  };
  const invited = async (name: string, node: ClearingNode) =>
    join(name, node, (await ok(plaza, steward, 'invite', next())).invitation);
  const ana = await invited('Ana', plaza);
  const beto = await invited('Beto', casa);
  const brought = async (by: Person, name: string, node: ClearingNode): Promise<Person> => {
    const { invitation } = await ok(by.node, by.share, 'introduce', next());
    if (by.node === plaza) return join(name, node, invitation);
    const { participant } = await ok(node, invitation, 'join', name, next());
    return { node, share: await node.keep(name, participant) };
  };
  const eva = await brought(ana, 'Eva', casa);
  const lia = await brought(beto, 'Lía', casa);
  const everybody = [ana, beto, eva, lia];

  /** As each of them sees the zone, which is the same facet from wherever it is asked. */
  const zoneOf = async ({ node, share }: Person, name: string): Promise<Named> => {
    const { zones } = await ask(node, share, 'view');
    return zones.find((one: Any) => one.name === name).zone;
  };
  const wish = async (who: Person, zone: string, demand: bigint, needs: string, times = 1) => {
    const id = next();
    let answer: Any;
    for (let i = 0; i < times; i += 1)
      answer = await ask(
        who.node,
        who.share,
        'request',
        await zoneOf(who, zone),
        demand,
        needs,
        id,
      );
    return answer;
  };
  const held = async ({ node, share }: Person, zone: string): Promise<bigint> => {
    const { zones } = await ask(node, share, 'view');
    return zones.find((one: Any) => one.name === zone).slots;
  };
  const heldBy = (zone: string) => Promise.all(everybody.map((who) => held(who, zone)));
  /** What the node published, reckoned again in this process by who asked, against what people have. */
  const recompute = async (zone: Named, name: string, epoch: bigint) => {
    const { rule, claims, pages } = await ok(plaza, zone, 'inputs', epoch, 0n);
    assert.equal(pages, 1n);
    const { shares } = divideZone(rule, claims);
    const slots = shares.map((one) => one.slots);
    assert.deepEqual(
      claims.map((one: Any) => one.slots),
      slots,
    );
    assert.ok(slots.reduce((a, b) => a + b, 0n) <= rule.slots, name);
    assert.equal((await ok(plaza, auditor, 'recompute', zone, epoch)).isSame, true);
    return { rule, slots };
  };

  assert.equal((await wish(ana, 'Repisa', 1n, 'cold')).code, 'unsupported');
  for (const who of everybody) assert.equal((await wish(who, 'Refri', 6n, 'cold', 2)).ok, true);
  for (const connection of casa.proxy.connections()) connection.cut();
  for (const connection of plaza.proxy.connections()) connection.cut();
  for (const who of [beto, eva]) assert.equal((await wish(who, 'Repisa', 5n, '', 2)).ok, true);

  // The run of the next epoch begins while the node is away.
  await die(week);
  await until('the run', async () => (await held(ana, 'Refri')) > 0n || undefined);
  const first = await heldBy('Refri');
  assert.equal(
    first.reduce((a, b) => a + b, 0n),
    8n,
  );
  const epochOf = async (zone: Named): Promise<bigint> => {
    const entries = await ask(
      plaza,
      await plaza.keep('journal', await ask(plaza, auditor, 'journal')),
      'entries',
      1n,
      200n,
    );
    return entries.findLast(
      ({ kind, facts }: Any) =>
        kind === 'zone divided' && facts.zone === (zone === fridge ? 0n : 1n),
    ).facts.epoch;
  };
  const epoch = await epochOf(fridge);
  assert.deepEqual((await recompute(fridge, 'Refri', epoch)).slots, first);
  assert.equal((await recompute(shelf, 'Repisa', epoch)).rule.slots, 8n);

  // The fridge breaks but for three slots, and so does the node, right then.
  const broke = next();
  const breaking = ask(plaza, steward, 'breakZone', fridge, 3n, broke);
  await die(1_000);
  assert.equal((await breaking).ok, true);
  assert.equal((await ok(plaza, steward, 'breakZone', fridge, 3n, broke)).ok, true);
  const afterwards = await heldBy('Refri');
  assert.equal(
    afterwards.reduce((a, b) => a + b, 0n),
    3n,
  );
  const { rule } = await recompute(fridge, 'Refri', epoch);
  assert.equal(rule.slots, 3n);
  assert.equal((await ok(plaza, fridge, 'inputs', epoch, 0n)).division, 2n);
  // Both newcomers have a foothold, and are told why in their language.
  const why = await ok(casa, eva.share, 'explain', await zoneOf(eva, 'Refri'));
  assert.match(why.words.es, /Apartado para quienes llegan/);

  await ok(plaza, steward, 'repairZone', fridge, next());
  assert.deepEqual(await heldBy('Refri'), first);
});
