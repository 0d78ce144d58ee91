import { type TestNode, type TestNodeOptions, makeTestNode } from '@pocas/vat-runtime/testing';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import assert from 'node:assert/strict';
import { E } from '@endo/far';
import type { Batch, Issued, Mint, MintKeys } from '@pocas/clearing/blind';
import type { OpenAct, Purse } from '@pocas/clearing/purse';
import { askFor, emptyPurse, finish, learn, purseKey } from '@pocas/clearing/purse';
import type { Account, Ledger, Payee } from '@pocas/clearing/value';
import type { Facet } from '@pocas/vat-runtime';
import { hmac, sha256 } from '@pocas/vat-runtime';
import { bundleVat } from '@pocas/vat-runtime/node';
import type { Bench } from './mint-vat.ts';

const source = fileURLToPath(new URL('../../../test/blind/mint-vat.ts', import.meta.url));
const bundle = bundleVat(source);

export const market = sha256('the tag of a market');
/** 64 bytes that are the same each time. */
export const bytes64 = (text: string): string => hmac('AAAA', text);

let count = 0;
export const next = (): string => `a request nobody guesses ${(count += 1)}`;

/** The answer where it is no refusal. */
export const ok = <T extends { readonly ok: boolean }>(answer: T): Extract<T, { ok: true }> => {
  assert.equal(answer.ok, true, `refused: ${inspect(answer)}`);
  // The assertion tells the two apart.
  return answer as Extract<T, { ok: true }>;
};
export const codeOf = (answer: { readonly ok: boolean; readonly code?: string }): string =>
  answer.ok ? 'ok' : answer.code!;

/** Somebody with an account and a purse. The record is replaced by each act, as a wallet does it. */
export type Holder = {
  readonly account: Facet<Account>;
  readonly payee: Facet<Payee>;
  readonly key: string;
  purse: Purse;
};
export type World = {
  readonly node: TestNode;
  readonly bench: Facet<Bench>;
  readonly mint: Facet<Mint>;
  readonly ledger: Facet<Ledger>;
  holder(name: string, debitLimit?: bigint): Promise<Holder>;
  /** Fails where value was made or lost, or where the float is not what tokens are worth. */
  check(unfetched?: bigint): Promise<void>;
  stop(): Promise<void>;
};

export const pack = [1n, 1n, 2n, 4n, 8n, 16n];

const worldOf = async (node: TestNode, bench: Facet<Bench>): Promise<World> => {
  const [mint, ledger] = await Promise.all([E(bench).mint(), E(bench).ledger()]);
  return {
    node,
    bench,
    mint,
    ledger,
    async holder(name, debitLimit = 100n) {
      const { account, payee } = await E(bench).open(debitLimit);
      const keys = await E(mint).keys();
      const { purse } = ok(learn(emptyPurse(market), keys));
      return { account, payee, key: purseKey(sha256(name), market), purse };
    },
    async check(unfetched = 0n) {
      await E(ledger).assertSound();
      const { accounts } = await E(ledger).books();
      const counts = (await E(mint).counts()).filter(({ kind }) => kind === 'credit');
      const out = counts.reduce((sum, one) => sum + one.denom * (one.issued - one.redeemed), 0n);
      const float = accounts.find(({ kind }) => kind === 'pool')!.balance;
      assert.equal(float, out + unfetched, 'the float is what tokens are worth');
    },
    stop: () => node.stop(),
  };
};

export const makeWorld = async (options: TestNodeOptions = {}, step = 1n): Promise<World> => {
  const node = await makeTestNode(options);
  const bench = (await node.makeVat({
    module: await bundle,
    label: 'mint',
    powers: { clock: node.clock, timer: node.timer },
    params: { market, secret: sha256('a secret'), step },
  })) as Facet<Bench>;
  node.setProgram({ bench });
  return worldOf(node, bench);
};

/** The same node, started again. */
export const restart = async ({ node }: World): Promise<World> => {
  await node.settled();
  await node.stop();
  const { storage, secrets } = node;
  const again = await makeTestNode({ storage, secrets });
  const { bench } = again.getProgram() as { bench: Facet<Bench> };
  return worldOf(again, bench);
};

/** Takes a pack out of the account into the purse. */
export const withdraw = async (
  { mint }: World,
  holder: Holder,
  denoms: readonly bigint[] = pack,
): Promise<{
  readonly act: OpenAct;
  readonly batches: readonly Batch[];
  readonly issued: Issued;
}> => {
  const { purse, act, batches, requestId } = askFor(
    holder.purse,
    holder.key,
    'account',
    'credit',
    denoms,
  );
  const issued = ok(await E(mint).withdraw(holder.account, batches, requestId));
  holder.purse = ok(finish(purse, holder.key, act, issued)).purse;
  return { act, batches, issued };
};

/** The next epoch, of which the holders hear. */
export const turn = async (
  { mint }: World,
  epoch: bigint,
  ...holders: readonly Holder[]
): Promise<MintKeys> => {
  await E(mint).turnEpoch(epoch);
  const keys = await E(mint).keys();
  for (const holder of holders) holder.purse = ok(learn(holder.purse, keys)).purse;
  return keys;
};
