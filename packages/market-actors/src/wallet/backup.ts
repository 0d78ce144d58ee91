/**
 * A wallet's backup, and the shares by which guardians open it together (SPEC C14). Pure functions over texts.
 *
 * Shares are those of Shamir over the scalars of ristretto255, and nobody ever hands one out again: a guardian
 * answers a partial opening of threshold ElGamal (`threshold`), with a proof. So fewer than t of them learn
 * nothing, a partial opening for one recovery is none for another, and a liar is named. When shares are dealt one
 * key is encapsulated; backups are sealed to the public key that follows from it, so the wallet that seals
 * them can open none, and guardians keep the newest without a new dealing. Backups are signed by the wallet, or a
 * guardian could put one of their own in its place.
 */
import { hmac, pedersen, schnorr, sealedTo, sha256, threshold } from '@pocas/vat-runtime';
import type { Encapsulation, KeyShare, PartialOpening } from '@pocas/vat-runtime';

/** What all guardians of one dealing know alike: none of it is secret. */
export type Setup = {
  /** Whose wallet it is, for people. */
  readonly name: string;
  readonly generation: bigint;
  /** How many are needed. */
  readonly threshold: bigint;
  readonly groupKey: string;
  /** The verification keys, in the order of the guardians: the first has index 1. */
  readonly keys: readonly string[];
  readonly encapsulation: Encapsulation;
  /** To which backups are sealed. */
  readonly sealKey: string;
  /** By which they are signed. */
  readonly signer: string;
};
export type Sealed = {
  /** It only grows. */
  readonly version: bigint;
  readonly parts: readonly string[];
  readonly signature: string;
};

/** Characters of a part: less than a sealed text may have, and all of them are ASCII. */
const partLength = 3_000;
/** What a backup may have in all: one call carries it. */
export const maxParts = 200;

const contextOf = (generation: bigint): string => `pocas wallet backup ${generation}`;

/** The same for those who were told the same. */
export const printOf = ({ encapsulation, ...setup }: Setup): string =>
  sha256(
    JSON.stringify([
      'pocas wallet setup',
      setup.name,
      `${setup.generation}`,
      `${setup.threshold}`,
      setup.groupKey,
      setup.keys,
      encapsulation.point,
      encapsulation.proof,
      setup.sealKey,
      setup.signer,
    ]),
  );

/** The value at `index` of the polynomial with these coefficients, the constant one first. */
const valueAt = (coefficients: readonly string[], index: bigint): string => {
  const [last, ...rest] = [...coefficients].reverse();
  let value = last!;
  for (const coefficient of rest)
    value = pedersen.addScalars([
      ...Array.from({ length: Number(index) }, () => value),
      coefficient,
    ]);
  return value;
};

const sealerOf = (key: string): string => pedersen.scalar(hmac(key, 'pocas wallet seal'));
export const signerOf = (key: string): string =>
  pedersen.scalar(hmac(key, 'pocas wallet backup signer'));

/**
 * Deals shares. What is kept of it is the setup; the shares go to their holders and are forgotten.
 *
 * @param draw - 64 random bytes, another text each time
 * @param signer - the wallet's secret key for signing
 */
export const deal = (
  name: string,
  generation: bigint,
  needed: bigint,
  guardians: number,
  signer: string,
  draw: (purpose: string) => string,
): { readonly setup: Setup; readonly shares: readonly KeyShare[] } => {
  const coefficients = Array.from({ length: Number(needed) }, () =>
    pedersen.scalar(draw('guardians')),
  );
  const shares = Array.from({ length: guardians }, (_, at) => {
    const index = BigInt(at) + 1n;
    return { index, secret: valueAt(coefficients, index) };
  });
  const groupKey = schnorr.publicKey(coefficients[0]!);
  const context = contextOf(generation);
  const { encapsulation, key } = threshold.encapsulate(groupKey, context, draw('backup key'));
  const setup = {
    ...{ name, generation, threshold: needed, groupKey, encapsulation },
    keys: shares.map(({ secret }) => schnorr.publicKey(secret)),
    sealKey: schnorr.publicKey(sealerOf(key)),
    signer: schnorr.publicKey(signer),
  };
  return { setup, shares };
};

const signedText = (setup: Setup, version: bigint, parts: readonly string[]): string =>
  `pocas wallet backup\n${sha256(JSON.stringify([printOf(setup), `${version}`, parts]))}`;

/** Each part says its place, so none can be left out, moved, or be that of another backup. */
const partContext = (generation: bigint, version: bigint, at: number, count: number): string =>
  `${contextOf(generation)} version ${version} part ${at} of ${count}`;

/** Only ASCII, so that its length is that in bytes. */
const plain = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? { n: `${one}` } : one))
    // Each half of a pair by itself.
    .replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
const parsed = (text: string): unknown =>
  JSON.parse(text, (_key, one: { n?: unknown } | null) => {
    const isNat = typeof one === 'object' && one !== null && typeof one.n === 'string';
    return isNat ? BigInt(one.n as string) : Object.freeze(one);
  });

/** @throws RangeError for what is too much for one call */
export const seal = (
  setup: Setup,
  version: bigint,
  content: unknown,
  signer: string,
  draw: (purpose: string) => string,
): Sealed => {
  const text = plain(content);
  const count = Math.ceil(text.length / partLength);
  if (count > maxParts) throw new RangeError('Cannot make backup: the wallet holds too much');
  const parts = Array.from({ length: count }, (_, at) =>
    sealedTo.seal(
      setup.sealKey,
      text.slice(at * partLength, (at + 1) * partLength),
      partContext(setup.generation, version, at, count),
      draw('backup part'),
    ),
  );
  const signature = schnorr.sign(signer, signedText(setup, version, parts), draw('backup'));
  return { version, parts, signature };
};

/** Whether it is a backup of that wallet, unaltered. */
export const isSigned = (setup: Setup, { version, parts, signature }: Sealed): boolean => {
  try {
    return schnorr.verify(setup.signer, signedText(setup, version, parts), signature);
  } catch {
    return false;
  }
};

/** What a guardian answers, for one recovery. */
export const help = (
  share: KeyShare,
  { encapsulation, generation }: Setup,
  session: string,
  random: string,
): PartialOpening => threshold.open(share, encapsulation, contextOf(generation), session, random);

/** Whether a guardian's answer is of the share that was dealt to them, for this recovery. */
export const isHelp = (
  { keys, encapsulation }: Setup,
  partial: PartialOpening,
  session: string,
): boolean => {
  const key = keys[Number(partial.index) - 1];
  if (key === undefined) return false;
  try {
    return threshold.verifyPartial(key, partial, encapsulation, session);
  } catch {
    return false;
  }
};

/**
 * Opens a backup with what enough guardians answered.
 *
 * @returns undefined where it does not open: then it was not sealed to this key
 */
export const openBackup = (
  setup: Setup,
  sealed: Sealed,
  partials: readonly PartialOpening[],
): unknown => {
  const { encapsulation, groupKey, generation } = setup;
  const needed = partials.slice(0, Number(setup.threshold));
  const key = threshold.combine(needed, encapsulation, groupKey, contextOf(generation));
  const secret = sealerOf(key);
  const texts = sealed.parts.map((part, at) =>
    sealedTo.open(secret, part, partContext(generation, sealed.version, at, sealed.parts.length)),
  );
  return texts.includes(undefined) ? undefined : parsed(texts.join(''));
};
