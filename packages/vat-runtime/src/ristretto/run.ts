/** A run of key generation: its record looked at, and its print, to which all that is said in it is bound. */
import { sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { toBase64Url } from '../locator/base-encoding.ts';
import type { Holder, Run } from './dkg-types.ts';
import { bytesOf, indexOf, listOf, littleEndian, maxHolders, publicOf } from './texts.ts';
import { framed } from './transcript.ts';

const maxId = 256;

export type ReadRun = {
  /** Of everything that was agreed on: 32 bytes as text. */
  readonly print: string;
  readonly threshold: bigint;
  readonly members: readonly Holder[];
  readonly dealers: readonly Holder[];
  /** How many dealings it takes. */
  readonly needed: bigint;
  /** Where a key is handed on: its text, and the dealers' verification keys. */
  readonly old?: { readonly groupKey: string; readonly keys: ReadonlyMap<bigint, string> };
};

const refuse = (why: string): never => {
  throw TypeError(`Cannot use run: ${why}`);
};

/** A print of parts, as text. */
export const printOf = (name: string, parts: readonly Uint8Array[]): string =>
  toBase64Url(sha512(framed([utf8ToBytes(name), ...parts])).subarray(0, 32));

const holdersOf = (given: unknown, what: string): readonly Holder[] => {
  const holders = listOf(given, Number(maxHolders), what) as readonly Holder[];
  let before = 0n;
  for (const holder of holders) {
    if (indexOf(holder?.index) <= before) return refuse(`${what} must be in ascending order`);
    before = holder.index;
    // Whether it is an element shows where it is used.
    bytesOf(holder.key, 32, 'key of a holder');
  }
  if (new Set(holders.map(({ key }) => key)).size < holders.length) {
    return refuse(`two ${what} have the same key`);
  }
  return holders;
};

const partsOf = (holders: readonly Holder[]): Uint8Array =>
  framed(
    holders.flatMap(({ index, key }) => [littleEndian(index), bytesOf(key, 32, 'key of a holder')]),
  );

const thresholdOf = (threshold: unknown, among: number): bigint =>
  typeof threshold === 'bigint' && threshold >= 2n && threshold <= BigInt(among)
    ? threshold
    : refuse('the threshold must be from 2 to all');

/** @throws TypeError where it is none */
export const readRun = (run: Run): ReadRun => {
  const id = publicOf(run?.id, 'id of a run');
  if (id.length === 0 || id.length > maxId) return refuse(`its id must have 1 to ${maxId} bytes`);
  const members = holdersOf(run.members, 'members');
  const threshold = thresholdOf(run.threshold, members.length);
  const parts = [id, littleEndian(threshold), partsOf(members)];
  if (run.from === undefined) {
    const print = printOf('pocas-run-v1', parts);
    return { print, threshold, members, dealers: members, needed: threshold };
  }
  const { key } = run.from;
  const dealers = holdersOf(run.from.dealers, 'dealers');
  const verification = holdersOf(key?.verificationKeys, 'verification keys');
  const needed = thresholdOf(key.threshold, verification.length);
  const keys = new Map(verification.map((holder) => [holder.index, holder.key]));
  if (BigInt(dealers.length) < needed) return refuse('fewer dealers than the old key needs');
  if (!dealers.every(({ index }) => keys.has(index))) {
    return refuse('a dealer holds no share of the old key');
  }
  const print = printOf('pocas-run-v1', [
    ...parts,
    bytesOf(key.groupKey, 32, 'group key'),
    littleEndian(needed),
    partsOf(verification),
    partsOf(dealers),
  ]);
  const old = { groupKey: key.groupKey, keys };
  return { print, threshold, members, dealers, needed, old };
};

/** @throws TypeError where it is none of them */
export const holderAt = (holders: readonly Holder[], index: unknown): Holder =>
  holders.find((holder) => holder.index === index) ?? refuse('there is no holder of this index');
