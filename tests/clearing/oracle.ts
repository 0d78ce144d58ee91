/**
 * What must hold of pocas that cleared, from what their books say before and after, and from nothing
 * that a coordinator says of itself. All of it is data, so it does not matter where the books are.
 */
import { setOff } from '@pocas/clearing/setoff';

/** An obligation or a line, as one end's book has it. */
export type Half = {
  readonly origin: string;
  readonly kind: 'obligation' | 'line';
  /** `from`: this poca owes, or lends. */
  readonly end: 'from' | 'to';
  /** Whose the other end is. */
  readonly with: string;
  readonly unit: string;
  /** What is left of it; of a line, what may still be drawn. */
  readonly amount: bigint;
  /** Of a line: what may be owed under it at most. */
  readonly limit?: bigint;
  readonly version: bigint;
  readonly due: bigint;
  readonly locked: boolean;
  /** By which its keepers act on it, as whoever drives the node names it. */
  readonly keeper: { readonly '@': string };
};

/** What one poca's journal says of one reduction by a round. */
export type Reduction = { readonly origin: string; readonly value: bigint };

/** All that is open in one poca's book, and all receipts of rounds that were ever written in it, the oldest first. */
export type Statement = {
  readonly poca: string;
  readonly halves: readonly Half[];
  readonly reductions: readonly Reduction[];
};

/** What was to be cleared. */
export type Expected = {
  readonly unit: string;
  /** Who took part with all that they have of this unit. */
  readonly lodging: readonly string[];
  /** Whether all of it was to be settled: nobody was silent, refused or lied. */
  readonly whole: boolean;
  /** Of whom nothing can be expected: their books are theirs. */
  readonly liars?: readonly string[];
  /** Who may still be waiting: somebody whose word is needed is gone. */
  readonly mayWait?: boolean;
};

type Pair = {
  readonly from?: Half;
  readonly to?: Half;
  readonly debtor: string;
  readonly creditor: string;
};

/** Both halves of everything, by origin. */
export const pairsOf = (statements: readonly Statement[]): Map<string, Pair> => {
  const pairs = new Map<string, Pair>();
  for (const { poca, halves } of statements) {
    for (const half of halves) {
      const ends =
        half.end === 'from'
          ? { debtor: poca, creditor: half.with }
          : { debtor: half.with, creditor: poca };
      pairs.set(half.origin, { ...ends, ...pairs.get(half.origin), [half.end]: half });
    }
  }
  return pairs;
};

/** What each is owed on balance, by unit. */
export const netsOf = ({ halves }: Statement): Map<string, bigint> => {
  const nets = new Map<string, bigint>();
  for (const { kind, end, unit, amount } of halves) {
    if (kind === 'line') continue;
    nets.set(unit, (nets.get(unit) ?? 0n) + (end === 'to' ? amount : -amount));
  }
  return nets;
};

/** The greatest set-off of what both ends of the lodging pocas have, by an own run of the solver. */
export const bestTotal = (
  statements: readonly Statement[],
  { unit, lodging }: Pick<Expected, 'unit' | 'lodging'>,
): bigint => {
  const pairs = [...pairsOf(statements)].filter(
    ([, { from, to, debtor, creditor }]) =>
      from?.unit === unit &&
      to?.unit === unit &&
      from.amount > 0n &&
      lodging.includes(debtor) &&
      lodging.includes(creditor),
  );
  const of = (kind: Half['kind']) => pairs.filter(([, { from }]) => from!.kind === kind);
  return setOff({
    obligations: of('obligation').map(([origin, { debtor, creditor, from }]) => ({
      ...{ origin, debtor, creditor, amount: from!.amount },
    })),
    lines: of('line').map(([origin, { debtor, creditor, from }]) => ({
      ...{ origin, lender: debtor, borrower: creditor, limit: from!.amount },
    })),
  }).total;
};

const halvesDiffer = (statements: readonly Statement[], liars: readonly string[]): string[] => {
  const faults: string[] = [];
  for (const [origin, { from, to, debtor, creditor }] of pairsOf(statements)) {
    if (liars.includes(debtor) || liars.includes(creditor)) continue;
    const name = `${debtor} → ${creditor} ${origin.slice(0, 8)}`;
    if (from === undefined || to === undefined) {
      // What is cleared whole leaves the list of what is open, at both ends.
      if ((from ?? to)!.amount > 0n) faults.push(`${name}: only one end has it`);
    } else if (from.amount !== to.amount || from.version !== to.version) {
      faults.push(
        `${name}: ${from.amount} in version ${from.version}, and ${to.amount} in version ${to.version}`,
      );
    }
  }
  return faults;
};

