/** The key and the shares that come of dealings: see `dkg-types.ts`. */
import { ristretto255 } from '@noble/curves/ed25519.js';
import harden from '@endo/harden';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { deal, isGuilty, isSound, receive, soundly, statementOf } from './dealing.ts';
import type { Dealing, Dkg } from './dkg-types.ts';
import { committedAt, weightedSum, weightsOf } from './polynomial.ts';
import { type ReadRun, holderAt, printOf, readRun } from './run.ts';
import { schnorr } from './schnorr.ts';
import {
  type Element,
  elementText,
  indexOf,
  listOf,
  maxHolders,
  order,
  scalarOf,
  scalarText,
} from './texts.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;

/** What counts, each dealer once and enough of them. */
const countedOf = <T extends { readonly dealer: bigint }>(
  read: ReadRun,
  given: readonly T[],
): readonly T[] => {
  const list = listOf(given, Number(maxHolders), 'dealings') as readonly T[];
  const dealers = new Set(list.map((item) => holderAt(read.dealers, item?.dealer)));
  if (dealers.size < list.length) throw TypeError('Cannot use dealings: each dealer deals once');
  if (BigInt(list.length) < read.needed) {
    throw Error(`Cannot make key: ${read.needed} dealings are needed`);
  }
  return list.toSorted((one, other) => (one.dealer < other.dealer ? -1 : 1));
};

/** With which weight each dealing counts: once where a key is made, so that it is that of the sum at 0. */
const weightsIn = (read: ReadRun, dealers: readonly bigint[]): readonly bigint[] =>
  read.old === undefined ? dealers.map(() => 1n) : weightsOf(dealers);

const sumOf = (read: ReadRun, dealings: readonly Dealing[]): readonly Element[] => {
  const elements = dealings.map((dealing) => {
    const sound = soundly(read, dealing);
    if (sound === undefined) throw Error('Cannot make key: a dealing is not sound; leave it out');
    return sound;
  });
  const weights = weightsIn(
    read,
    dealings.map(({ dealer }) => dealer),
  );
  return Array.from({ length: Number(read.threshold) }, (_, at) => {
    const column = elements.map((row) => row[at]!);
    return read.old === undefined
      ? column.reduce((sum, element) => sum.add(element), Point.ZERO as Element)
      : weightedSum(column, weights);
  });
};

const keyOf: Dkg['keyOf'] = (run, given) => {
  const read = readRun(run);
  const sum = sumOf(read, countedOf(read, given));
  const groupKey = elementText(sum[0]!);
  if (read.old !== undefined && groupKey !== read.old.groupKey) {
    throw Error('Cannot make key: the old verification keys are not those of the old key');
  }
  const verificationKeys = read.members.map(({ index }) => ({
    index,
    key: elementText(committedAt(sum, index)),
  }));
  return harden({ threshold: read.threshold, groupKey, verificationKeys });
};

const shareOf: Dkg['shareOf'] = (run, me, key, parts) => {
  const read = readRun(run);
  const counted = countedOf(read, parts);
  const weights = weightsIn(
    read,
    counted.map(({ dealer }) => dealer),
  );
  const sum = counted.reduce(
    (total, { share }, at) => (total + weights[at]! * scalarOf(share, 'share')) % order,
    0n,
  );
  const { index } = holderAt(read.members, me);
  const known = key?.verificationKeys.find((holder) => holder.index === indexOf(index))?.key;
  const secret = scalarText(sum);
  if (sum === 0n || schnorr.publicKey(secret) !== known) {
    throw Error(
      'Cannot make share: it is not that of this key; take the parts of the same dealings',
    );
  }
  return harden({ index, secret });
};

/** What a member says of the dealings that it saw. The key follows from them. */
const wordOf = (read: ReadRun, given: readonly Dealing[]): string => {
  const statements = countedOf(read, given).map((dealing) =>
    utf8ToBytes(statementOf(read, dealing)),
  );
  return `pocas-key-v1 ${read.print} ${printOf('pocas-key-v1', statements)}`;
};

const confirm: Dkg['confirm'] = (run, dealings, me, secretKey, random) => {
  const read = readRun(run);
  if (schnorr.publicKey(secretKey) !== holderAt(read.members, me).key) {
    throw Error('Cannot confirm: the secret key is not that of this member');
  }
  // Nobody gives its word for dealings that make no key.
  keyOf(run, dealings);
  return schnorr.sign(secretKey, wordOf(read, dealings), random);
};

const confirmedBy: Dkg['confirmedBy'] = (run, dealings, confirmations) => {
  const read = readRun(run);
  const word = wordOf(read, dealings);
  // At most one of each member counts, so a longer list says nothing more.
  const given = listOf(confirmations, Number(maxHolders), 'confirmations') as typeof confirmations;
  const holding = given.filter(({ index, confirmation }) => {
    const member = read.members.find((holder) => holder.index === index);
    return member !== undefined && schnorr.verify(member.key, word, confirmation);
  });
  return harden([...new Set(holding.map(({ index }) => index))]);
};

export const dkg: Dkg = harden({
  deal,
  isSound,
  receive,
  isGuilty,
  keyOf,
  shareOf,
  confirm,
  confirmedBy,
});
