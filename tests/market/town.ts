/**
 * A market on two nodes in processes of their own, and people on both, as the scenarios S1 and S5 to S7 need
 * them. What each delivery leaves is looked at by the nodes themselves (`../soundness`).
 */
import type { TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { type ClearingNode, type Named, startClearingNode } from '../clearing/node.ts';
import { makeCleanup, makeFolder } from '../support/cleanup.ts';
import { ask, kept, must, next } from './asking.ts';
import { breakLinksTo } from './troubles.ts';

// `any`: answers of facets in other processes.
type Any = any;

export const hour = 3_600_000;
export const day = 24 * hour;
export const week = 7 * day;

export type Person = { readonly name: string; readonly node: ClearingNode; readonly place: Named };

export type TownTerms = {
  readonly name?: string;
  readonly charter: Readonly<Record<string, bigint>>;
};

export const startTown = async (t: TestContext, { name = 'Tianguis', charter }: TownTerms) => {
  const cleanup = makeCleanup((hook) => t.after(hook));
  const folder = makeFolder(cleanup);
  const nodes = await Promise.all(
    ['plaza', 'casa'].map((of, seed) =>
      startClearingNode(cleanup, { name: of, folder, seed, pingMilliseconds: 300, leaps: true }),
    ),
  );
  const [plaza, casa] = nodes as [ClearingNode, ClearingNode];
  const root = await plaza.make('market', '@pocas/market-actors/market', {
    ...{ name, charter },
    secret: Buffer.alloc(32, 7).toString('base64url'),
  });
  const founded = await plaza.call<Any>(root, 'claim', 'Fundadora', next());
  const founder: Person = {
    ...{ name: 'Fundadora', node: plaza },
    place: await plaza.keep('Fundadora', founded.participant),
  };
  const steward = await plaza.keep('steward', founded.cares.steward);
  const auditor = await plaza.keep('auditor', founded.cares.auditor);
  const marketPublic = await plaza.keep('public', founded.cares.marketPublic);
  let looked = 0;

  /** The market is sound, by its own word and by what was written. */
  const sound = async () => {
    const { sum, credit, held, payments, debt, pools, commons } = await ask(
      ...([plaza, auditor, 'statement'] as const),
    );
    assert.equal(sum, 0n);
    assert.equal(credit + held + payments + pools + commons, debt);
    for (const node of nodes) assert.deepEqual(node.faults(), [], node.name);
  };
  const desks = new Map<string, Named>();

  return {
    ...{ plaza, casa, founder, steward, marketPublic, must },
    /** Says it twice: the first answer was lost on the way, for all one knows. Both are the same. */
    async ok<T = Any>(
      node: ClearingNode,
      ref: Named,
      method: string,
      ...args: unknown[]
    ): Promise<T> {
      const first = await must<T>(node, ref, method, ...args);
      assert.deepEqual(await must(node, ref, method, ...args), first, `${method}, said again`);
      return first;
    },
    /** Somebody with a place in the market, who is on one of the nodes. */
    async join(who: string, node: ClearingNode, invitation?: Named): Promise<Person> {
      const door = invitation ?? (await ask<Named>(plaza, steward, 'invite', 1n, next()));
      const { participant } = await must(plaza, door, 'join', who, next());
      const here = await plaza.keep(`place of ${who}`, participant);
      const place =
        node === plaza ? here : await node.enliven(`place of ${who}`, await plaza.sturdy(here));
      return { name: who, node, place };
    },
    /** One of their pages, under a name that lasts. */
    async desk({ name: who, node, place }: Person, mechanism: string): Promise<Named> {
      const key = `${mechanism} of ${who}`;
      const known = desks.get(key);
      if (known !== undefined) return known;
      const page = await kept(node, key, () => ask<Named>(node, place, 'desk', mechanism));
      desks.set(key, page);
      return page;
    },
    async stands({ node, place }: Person): Promise<readonly [bigint, bigint]> {
      const { balance, held } = await ask(node, place, 'view');
      return [balance, held];
    },
    sound,
    /** From now on links between the two break, and come back. */
    breakLinks() {
      nodes.forEach(breakLinksTo);
    },
    /** A node is gone from one moment to the next, and so much time passes. */
    async die(node: ClearingNode, milliseconds = 0) {
      if (node === plaza) looked += (await node.watched()).looked;
      await node.kill();
      await Promise.all(nodes.map((each) => each.leap(milliseconds)));
      await node.start();
    },
    /** So much time passes. */
    leap: (milliseconds: number) => Promise.all(nodes.map((node) => node.leap(milliseconds))),
    /** At the end of a story: every delivery was looked at, and links did break meanwhile. */
    async soundInAllThat() {
      await sound();
      looked += (await plaza.watched()).looked;
      assert.ok(looked > 10, `${looked} deliveries were looked at`);
      const dialled = nodes.reduce((sum, { proxy }) => sum + proxy.counts().dialled, 0);
      assert.ok(dialled >= 4, `links were dialled ${dialled} times`);
    },
  };
};
export type Town = Awaited<ReturnType<typeof startTown>>;
