/**
 * How often wrong sturdy refs are looked up.
 *
 * Nobody guesses 256 bits: this bounds the work, and keeps whoever guesses out of the way of others.
 * Only failures count, and each party has a bucket of its own, so one that makes few mistakes never
 * notices. New keys are free for whoever guesses, but each needs a link, whose handshake costs many
 * times what a look does. So all strangers, to whom nothing was given yet, share one bucket besides,
 * and where it is empty each still has its first tries: an invitation opens during an attack.
 */
import harden from '@endo/harden';
import type { Asker } from '../locator/grants.ts';
import { type Rate, type TokenBucket, makeTokenBucket } from '../switchboard/token-bucket.ts';

export type GuessLimits = {
  /** Wrong sturdy refs of one party outside: many of a keyring may be over when it is opened. */
  readonly party: Rate;
  /** Those of a vat, here and at other nodes: to each of those, all our vats are one party. */
  readonly vat: Rate;
  /** Those of all strangers together, which is what new keys cannot get round. */
  readonly strangers: Rate;
  /** Those of each stranger that are looked up in any case. */
  readonly firstTries: number;
  /** Parties whose mistakes are remembered, 300 bytes each; and as many that are no strangers. */
  readonly maxParties: number;
};

export const defaultGuessLimits: GuessLimits = Object.freeze({
  party: Object.freeze({ perSecond: 10, burst: 1000 }),
  vat: Object.freeze({ perSecond: 1, burst: 100 }),
  strangers: Object.freeze({ perSecond: 50, burst: 500 }),
  firstTries: 5,
  maxParties: 4096,
});

export type Guesses = {
  /** Whether what this party asks for is looked up. */
  admits(asker: Asker): boolean;
  /** It was given what it asked for. */
  hit(asker: Asker): void;
  /** There was nothing for it. */
  missed(asker: Asker): void;
  /** Since the start: wrong ones that were looked up, and those that were not. */
  counts(): { readonly missed: number; readonly refused: number };
};

type Mistakes = { readonly bucket: TokenBucket; count: number };

/** Adds what was used last at the end, and forgets what was unused for longest. */
const remember = <T>(all: Map<Asker, T>, asker: Asker, value: T, most: number) => {
  all.delete(asker);
  all.set(asker, value);
  if (all.size > most) all.delete(all.keys().next().value!);
};

/**
 * @param isOurs - whether a party is part of this node, and so never a stranger
 * @param now - milliseconds, from any beginning; never goes back
 */
export const makeGuesses = (
  isOurs: (asker: Asker) => boolean,
  now: () => number,
  limits: GuessLimits = defaultGuessLimits,
): Guesses => {
  const { party, vat, firstTries, maxParties } = limits;
  const strangers = makeTokenBucket(limits.strangers, now);
  const mistakes = new Map<Asker, Mistakes>();
  const known = new Map<Asker, true>();
  const isStranger = (asker: Asker) => !isOurs(asker) && !known.has(asker);
  const counts = { missed: 0, refused: 0 };

  const admits = (asker: Asker): boolean => {
    const made = mistakes.get(asker);
    if (made === undefined) return true;
    if (made.bucket.wait() > 0) return false;
    return !isStranger(asker) || made.count < firstTries || strangers.wait() === 0;
  };

  return harden({
    admits(asker: Asker) {
      const isAdmitted = admits(asker);
      if (!isAdmitted) counts.refused += 1;
      return isAdmitted;
    },
    hit(asker: Asker) {
      if (!isOurs(asker)) remember(known, asker, true, maxParties);
    },
    missed(asker: Asker) {
      counts.missed += 1;
      const rate = isOurs(asker) ? vat : party;
      const made = mistakes.get(asker) ?? { bucket: makeTokenBucket(rate, now), count: 0 };
      made.count += 1;
      made.bucket.take(1);
      if (isStranger(asker)) strangers.take(1);
      remember(mistakes, asker, made, maxParties);
    },
    counts: () => ({ ...counts }),
  });
};
harden(makeGuesses);
