/**
 * Fair randomness, by texts that anybody can recompute: commitments, the result of a draw, and what is
 * chosen with it. Pure functions, the same in a vat, in another program and in a browser.
 *
 * All texts are hashed with SHA-256 in UTF-8 and written as base64url without padding:
 *
 *   draw         "pocas draw id\n" + JSON.stringify([purpose, String(startedAt), ...names])
 *   commitment   "pocas draw\n" + draw + "/" + round + "\n" + name + "/" + number + "\n" + secret
 *   result       "pocas draw result\n" + draw + "/" + round + "\n" + all secrets, by number, joined with "\n"
 *
 * Numbers are decimal, from 1, in the order in which the participants were named.
 * The number in a commitment keeps one participant from repeating another's.
 */
import { sha256 } from '@pocas/vat-runtime';

/** A secret: printable ASCII, so that every program hashes the same bytes. At random, or it can be guessed. */
export const isSecret = (text: string): boolean => /^[\x20-\x7e]{16,200}$/.test(text);

/** Whether a text can be a hash. */
export const isHash = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);

/** What a draw is known by in its texts. */
export const drawIdOf = (purpose: string, startedAt: bigint, names: readonly string[]): string =>
  sha256(`pocas draw id\n${JSON.stringify([purpose, String(startedAt), ...names])}`);

export type Seat = {
  readonly draw: string;
  readonly round: bigint;
  readonly name: string;
  readonly number: bigint;
};

/** What a participant says first. It tells nothing about a secret that cannot be guessed. */
export const commitmentOf = ({ draw, round, name, number }: Seat, secret: string): string =>
  sha256(`pocas draw\n${draw}/${round}\n${name}/${number}\n${secret}`);

/** @param secrets - of all who took part in the round, by their numbers */
export const resultOf = (draw: string, round: bigint, secrets: readonly string[]): string =>
  sha256(`pocas draw result\n${draw}/${round}\n${secrets.join('\n')}`);

export type DrawEntry = {
  readonly number: bigint;
  readonly name: string;
  /** Undefined where nothing was said in time. */
  readonly commitment: string | undefined;
  /** Undefined where it was not revealed, or the round is not over. */
  readonly secret: string | undefined;
};

/** One round of a draw, with all that it was computed from. */
export type DrawExplanation = {
  readonly draw: string;
  readonly purpose: string;
  readonly startedAt: bigint;
  /** Of all who were invited, those who dropped out earlier too. */
  readonly names: readonly string[];
  readonly round: bigint;
  /** Those who were still in it. */
  readonly entries: readonly DrawEntry[];
  /** Undefined where the round gave none. */
  readonly result: string | undefined;
};

export type Verdict = { readonly ok: true } | { readonly ok: false; readonly reason: string };

const fault = (reason: string): Verdict => ({ ok: false, reason });

/**
 * Whether a result follows from what the participants said. It cannot show that nobody was left out:
 * each participant looks for their own commitment in it.
 */
export const verifyDraw = (explanation: DrawExplanation): Verdict => {
  const { draw, purpose, startedAt, names, round, entries, result } = explanation;
  if (drawIdOf(purpose, startedAt, names) !== draw) return fault('the draw is another one');
  let last = 0n;
  const secrets: string[] = [];
  for (const { number, name, commitment, secret } of entries) {
    if (number <= last || names[Number(number) - 1] !== name) {
      return fault(`${JSON.stringify(name)} is not number ${number}`);
    }
    last = number;
    if (secret !== undefined) {
      if (commitmentOf({ draw, round, name, number }, secret) !== commitment) {
        return fault(`the secret of ${JSON.stringify(name)} is not the one promised`);
      }
      secrets.push(secret);
    } else if (commitment !== undefined && result !== undefined) {
      return fault(`the secret of ${JSON.stringify(name)} is missing`);
    }
  }
  if (result === undefined) return { ok: true };
  if (secrets.length < 2) return fault('fewer than two took part');
  if (resultOf(draw, round, secrets) !== result) return fault('the result is another one');
  return { ok: true };
};

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 256 bits as a number. */
const numberOf = (text: string): bigint => {
  let value = 0n;
  for (const digit of sha256(text)) value = value * 64n + BigInt(DIGITS.indexOf(digit));
  // 43 digits are 258 bits; the last two are zero.
  return value / 4n;
};

const RANGE = 2n ** 256n;

/**
 * A number from 0 to n − 1, each with the same chance.
 *
 * @param seed - such as the result of a draw; another purpose needs another seed, such as `${result} prizes`
 * @param n - at least 1
 */
export const drawOne = (seed: string, n: bigint): bigint => {
  if (n < 1n || n > RANGE) throw RangeError(`Cannot draw one of ${n}: take 1 to 2^256`);
  // A remainder of all numbers would prefer small ones; so those past the last multiple are passed over.
  const end = RANGE - (RANGE % n);
  for (let attempt = 0n; ; attempt += 1n) {
    const value = numberOf(`pocas draw one\n${attempt}\n${seed}`);
    if (value < end) return value % n;
  }
};

/** The items in an order that the seed decides, each order with the same chance. */
export const shuffle = <T>(seed: string, items: readonly T[]): T[] => {
  const order = [...items];
  // Fisher and Yates: from the end, each place gets one of those that are left.
  for (let left = order.length; left > 1; left -= 1) {
    const chosen = Number(drawOne(`shuffle ${left} ${seed}`, BigInt(left)));
    [order[left - 1], order[chosen]] = [order[chosen]!, order[left - 1]!];
  }
  return order;
};
