/** Wallets in a market, and what they do to each other, for tests. */
import { makeManualTime } from '@pocas/vat-runtime/testing';
import { E } from '@endo/far';
import type { Participant, WalletOwner } from '@pocas/market-actors';
import type { Facet } from '@pocas/vat-runtime';
import {
  type FoundedMarket,
  type TestNode,
  foundMarket,
  makeTestNode,
  makeWallet,
  next,
  ok,
} from '../fixture.ts';

export type Any = any;
export const week = 604_800_000;
export const refused = (code: string) => ({ ok: false, code });
export const revoked = refused('revoked');

export type Town = {
  readonly node: TestNode;
  readonly time: ReturnType<typeof makeManualTime>;
  readonly market: FoundedMarket;
  /** A wallet that has joined. */
  enter(name: string): Promise<Facet<WalletOwner>>;
};

export const makeTown = async (): Promise<Town> => {
  const time = makeManualTime(1_800_000_000_000);
  const node = await makeTestNode({
    time,
    epochs: { zero: 1_800_000_000_000n, length: BigInt(week) },
    print: () => {},
  });
  const market = await foundMarket(node, { charter: { baseLimit: 100n } });
  const enter = async (name: string) => {
    const wallet = await makeWallet(node, name);
    ok(await E(wallet).joinWith(await E(market.cares.steward).invite(), next()));
    return wallet;
  };
  return { node, time, market, enter };
};

export const pagesOf = async (wallet: Facet<WalletOwner>): Promise<Any> => E(wallet).pages();
/** The share in the place with this number. */
export const placeOf = async (wallet: Facet<WalletOwner>, at = 0): Promise<Facet<Participant>> =>
  (await E(wallet).places())[at]!.participant as unknown as Facet<Participant>;

/** @returns the entries by which guardians find whom they guard */
export const guard = async (
  wallet: Facet<WalletOwner>,
  guardians: readonly Facet<WalletOwner>[],
  needed: bigint,
): Promise<void> => {
  const { guardians: page } = await pagesOf(wallet);
  for (const guardian of guardians) {
    const offer = await E(page).offer(next());
    ok(await E((await pagesOf(guardian)).guarding).accept(offer, next()));
  }
  const dealt: Any = ok(await E(page).deal(needed, next()));
  if (dealt.reached !== BigInt(guardians.length)) throw Error('somebody has no share');
};

/** Somebody helps the owner of a new wallet. */
export const helpOf = async (
  guardian: Facet<WalletOwner>,
  restored: Facet<WalletOwner>,
  name: string,
  needed: bigint,
): Promise<Any> => {
  const { guarding } = await pagesOf(guardian);
  const { recovery } = await pagesOf(restored);
  const asked = await E(recovery).ask(name, needed, next());
  const [{ entry }] = (await E(guarding).view()).guarding;
  return E(guarding).help(entry, asked, next());
};

/** What there is at the till, as somebody buys it. */
export const purchaseAt = async (till: Any): Promise<Any> => {
  const [sale] = (await E(till).view()).offers;
  return {
    ...{ offer: sale.offer, number: sale.number, alternative: 0n },
    ...{ quantity: 1n, price: sale.own, note: '' },
  };
};
