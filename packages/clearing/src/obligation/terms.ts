/** What both sides agree to, what it may look like, and what names it. Pure functions. */
import type { CastedPattern } from '@endo/patterns';
import { M } from '@endo/patterns';
import { sha256, typed } from '@pocas/vat-runtime';
import { ValueShape } from '../amount/amount.ts';
import type { End, Kind, Terms } from './types.ts';

const text = (stringLengthLimit: number): CastedPattern<string> =>
  typed<string>(M.and(M.string({ stringLengthLimit }), M.neq('')));

export const LabelShape: CastedPattern<string> = text(100);
/** The same text on both sides, such as `MXN` or `horas`. Currencies never mix. */
export const UnitShape: CastedPattern<string> = text(20);
/** What it is for. For people. */
export const WhatShape: CastedPattern<string> = text(500);
export const AmountShape: CastedPattern<bigint> = typed<bigint>(M.and(ValueShape, M.gte(1n)));
/** Milliseconds since 1970, up to the year 287396: what a page can show as a date. */
export const DueShape: CastedPattern<bigint> = typed<bigint>(
  M.and(M.nat({ decimalDigitsLimit: 16 }), M.lte(8_640_000_000_000_000n)),
);
/** 64 hex digits; `isHash` says whether they are. */
export const HashShape: CastedPattern<string> = text(64);
export const EndShape: CastedPattern<End> = typed<End>(M.or('from', 'to'));
export const KindShape: CastedPattern<Kind> = typed<Kind>(M.or('obligation', 'line'));

/** Whether a text is a SHA-256 in hex, as `hashOfText` writes it. */
export const isHash = (hash: string): boolean => /^[0-9a-f]{64}$/.test(hash);

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** SHA-256 of a text in UTF-8, as 64 hex digits. */
export const hashOfText = (whole: string): string => {
  let bits = 0;
  let value = 0;
  let hex = '';
  for (const letter of sha256(whole)) {
    value = ((value << 6) | letters.indexOf(letter)) & 0x3ff;
    bits += 6;
    while (bits >= 4) {
      bits -= 4;
      hex += ((value >> bits) & 0xf).toString(16);
    }
  }
  // 43 letters are 258 bits: the last two are padding.
  return hex.slice(0, 64);
};

/** Texts as one text, the same for no others. */
const together = (texts: readonly string[]): string => JSON.stringify(texts);

/** The other end, as the other side sees it. */
export const otherEnd = (end: End): End => (end === 'from' ? 'to' : 'from');

/**
 * Names a pair, by a number of each side's choice: neither chooses it alone, so an origin of one pair
 * is never one of another.
 */
export const pairOf = (introducer: string, answerer: string): string =>
  hashOfText(`pocas pair\n${together([introducer, answerer])}`);

/** What is proposed. `end` is the proposer's. */
export type Proposed = Omit<Terms, 'origin'> & {
  readonly kind: Kind;
  readonly end: End;
  readonly requestId: string;
  /** The line that it is drawn on, by its origin. */
  readonly line?: string;
};

/** The name of what was proposed in a pair: of all of it, so that nothing of it can be told differently. */
export const originOf = (pair: string, proposed: Proposed): string => {
  const { kind, end, requestId, unit, amount, due, what, line } = proposed;
  return hashOfText(
    `pocas obligation\n${together([pair, kind, end, requestId, unit, `${amount}`, `${due}`, what, line ?? ''])}`,
  );
};

/** The name of the obligation that a round makes under a line: both sides come to the same. */
export const originOfRound = (tag: string, line: string): string =>
  hashOfText(`pocas obligation of a round\n${together([tag, line])}`);
