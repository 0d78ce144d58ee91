/** One dealing: written, looked at by everybody, received by a member, and judged where that one complains. */
import { ristretto255 } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { hedgedScalar } from './hedge.ts';
import { committedAt, valueAt } from './polynomial.ts';
import { provePossession, verifyPossession } from './proofs.ts';
import type { Dealing, Dkg } from './dkg-types.ts';
import { type ReadRun, holderAt, printOf, readRun } from './run.ts';
import { schnorr } from './schnorr.ts';
import { sealedTo } from './sealed-to.ts';
import {
  type Element,
  bytesOf,
  claimedElement,
  elementOf,
  elementText,
  littleEndian,
  scalarOf,
  scalarText,
} from './texts.ts';

const Point: (typeof ristretto255)['Point'] = ristretto255.Point;

/** Bytes of a sealed share, which is the text of a scalar. */
const sealedBytes = 32 + 64 + 43 + 32;

/** What a share is sealed for: this run, this dealer, this member. */
const contextOf = ({ print }: ReadRun, dealer: bigint, to: bigint): string =>
  `pocas-share-v1 ${print} ${dealer} ${to}`;

/** What the proof of the constant term is bound to. */
const aboutOf = ({ print }: ReadRun, dealer: bigint, commitments: readonly string[]) => [
  utf8ToBytes(print),
  littleEndian(dealer),
  ...commitments.map((text) => bytesOf(text, 32, 'commitment')),
];

/** What is signed. */
export const statementOf = (read: ReadRun, dealing: Omit<Dealing, 'signature'>): string => {
  const { dealer, commitments, proof, sealed } = dealing;
  const parts = [...commitments, proof, ...sealed].map(utf8ToBytes);
  return `pocas-dealing-v1 ${read.print} ${dealer} ${printOf('pocas-dealing-v1', parts)}`;
};

export const deal: Dkg['deal'] = (run, dealer, own, random) => {
  const read = readRun(run);
  const { key } = holderAt(read.dealers, dealer);
  const secret = scalarOf(own?.secretKey, 'secret key');
  if (schnorr.publicKey(own.secretKey) !== key) {
    throw Error('Cannot deal: the secret key is not that of this dealer');
  }
  const drawn = Array.from({ length: Number(read.threshold) }, (_, at) =>
    hedgedScalar(random, 'Dealing', secret, [
      utf8ToBytes(read.print),
      littleEndian(dealer),
      littleEndian(BigInt(at)),
    ]),
  );
  if (read.old !== undefined) {
    drawn[0] = scalarOf(own.share?.secret, 'share');
    const known = read.old.keys.get(dealer);
    if (own.share?.index !== dealer || schnorr.publicKey(own.share.secret) !== known) {
      throw Error('Cannot deal: the share is not that of this dealer in the old key');
    }
  }
  const committed = drawn.map((scalar) => Point.BASE.multiply(scalar));
  const commitments = committed.map(elementText);
  const about = aboutOf(read, dealer, commitments);
  const proof = provePossession('dealing', drawn[0]!, committed[0]!, about, random);
  const sealed = read.members.map((member) => {
    const share = scalarText(valueAt(drawn, member.index));
    return sealedTo.seal(member.key, share, contextOf(read, dealer, member.index), random);
  });
  const unsigned = { dealer, commitments, proof, sealed };
  const signature = schnorr.sign(own.secretKey, statementOf(read, unsigned), random);
  return harden({ ...unsigned, signature });
};

const isList = (list: unknown, length: number): boolean =>
  Array.isArray(list) && list.length === length;

const isSealed = (text: unknown): boolean => {
  try {
    return bytesOf(text, sealedBytes, 'sealed share').length > 0;
  } catch {
    return false;
  }
};

const looked = new WeakMap<object, { readonly print: string; readonly elements: Commitments }>();
type Commitments = readonly Element[];

