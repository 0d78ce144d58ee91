/** The one text of an audit, and what follows from it. */
import { pedersen, sha256 } from '@pocas/vat-runtime';
import type { Audit, AuditEntry, AuditTotals } from './types.ts';

/** What an owner may choose. What a market made up itself looks different, so everybody sees that nobody chose it. */
export const ownLabel: RegExp = /^[A-Za-z0-9_-]{8,64}$/;
export const madeUpLabel: RegExp = /^~[A-Za-z0-9_-]{43}$/;

/** By code unit, as `<` has it: the same everywhere. */
const byText = (a: string, b: string): number => (a < b ? -1 : a === b ? 0 : 1);
export const byLabel = (a: { label: string }, b: { label: string }): number =>
  byText(a.label, b.label);

/** What lies outside of accounts. */
export const outsideOf = ({ float, pools, commons, held, payments }: AuditTotals): bigint =>
  float + pools + commons + held + payments;

export const digestOf = (audit: Omit<Audit, 'proof' | 'digest' | 'count'>): string => {
  const { market, epoch, entries, totals, tokens, sales } = audit;
  const { float, pools, commons, held, payments } = totals;
  return sha256(
    JSON.stringify(
      [
        'pocas audit 1',
        market,
        epoch,
        [float, pools, commons, held, payments],
        tokens.map(({ kind, denom, epoch: of, issued, redeemed, members }) => [
          ...[kind, denom, of, issued, redeemed, members],
        ]),
        sales.map(({ what, price, times }) => [what, price, times]),
        entries.map(({ label, commitment }) => [label, commitment]),
      ],
      (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value),
    ),
  );
};

/** What the proof is made for. */
export const contextOf = (digest: string): string => `pocas audit 1 ${digest}`;

/** Commitments or scalars that are added in one call. */
const maxSum = 1024;

/** @param texts - one at least */
export const addAll = (
  texts: readonly string[],
  add: (some: readonly string[]) => string,
): string => {
  let sum = add(texts.slice(0, maxSum));
  for (let at = maxSum; at < texts.length; at += maxSum - 1) {
    sum = add([sum, ...texts.slice(at, at + maxSum - 1)]);
  }
  return sum;
};

export const sumOfEntries = (entries: readonly AuditEntry[]): string =>
  addAll(
    entries.map(({ commitment }) => commitment),
    pedersen.add,
  );
