import { type TestNode, makeManualTime, makeTestNode } from '@pocas/vat-runtime/testing';
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { E } from '@endo/far';
import { M } from '@endo/patterns';
import type { Account } from '@pocas/clearing/value';
import type {
  FocoClaimed,
  FocoFounding,
  FocoMaker,
  FocoParams,
  FocoParticipant,
} from '@pocas/foco-actors';
import type { Facet } from '@pocas/vat-runtime';
import { bundleVat, makePower } from '@pocas/vat-runtime/node';
import type { Bank } from './bank.ts';

type Card = Awaited<ReturnType<FocoParticipant['card']>>;

const bundles = {
  foco: bundleVat(fileURLToPath(import.meta.resolve('@pocas/foco-actors/foco'))),
  bank: bundleVat(fileURLToPath(new URL('./bank.js', import.meta.url))),
};

export const day = 24 * 3_600_000;
export const week = 7 * day;

let count = 0;
/** A fresh request. */
export const next = (): string => `a request nobody guesses ${(count += 1)}`;

export const ok = <T extends { ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  assert.equal(answer.ok, true, `refused: ${inspect(answer)}`);
  // The assertion tells the two apart.
  return answer as Extract<T, { ok: true }>;
};
export const refused = (answer: { ok: boolean; code?: string }, code: string): void => {
  assert.equal(answer.ok, false, `not refused: ${inspect(answer)}`);
  assert.equal(answer.code, code);
};

export const makeFocoVat = async (
  node: TestNode,
  params: Partial<FocoParams> = {},
): Promise<Facet<FocoFounding>> => {
  return vatOf(node, params, defineMaker(node));
};
/** To be defined anew at each start, under the same name. */
const defineMaker = (node: TestNode): Facet<FocoMaker> => {
  const maker = node.definePowerOfEach('foco', () =>
    makePower('FocoMaker', M.interface('FocoMaker', { make: M.call(M.any()).returns(M.any()) }), {
      make: (wish: Partial<FocoParams>) => vatOf(node, wish, maker),
    }),
  ) as unknown as Facet<FocoMaker>;
  return maker;
};
const vatOf = async (
  node: TestNode,
  params: Partial<FocoParams>,
  focoMaker: Facet<FocoMaker>,
): Promise<Facet<FocoFounding>> =>
  (await node.makeVat({
    module: await bundles.foco,
    label: 'foco',
    powers: {
      ...{ clock: node.clock, timer: node.timer },
      ...{ grantor: node.grantor, enlivener: node.enlivener, focoMaker },
    },
    params: {
      name: 'Panal',
      secret: Buffer.alloc(32, (count += 1) % 250).toString('base64url'),
      ...params,
    },
  })) as Facet<FocoFounding>;

export type Person = {
  readonly name: string;
  readonly self: Facet<FocoParticipant>;
  readonly account: Facet<Account>;
  readonly card: Card;
  /** Their destination, entered as their own. */
  readonly home: Card;
};

export type World = {
  readonly node: TestNode;
  readonly time: ReturnType<typeof makeManualTime>;
  readonly bank: Facet<Bank>;
  readonly founded: FocoClaimed;
  readonly purse: Card;
  readonly people: readonly Person[];
  /** Puts value into somebody's envelope. */
  put(who: Person, value: bigint, returnable?: boolean): Promise<void>;
  /** What somebody has in the envelope. */
  has(who: Person): Promise<bigint>;
  balance(name: string): Promise<bigint>;
  pass(milliseconds: number): Promise<void>;
  /** Fails where the parts are not the balance, or the envelopes not what is said of them. */
  sound(): Promise<void>;
};

type Charter = NonNullable<NonNullable<FocoParams['charter']>['values']>;

export const start = async (
  names: readonly string[],
  values: Charter = {},
  { step = 1n }: { readonly step?: bigint } = {},
): Promise<World> => {
  const time = makeManualTime();
  const node = await makeTestNode({ time });
  const bank = (await node.makeVat({
    module: await bundles.bank,
    label: 'bank',
    powers: { clock: node.clock, timer: node.timer },
    params: { step },
  })) as Facet<Bank>;
  const root = await makeFocoVat(node, { charter: { values: { invitations: 100n, ...values } } });
  const founded = ok(await E(root).claim(names[0]!, next())) as FocoClaimed;
  const { steward } = founded.cares;
  const invitation = await E(bank).invitation();
  const { purse } = ok(await E(steward).joinMarket(invitation as never, next()));
  await node.rest();
  const enter = async (name: string, self: Facet<FocoParticipant>): Promise<Person> => {
    const account = await E(bank).account(name);
    const card = await E(self).card();
    const payee = await E(account).payee();
    const { destination } = ok(await E(self).addDestination(purse, payee, name, true, next()));
    return { name, self, account, card, home: destination };
  };
  const people = [await enter(names[0]!, founded.participant)];
  for (const name of names.slice(1)) {
    const invited = ok(await E(founded.participant).invite(next()));
    const { participant } = ok(await E(invited.invitation).join(name, next()));
    people.push(await enter(name, participant));
  }
  return worldOf({ node, time, bank, founded, purse, people });
};

type Parts = Pick<World, 'node' | 'time' | 'bank' | 'founded' | 'purse' | 'people'>;

const worldOf = ({ node, time, bank, founded, purse, people }: Parts): World => {
  const { auditor } = founded.cares;
  return {
    ...{ node, time, bank, founded, purse, people },
    async put(who, value, returnable = false) {
      const { payment } = ok(await E(who.account).withdraw(value, next()));
      ok(await E(who.self).contribute(purse, payment, returnable, next()));
      await node.rest();
    },
    async has(who) {
      const { envelopes } = await E(who.self).view();
      return envelopes[0]!.value;
    },
    balance: async (name) => (await E(await E(bank).account(name)).view()).balance,
    async pass(milliseconds) {
      time.pass(milliseconds);
      await node.rest();
    },
    async sound() {
      const { purses } = await E(auditor).view();
      for (const one of purses) {
        assert.equal(one.difference, 0n, inspect(one));
        let [from, sum] = [0n, 0n];
        do {
          const part = ok(await E(auditor).recount(one.purse, from));
          [from, sum] = [part.next, sum + part.sum];
        } while (from > 0n);
        assert.equal(sum, one.envelopes);
      }
      await E(bank).statement();
    },
  };
};

/** The same world after the node was stopped and started again over the same storage. */
export const restart = async (world: World): Promise<World> => {
  const { node, time, bank, founded, purse, people } = world;
  node.setProgram({ bank, founded, purse, people });
  await node.stop();
  const { storage, secrets } = node;
  const again = await makeTestNode({ time, storage, secrets });
  defineMaker(again);
  return worldOf({ ...(again.getProgram() as Parts), node: again, time });
};
