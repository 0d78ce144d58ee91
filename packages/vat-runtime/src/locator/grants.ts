/**
 * Sturdy refs as the node that granted them keeps them: one row for each, found by a keyed hash.
 *
 * Whoever reads the store learns no swiss number, and without the key cannot even test a guess.
 * The functions are pure. The caller reads the rows, redeems them and writes what is left of them
 * in one step, with no await between, so that a last use is used once.
 *
 * **A use of a derived grant is a use of each that it comes from**, and all must allow it. So nothing
 * that is derived outlives what it comes from, or is used more often, or by others; and when a grant
 * is revoked, which removes its row, all below it end in that moment.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import harden from '@endo/harden';
import { toBase64Url } from './base-encoding.ts';
import { isDesignatorText } from './identity.ts';
import type { SwissNumber } from './sturdy-ref.ts';

/**
 * Who uses a sturdy ref, as the node itself knows it: the designator of the key that a link proved,
 * `v<id>` for a vat, `w<hash>` for a web session, `program`. Digits and lower-case letters.
 */
export type Asker = string;

/** The row of one sturdy ref. Plain data. */
export type Grant = {
  /** The object: a party of the switchboard and a slot of that party's. */
  readonly target: readonly [party: string, slot: string];
  /** Who granted it, and its number among those that he granted. */
  readonly by: Asker;
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  /** For people. */
  readonly label?: string;
  /** From when on it is over, in milliseconds since 1970; absent: never. */
  readonly expires?: number;
  /** How often it may still be enlivened, at least 1; absent: any number of times. */
  readonly usesLeft?: number;
  /** The only one who may use it. */
  readonly bound?: Asker;
  /** Whoever uses it first becomes that one. */
  readonly binds?: true;
  /** The hashes of those that it comes from, the nearest first. */
  readonly above?: readonly string[];
};

/** What the one who grants says of a sturdy ref. */
export type GrantTerms = Pick<Grant, 'label' | 'expires' | 'usesLeft' | 'bound' | 'binds'>;

/** What redeeming gives: the object, and what each row becomes: undefined where it is deleted. */
export type Redemption = {
  readonly target: Grant['target'];
  /** In the order of the rows that were given. */
  readonly rest: readonly (Grant | undefined)[];
};

const minKeyBytes = 32;
/** More is not a count any more: leave it out. */
const maxUses = 1_000_000n;
/** Characters of a label. */
export const maxLabelLength = 100;
/** How often one may be derived from another that was derived. All are read at each use. */
export const maxAbove = 4;

/**
 * The name under which the store keeps a grant.
 *
 * @param key - a secret of the node, made for this and used for nothing else
 */
export const hashSwiss = (key: Uint8Array, swiss: SwissNumber): string => {
  if (key.length < minKeyBytes) {
    throw new RangeError('Cannot hash swiss number: the key has less than 32 bytes');
  }
  return toBase64Url(hmac(sha256, key, utf8ToBytes(`pocas swiss 1\n${swiss}`)));
};
harden(hashSwiss);

// What a terminal or a page would not show as what it is: control characters, and those that turn
// the direction of writing.
const unshowable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

/** As somebody asks for a grant. */
export type AskedTerms = {
  readonly uses?: bigint | undefined;
  readonly expires?: bigint | undefined;
  readonly bind?: string | undefined;
  readonly label?: string | undefined;
};

/**
 * @param now - milliseconds since 1970
 * @throws where the terms are none, in words for whoever grants
 */
export const makeTerms = ({ uses, expires, bind, label }: AskedTerms, now: bigint): GrantTerms => {
  if (uses !== undefined && (uses < 1n || uses > maxUses)) {
    throw new RangeError(`Cannot grant: the number of uses is not between 1 and ${maxUses}`);
  }
  if (expires !== undefined && (expires <= now || expires > BigInt(Number.MAX_SAFE_INTEGER))) {
    throw new RangeError('Cannot grant: the time at which it expires is not in the future');
  }
  if (bind !== undefined && bind !== 'first use' && !isDesignatorText(bind)) {
    throw new TypeError('Cannot grant: "bind" is neither "first use" nor a designator');
  }
  if (label !== undefined && (label.length > maxLabelLength || unshowable.test(label))) {
    throw new RangeError(
      `Cannot grant: the label has more than ${maxLabelLength} characters, or some that cannot be shown`,
    );
  }
  return harden({
    ...(label === undefined ? {} : { label }),
    ...(expires === undefined ? {} : { expires: Number(expires) }),
    ...(uses === undefined ? {} : { usesLeft: Number(uses) }),
    ...(bind === undefined
      ? {}
      : bind === 'first use'
        ? { binds: true as const }
        : { bound: bind }),
  });
};
harden(makeTerms);

const isText = (value: unknown) => typeof value === 'string';
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTexts = (value: unknown) => Array.isArray(value) && value.every(isText);

const forms: Readonly<Record<keyof Grant, (value: unknown) => boolean>> = {
  target: (value) => isTexts(value) && (value as unknown[]).length === 2,
  by: isText,
  id: isCount,
  label: isText,
  madeAt: isCount,
  expires: isCount,
  usesLeft: (value) => isCount(value) && value !== 0,
  bound: isText,
  binds: (value) => value === true,
  above: isTexts,
};

const required: ReadonlySet<string> = new Set<keyof Grant>(['target', 'by', 'id', 'madeAt']);

/** Whether a row has the form of a grant, as far as one is used. */
export const isGrant = (row: unknown): row is Grant => {
  if (typeof row !== 'object' || row === null) return false;
  return Object.entries(forms).every(([name, fits]) =>
    Object.hasOwn(row, name) ? fits(row[name as keyof typeof row]) : !required.has(name),
  );
};
harden(isGrant);

/** Whether this row by itself lets `asker` use it. One that no node of ours wrote does not. */
const allows = (row: unknown, asker: Asker, now: number): row is Grant => {
  if (!isGrant(row)) return false;
  const { expires, bound } = row;
  return (expires === undefined || now < expires) && (bound === undefined || bound === asker);
};

const used = (grant: Grant, asker: Asker): Grant | undefined => {
  const { usesLeft, binds, ...same } = grant;
  if (usesLeft === 1) return undefined;
  if (usesLeft === undefined && binds !== true) return grant;
  return harden({
    ...same,
    ...(usesLeft === undefined ? {} : { usesLeft: usesLeft - 1 }),
    ...(binds === true ? { bound: asker } : {}),
  });
};

/**
 * Uses a grant once, and with it those that it comes from.
 *
 * @param rows - the row, then one for each of its `above`; undefined for one that is not there
 * @param now - milliseconds since 1970, of a clock that never goes back
 * @returns undefined for one that is unknown, expired, used up, revoked or somebody else's: nobody is told which
 */
export const redeem = (
  rows: readonly (Grant | undefined)[],
  asker: Asker,
  now: number,
): Redemption | undefined => {
  let isAllowed = rows.length > 0;
  // All are looked at, whatever the first says.
  for (const row of rows) isAllowed = allows(row, asker, now) && isAllowed;
  const [grant] = rows;
  if (!isAllowed || grant === undefined) return undefined;
  if (rows.length !== 1 + (grant.above?.length ?? 0)) return undefined;
  return harden({ target: grant.target, rest: rows.map((row) => used(row!, asker)) });
};
harden(redeem);
