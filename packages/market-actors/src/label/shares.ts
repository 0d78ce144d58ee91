/**
 * Who made a thing, and what each gets of what it brings (SPEC M12): a tree of shares, each level of which
 * sums to 10,000. Pure.
 *
 * A share of another label (an input made by others) holds that label's shares as they were when it was
 * agreed. So who made *this* flour gets the part of the flour, whoever makes the next; what was agreed
 * never changes because of a label elsewhere; and a tree cannot come to contain itself.
 */
import { splitByWeight } from '../sharing/split.ts';

/** What a whole is divided into. */
export const wholeParts = 10_000n;
/** How many shares of labels may lie within each other, and how many people may get parts in all. */
export const maxDepth = 4;
export const maxPayees = 64;
/** How many shares a label itself has at most: as many as a page lists. */
export const maxShares = 30;

/** `Who` is however a receiver is designated: a payee in the vat, a name in a test. */
export type Share<Who> = {
  readonly parts: bigint;
  /** Whether the public list names it. It is paid in either case. */
  readonly isListed: boolean;
  readonly name: string;
} & (
  | { readonly who: Who; readonly member: bigint }
  | { readonly label: bigint; readonly shares: readonly Share<Who>[] }
);

/** What each receiver gets. The parts sum exactly to `value`; whoever gets nothing is left out. */
export const divide = <Who>(
  value: bigint,
  shares: readonly Share<Who>[],
): { readonly who: Who; readonly member: bigint; readonly value: bigint }[] => {
  const found = new Map<bigint, { who: Who; member: bigint; value: bigint }>();
  const add = (part: bigint, among: readonly Share<Who>[]): void => {
    const parts = splitByWeight(
      part,
      among.map(({ parts: weight }) => weight),
    );
    for (const [index, share] of among.entries()) {
      if (parts[index] === 0n) continue;
      if ('shares' in share) {
        add(parts[index]!, share.shares);
        continue;
      }
      const { who, member } = share;
      const before = found.get(member)?.value ?? 0n;
      found.set(member, { who, member, value: before + parts[index]! });
    }
  };
  if (value > 0n) add(value, shares);
  return [...found.values()];
};

/** Each person's part of the whole, over all ways: in units of `wholeParts ** maxDepth`, which are exact. */
export const effectiveParts = (shares: readonly Share<unknown>[]): ReadonlyMap<bigint, bigint> => {
  const found = new Map<bigint, bigint>();
  const add = (whole: bigint, among: readonly Share<unknown>[]): void => {
    for (const share of among) {
      const part = (whole * share.parts) / wholeParts;
      if ('shares' in share) add(part, share.shares);
      else found.set(share.member, (found.get(share.member) ?? 0n) + part);
    }
  };
  add(wholeParts ** BigInt(maxDepth), shares);
  return found;
};

/** Whose part of the whole is smaller than before: nothing changes without their consent. */
export const losers = (
  before: readonly Share<unknown>[],
  after: readonly Share<unknown>[],
): bigint[] => {
  const now = effectiveParts(after);
  return [...effectiveParts(before)]
    .filter(([member, part]) => (now.get(member) ?? 0n) < part)
    .map(([member]) => member);
};

const depthOf = (shares: readonly Share<unknown>[]): number =>
  1 +
  shares.reduce(
    (depth, share) => ('shares' in share ? Math.max(depth, depthOf(share.shares)) : depth),
    0,
  );

const labelsIn = (shares: readonly Share<unknown>[]): bigint[] =>
  shares.flatMap((share) => ('shares' in share ? [share.label, ...labelsIn(share.shares)] : []));

const leavesIn = (shares: readonly Share<unknown>[]): number =>
  shares.reduce((count, share) => count + ('shares' in share ? leavesIn(share.shares) : 1), 0);

const heads = (shares: readonly Share<unknown>[]): string[] =>
  shares.map((share) => ('shares' in share ? `label ${share.label}` : `member ${share.member}`));

/**
 * Why these cannot be the shares of label `label`, if they cannot: `invalid` (they do not sum to a whole, or
 * name somebody twice), `conflict` (they come back to this very label), `quota` (too many, or too deep).
 */
export const faultOf = (
  label: bigint,
  shares: readonly Share<unknown>[],
): 'invalid' | 'conflict' | 'quota' | undefined => {
  if (shares.length > maxShares) return 'quota';
  const total = shares.reduce((sum, { parts }) => sum + parts, 0n);
  if (total !== wholeParts || shares.some(({ parts }) => parts <= 0n)) return 'invalid';
  if (new Set(heads(shares)).size < shares.length) return 'invalid';
  if (labelsIn(shares).includes(label)) return 'conflict';
  if (depthOf(shares) > maxDepth || leavesIn(shares) > maxPayees) return 'quota';
  return undefined;
};

/** What anybody sees: the listed ones by name, and what goes to all others together. */
export const publicShares = (
  shares: readonly Share<unknown>[],
): { readonly contributors: { name: string; parts: bigint }[]; readonly unlisted: bigint } => ({
  contributors: shares
    .filter(({ isListed }) => isListed)
    .map(({ name, parts }) => ({ name, parts })),
  unlisted: shares.reduce((sum, { isListed, parts }) => (isListed ? sum : sum + parts), 0n),
});