/** Whether it will say tomorrow what it says today. */
const isFixed = (dealing: Dealing): boolean =>
  [dealing, dealing.commitments, dealing.sealed].every(Object.isFrozen);

/**
 * The commitments of a dealing that is what it must be; undefined for any other. A member looks at each several
 * times in one turn, which takes two proofs and all points each time: what was sound once is remembered.
 */
export const soundly = (read: ReadRun, dealing: Dealing): Commitments | undefined => {
  const known = Object(dealing) === dealing ? looked.get(dealing) : undefined;
  if (known?.print === read.print) return known.elements;
  const elements = lookedAt(read, dealing);
  if (elements !== undefined && isFixed(dealing)) {
    looked.set(dealing, { print: read.print, elements });
  }
  return elements;
};

const lookedAt = (read: ReadRun, dealing: Dealing): Commitments | undefined => {
  const dealer = read.dealers.find(({ index }) => index === dealing?.dealer);
  if (dealer === undefined) return undefined;
  const { commitments, proof, sealed, signature } = dealing;
  if (!isList(commitments, Number(read.threshold)) || !isList(sealed, read.members.length)) {
    return undefined;
  }
  if (typeof proof !== 'string' || proof.length !== 86 || !sealed.every(isSealed)) return undefined;
  const elements = commitments.map(claimedElement);
  const [first] = elements;
  if (first === undefined || elements.includes(undefined)) return undefined;
  // Whoever hands a key on shares out its share of it, and nothing else.
  if (read.old !== undefined && read.old.keys.get(dealer.index) !== commitments[0]) {
    return undefined;
  }
  const about = aboutOf(read, dealer.index, commitments);
  return verifyPossession('dealing', first, proof, about) &&
    schnorr.verify(dealer.key, statementOf(read, dealing), signature)
    ? (elements as Commitments)
    : undefined;
};

export const isSound: Dkg['isSound'] = (run, dealing) =>
  soundly(readRun(run), dealing) !== undefined;

/** The share that is in a text, where it is the one that was committed to. */
const shareIn = (
  text: string | undefined,
  elements: readonly Element[],
  to: bigint,
): string | undefined => {
  if (text === undefined) return undefined;
  let share: bigint;
  try {
    share = scalarOf(text, 'share');
  } catch {
    return undefined;
  }
  return Point.BASE.multiply(share).equals(committedAt(elements, to)) ? text : undefined;
};

const sealedFor = (read: ReadRun, dealing: Dealing, to: bigint) => {
  const member = holderAt(read.members, to);
  const text = dealing.sealed[read.members.indexOf(member)]!;
  return { member, text, context: contextOf(read, dealing.dealer, to) };
};

export const receive: Dkg['receive'] = (run, me, secretKey, dealing, random) => {
  const read = readRun(run);
  const elements = soundly(read, dealing);
  if (elements === undefined) {
    throw Error('Cannot receive: the dealing is not sound; leave it out');
  }
  const { member, text, context } = sealedFor(read, dealing, me);
  if (schnorr.publicKey(secretKey) !== member.key) {
    throw Error('Cannot receive: the secret key is not that of this member');
  }
  const share = shareIn(sealedTo.open(secretKey, text, context), elements, me);
  if (share !== undefined) return harden({ ok: true, share });
  const complaint = sealedTo.disclose(secretKey, text, context, random) ?? '';
  return harden({ ok: false, complaint });
};

export const isGuilty: Dkg['isGuilty'] = (run, dealing, complainer, complaint) => {
  const read = readRun(run);
  const elements = soundly(read, dealing);
  if (elements === undefined) return true;
  const { member, text, context } = sealedFor(read, dealing, complainer);
  // A key that is none is nobody's fault but its holder's, who is left out.
  elementOf(member.key, 'key of a holder');
  let seen: string | undefined;
  try {
    seen = sealedTo.disclosed(member.key, text, context, complaint);
  } catch {
    return false;
  }
  return shareIn(seen, elements, complainer) === undefined;
};
