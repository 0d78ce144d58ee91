/**
 * A protocolito that was published on one node is installed on another, in a process of its own. The node on which
 * it is installed is killed while it is being installed, and the one that published it afterwards; what was installed
 * is there once, has exactly what it declared, and goes on without the other.
 */
import '@pocas/vat-runtime/lockdown';
import test from 'node:test';
import assert from 'node:assert/strict';
import { type ClearingNode, type Named, startClearingNode } from './clearing/node.ts';
import { makeCleanup, makeFolder } from './support/cleanup.ts';
import { until } from './support/until.ts';

// `any`: answers of facets in other processes.
type Any = any;

const kitchen = `
const { M } = require('@endo/patterns');
const { defineActor } = require('@pocas/vat-runtime');
const makeKitchen = defineActor({
  name: 'Kitchen',
  state: { powers: M.record(), most: M.nat(), count: M.nat() },
  init: (powers, most) => ({ powers, most, count: 0n }),
  guards: { kitchen: M.interface('Kitchen', {}, { defaultGuards: 'passable' }) },
  facets: {
    kitchen: {
      given() { return Object.keys(this.state.powers); },
      eat() {
        if (this.state.count < this.state.most) this.state.count += 1n;
        return this.state.count;
      },
    },
  },
});
exports.make = (powers, { charter }) => makeKitchen(powers, charter.bowls).kitchen;
`;

let count = 0;
const next = () => `a request that nobody guesses ${(count += 1)}`;

test('a protocolito of one node is installed on another, once, whoever is killed in between', async (t) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const [plaza, casa] = (await Promise.all(
    ['plaza', 'casa'].map((name, seed) =>
      startClearingNode(cleanup, { name, folder, seed, pingMilliseconds: 300 }),
    ),
  )) as [ClearingNode, ClearingNode];
  /** Asks until the answer comes: every act can be repeated. */
  const ask = (node: ClearingNode, ref: Named, method: string, ...args: unknown[]): Promise<Any> =>
    until(`${method} on ${node.name}`, async () => {
      try {
        return { answer: await node.call<Any>(ref, method, ...args) };
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
  const found = async (node: ClearingNode): Promise<Named> => {
    const root = await node.make('repository', '@pocas/foco-actors/repository', {
      ...{ name: node.name, secret: Buffer.alloc(32, node.name.length).toString('base64url') },
    });
    return node.keep('mine', (await ok(node, root, 'claim', node.name, next())).participant);
  };
  const [theirs, mine] = [await found(plaza), await found(casa)];

  const words = ['La cocina', 'Español', 'Un plato por persona', 'Traer verdura', 'Quien cocina'];
  const { draft } = await ok(plaza, theirs, 'draft', ...words, next());
  for (let at = 0; at < kitchen.length; at += 300)
    await ok(plaza, draft, 'write', kitchen.slice(at, at + 300), next());
  await ok(plaza, draft, 'declare', 'clock', next());
  await ok(plaza, draft, 'setValue', 'bowls', 2n, next());
  const { version, hash } = await ok(plaza, draft, 'publish', next());
  const { secret } = await ok(plaza, theirs, 'share', version, next());

  const { plan: read } = await ok(casa, mine, 'planLink', secret, 'the plan');
  const plan = await casa.keep('plan', read);
  const shown = await ask(casa, plan, 'view');
  assert.equal(shown.hash, hash);
  assert.deepEqual(
    shown.powers.map(({ power }: Any) => power),
    ['clock'],
  );
  await casa.kill();
  await casa.start();
  // Killed at once, and killed a little later: while it reads the text, and while it makes the guest.
  for (const wait of [0, 120]) {
    const asked = casa
      .call(plan, 'install', hash, ['clock'], 'Cocina', {}, 'the request')
      .catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, wait));
    await casa.kill();
    await asked;
    await casa.start();
  }
  const done = await ok(casa, plan, 'install', hash, ['clock'], 'Cocina', {}, 'the request');
  const root = await casa.keep('root', done.root);
  assert.deepEqual(await ask(casa, root, 'given'), ['clock']);
  assert.equal(await ask(casa, root, 'eat'), 1n);
  assert.equal((await ask(casa, mine, 'view')).uses.length, 1);

  // It needs those who wrote it no more.
  await plaza.kill();
  await casa.kill();
  await casa.start();
  assert.equal(await ask(casa, root, 'eat'), 2n);
  assert.equal(await ask(casa, root, 'eat'), 2n);
  const again = await ok(casa, plan, 'install', hash, ['clock'], 'Cocina', {}, 'the request');
  assert.equal(await ask(casa, await casa.keep('again', again.root), 'eat'), 2n);
  assert.equal((await ask(casa, plan, 'confirm', 'Otra', next())).code, 'closed');
  assert.equal((await casa.call<Any>(mine, 'view')).uses.length, 1);
});
