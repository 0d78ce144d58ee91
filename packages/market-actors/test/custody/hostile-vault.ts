/** A vault that says what a test wants: it signs its log itself, and asks a custodian whatever it likes. */
import { type JournalEntry, type JournalHead, hashOf } from '@pocas/vat-runtime/verify';
import { type GroupKey, dkg, pedersen, schnorr, threshold } from '@pocas/vat-runtime/ristretto';
import {
  type Custodian,
  type Making,
  type Member,
  type Seal,
  type SignedHead,
  contextOf,
  headText,
  sealDigest,
  tagOf,
} from '@pocas/market-actors';
import { runOf } from '#src/vault/key-rules.js';
import type { Facet } from '@pocas/vat-runtime';
import { E } from '@endo/far';
import { type Pair, random } from '../vault/fixture.ts';

export type HostileVault = ReturnType<typeof makeHostileVault>;

/** @param own - by which its log is signed */
export const makeHostileVault = (own: Pair) => {
  const vault = own.publicKey;
  let entries: JournalEntry[] = [];
  const sign = (head: JournalHead): SignedHead => ({
    head,
    signature: schnorr.sign(own.secretKey, headText(head), random()),
  });
  const write = (kind: string, facts: unknown, label: 'P1' | 'P3' = 'P1'): JournalEntry => {
    const last = entries.at(-1);
    const content = {
      ...{ actorTag: tagOf(vault), number: (last?.number ?? 0n) + 1n, epoch: 1n, label, kind },
      ...{ facts, salt: '', prevHash: last?.hash ?? '' },
    };
    const entry = { ...content, hash: hashOf(content) };
    entries.push(entry);
    return entry;
  };
  const headOf = ({ number, hash }: JournalEntry): SignedHead =>
    sign({ actorTag: tagOf(vault), epoch: 1n, number, hash, final: false });
  return {
    ...{ vault, write, headOf, sign },
    entries: () => entries,
    /** As if it had written nothing after this number. */
    rewind: (to: number) => void (entries = entries.slice(0, to)),
    tell: (custodian: Facet<Custodian>, from = 1n) => {
      const page = entries.filter(({ number }) => number >= from);
      return E(custodian).notice(page, headOf(page.at(-1)!));
    },
    announce: ({ version, threshold: needed, members }: Making) =>
      write('making', { version, threshold: needed, members, isAnew: version > 1n }),
    request: (request: bigint, seal: Seal, viewer: string) =>
      write('request', {
        ...{ request, by: 'Eve', reason: 'because', present: 0n, holders: 3n },
        viewers: [{ name: 'Eve', key: viewer }],
        segments: [{ segment: seal.segment, digest: sealDigest(seal) }],
      }),
  };
};

export const sealOf = (vault: string, groupKey: string, segment: string): Seal => {
  const facts = { vault, camera: 'c', segment, from: 0n, to: 1n, epoch: 1n };
  const { encapsulation } = threshold.encapsulate(groupKey, contextOf(facts), random());
  const digest = 'd';
  return {
    ...facts,
    ...{ encapsulation, headerDigest: digest, ciphertextDigest: digest, size: 1n },
    ...{ chain: digest, signature: digest },
  };
};

/** The other members are the vault's own puppets. */
export const puppets = (count: number) =>
  Array.from({ length: count }, () => {
    const secretKey = pedersen.scalar(random());
    return { secretKey, publicKey: schnorr.publicKey(secretKey) };
  });
export const membersOf = (keys: readonly string[], cares: readonly string[] = []): Member[] =>
  keys.map((key, at) => ({
    ...{ index: BigInt(at + 1), name: `M${at + 1}`, key, isCare: cares.includes(key) },
  }));

/** A key made with a custodian among puppets that are honest this time. */
export const makeWith = async (
  custodian: Facet<Custodian>,
  making: Making,
  others: readonly Pair[],
): Promise<GroupKey> => {
  const run = runOf(making);
  const dealt = await E(custodian).deal(making);
  if (!dealt.ok) throw Error(dealt.code);
  const own = (key: string) => others.find(({ publicKey }) => publicKey === key);
  const dealings = making.members.map(({ index, key }) => {
    const puppet = own(key);
    return puppet === undefined
      ? dealt.dealing
      : dkg.deal(run, index, { secretKey: puppet.secretKey }, random());
  });
  const checked = await E(custodian).check(making, dealings);
  if (!checked.ok || checked.complaints.length > 0) throw Error('complaint');
  const dealers = dealings.map(({ dealer }) => dealer);
  const confirmed = await E(custodian).confirm(making.version, dealers);
  if (!confirmed.ok) throw Error(confirmed.code);
  const confirmations = making.members.map(({ index, key }) => {
    const puppet = own(key);
    const confirmation =
      puppet === undefined
        ? confirmed.confirmation
        : dkg.confirm(run, dealings, index, puppet.secretKey, random());
    return { index, confirmation };
  });
  const done = await E(custodian).activate(making.version, confirmations, []);
  if (!done.ok) throw Error(done.code);
  return dkg.keyOf(run, dealings);
};