/** What holds at any time at which nothing is under way. */
export const faultsAtRest = (
  statements: readonly Statement[],
  { liars = [], mayWait = false }: Pick<Expected, 'liars' | 'mayWait'> = {},
): string[] => {
  const faults = halvesDiffer(statements, liars);
  for (const { poca, halves } of statements) {
    if (liars.includes(poca)) continue;
    for (const { origin, amount, locked, kind } of halves) {
      const name = `${poca}: ${kind} ${origin.slice(0, 8)}`;
      if (amount < 0n) faults.push(`${name} is below zero`);
      if (locked && !mayWait) faults.push(`${name} is still locked`);
    }
  }
  return faults;
};

/** What a round did, against what it may do. */
export const faultsOfRound = (
  before: readonly Statement[],
  after: readonly Statement[],
  expected: Expected,
): string[] => {
  const { unit, lodging, whole, liars = [] } = expected;
  const faults = faultsAtRest(after, expected);
  const cleared = new Map<string, bigint>();

  for (const { poca, halves, reductions } of after) {
    if (liars.includes(poca)) continue;
    const earlier = before.find((one) => one.poca === poca)!;
    const [was, is] = [netsOf(earlier), netsOf({ ...earlier, halves })];
    for (const name of new Set([...was.keys(), ...is.keys()])) {
      if ((was.get(name) ?? 0n) !== (is.get(name) ?? 0n)) {
        faults.push(
          `${poca}: net position ${was.get(name) ?? 0n} ${name} became ${is.get(name) ?? 0n}`,
        );
      }
    }
    const now = new Map(halves.map((half) => [half.origin, half]));
    const receipts = reductions.slice(earlier.reductions.length);
    for (const { origin, kind, end, amount, limit, version, with: other } of earlier.halves) {
      const half = now.get(origin);
      const name = `${poca}: ${kind} ${origin.slice(0, 8)} with ${other}`;
      const own = receipts.filter((one) => one.origin === origin);
      if (own.length > 1) faults.push(`${name} has ${own.length} receipts of one round`);
      if (half !== undefined && half.version < version) faults.push(`${name} went back a version`);
      const isLodged = lodging.includes(poca) && lodging.includes(other);
      if (own.length > 0 && !isLodged) faults.push(`${name} changed, and not both lodged it`);
      // What may be drawn on a line grows when debt under it is cleared; what it is granted for does not.
      if (kind === 'line') {
        if (half?.limit !== limit) faults.push(`${name}: ${limit} became ${half?.limit}`);
        continue;
      }
      const left = half?.amount ?? 0n;
      const sum = own.reduce((all, { value }) => all + value, 0n);
      if (left > amount) faults.push(`${name} grew from ${amount} to ${left}`);
      if (sum !== amount - left) {
        faults.push(`${name} is ${amount - left} less, and its receipts say ${sum}`);
      }
      if (end === 'from') cleared.set(origin, amount - left);
    }
    // New debt comes from lines alone, and says so at both ends.
    const drawn = new Map<string, bigint>();
    const add = (end: string, other: string, value: bigint) =>
      drawn.set(`${end} ${other}`, (drawn.get(`${end} ${other}`) ?? 0n) + value);
    for (const { origin, kind, end, with: other } of earlier.halves) {
      if (kind === 'obligation') continue;
      const own = receipts.find((one) => one.origin === origin);
      // The lender comes to be owed.
      if (own !== undefined) add(end === 'from' ? 'to' : 'from', other, own.value);
    }
    for (const { origin, kind, end, amount, with: other } of halves) {
      if (kind === 'line' || earlier.halves.some((half) => half.origin === origin)) continue;
      add(end, other, -amount);
    }
    for (const [what, left] of drawn) {
      if (left !== 0n) faults.push(`${poca}: new debt and lines differ by ${left} (${what})`);
    }
  }
  const total = [...cleared.values()].reduce((sum, value) => sum + value, 0n);
  const best = bestTotal(before, { unit, lodging });
  if (total > best) faults.push(`${total} was cleared, and no more than ${best} can be`);
  if (whole && total !== best) {
    faults.push(`${total} was cleared, and ${best} could have been`);
  }
  return faults;
};

/** What was cleared of obligations between two looks at the books, as those say who do not lie. */
export const clearedBetween = (
  before: readonly Statement[],
  after: readonly Statement[],
  liars: readonly string[] = [],
): bigint => {
  const now = pairsOf(after);
  let total = 0n;
  for (const [origin, { from, debtor, creditor }] of pairsOf(before)) {
    if (from?.kind !== 'obligation') continue;
    if (liars.includes(debtor) && liars.includes(creditor)) continue;
    const left = now.get(origin)?.[liars.includes(debtor) ? 'to' : 'from']?.amount ?? 0n;
    total += from.amount - left;
  }
  return total;
};
