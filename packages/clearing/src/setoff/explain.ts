/** Why a participant's debts were cleared, and why others were not: `explain()` of SPEC 0.1 (10). Fit for vats. */
import { shown } from './limits.ts';
import { componentsOf } from './debt-components.ts';
import { loopsOf } from './loops.ts';
import { numberNetwork } from './network.ts';
import type { Network, OwnRow, Result, Rule } from './types.ts';

/**
 * Why something of an edge is left.
 * - `capped`: all that was lodged of it is cleared
 * - `noLoop`: no chain of debts and lines leads from its creditor back to its debtor
 * - `spent`: this participant has nothing left on its other side to set it off against; the rest is its balance
 * - `used`: there are ways back, but all are used, or using them would clear less elsewhere: see the prices
 */
export type Reason = 'capped' | 'noLoop' | 'spent' | 'used';

type Left = {
  /** The whole of it, of which `max` of the row was lodged. */
  readonly amount: bigint;
  /** Whether both ends are in one component (`componentsOf`). */
  readonly mayLoop: boolean;
  /** Whether nothing is left at the other side of this participant. */
  readonly isSpent: boolean;
};

const reasonWith = (
  { cleared, max }: OwnRow,
  { amount, mayLoop, isSpent }: Left,
): Reason | undefined => {
  if (cleared >= amount) return undefined;
  if (cleared >= max) return 'capped';
  if (!mayLoop) return 'noLoop';
  return isSpent ? 'spent' : 'used';
};

/** Whether all that leads in (out) is cleared whole, so that what leads out (in) has nothing left to meet. */
const isSpentFor = (rows: readonly OwnRow[], end: OwnRow['end']): boolean =>
  rows.every((row) => row.end === end || row.cleared >= row.max);

/**
 * Why something of a row is left; undefined where nothing is.
 *
 * @param rows - all rows of the same participant
 * @param amount - the whole of it, of which `row.max` was lodged
 * @param mayLoop - whether both ends are in one component (`componentsOf`). A round proposes only such
 */
export const reasonOf = (
  row: OwnRow,
  rows: readonly OwnRow[],
  { amount = row.max, mayLoop = true }: { amount?: bigint; mayLoop?: boolean } = {},
): Reason | undefined => reasonWith(row, { amount, mayLoop, isSpent: isSpentFor(rows, row.end) });

export type ExplainedEdge = {
  readonly origin: string;
  readonly kind: 'obligation' | 'line';
  /** `from`: the participant owes it, or grants the line; `to`: it is owed it, or draws. */
  readonly end: 'from' | 'to';
  readonly with: string;
  readonly amount: bigint;
  readonly cleared: bigint;
  readonly left: bigint;
  /** What clearing one more of it would be worth, and would cost elsewhere: the difference of its ends' prices. */
  readonly weight: bigint;
  readonly cost: bigint;
  /** Why something is left of an obligation. Nothing has to be said of a line that was not needed. */
  readonly reason?: Reason;
};

/** A loop as one who is in it may see it: its two neighbours, and how many take part. */
export type ExplainedLoop = {
  readonly value: bigint;
  readonly length: bigint;
  /** The edge that leaves the participant, and whom it leads to. */
  readonly owes: string;
  readonly to: string;
  /** The edge that comes to it, and from whom. */
  readonly isOwed: string;
  readonly from: string;
};

export type Totals = {
  readonly before: bigint;
  readonly cleared: bigint;
  /** By lines. */
  readonly added: bigint;
  readonly after: bigint;
};

export type Explanation = {
  readonly rule: Rule;
  readonly participant: string;
  /** What it is owed less what it owes: the same before and after. */
  readonly net: bigint;
  readonly owes: Totals;
  readonly isOwed: Totals;
  /** In the order of due dates, then of origins. */
  readonly edges: readonly ExplainedEdge[];
  readonly loops: readonly ExplainedLoop[];
  /** What came round loops that are not told, since there are too many (`maxLoopEdges`). */
  readonly otherLoops: bigint;
};

const totalsOf = (edges: readonly ExplainedEdge[], end: 'from' | 'to', self: string): Totals => {
  let before = 0n;
  let cleared = 0n;
  let added = 0n;
  for (const edge of edges) {
    // Who owes itself has it on both sides.
    if (edge.kind === 'obligation' && (edge.end === end || edge.with === self)) {
      before += edge.amount;
      cleared += edge.cleared;
    }
    // Who draws on a line owes more, and who grants it is owed more.
    if (edge.kind === 'line' && edge.end !== end) added += edge.cleared;
  }
  return Object.freeze({ before, cleared, added, after: before - cleared + added });
};

/**
 * Explains a result to each of those who took part in it; what is the same for all is done once.
 * @throws RangeError where the result is of another network, or nobody is called so
 */
export const makeExplainer = (
  network: Network,
  result: Result,
): ((participant: string) => Explanation) => {
  const { problem, participants, edges } = numberNetwork(network);
  const { debtors, creditors, amounts, weights } = problem;
  const clearedBy = new Map([...result.cleared, ...result.drawn]);
  const priceOf = new Map(result.prices);
  const originAt = edges.map((edge) =>
    edge.kind === 'line' ? edge.line.origin : edge.obligation.origin,
  );
  const otherNetwork = (what: string): RangeError =>
    RangeError(`Cannot explain: the result is of another network; it does not know ${shown(what)}`);
  const cleared = originAt.map((origin) => {
    const value = clearedBy.get(origin);
    if (value === undefined) throw otherNetwork(origin);
    return value;
  });
  const prices = participants.map((name) => {
    const price = priceOf.get(name);
    if (price === undefined) throw otherNetwork(name);
    return price;
  });
  const component = componentsOf(problem);
  const loops = loopsOf(problem, cleared);
  /** For each participant, in turn the number of a loop and the place where it leaves by. */
  const passes: number[][] = participants.map(() => []);
  loops.forEach((loop, number) =>
    loop.edges.forEach((edge, place) => passes[debtors[edge]!]!.push(number, place)),
  );
  const numbers = new Map(participants.map((name, number) => [name, number]));
  const edgesOf: number[][] = participants.map(() => []);
  edges.forEach((_, i) => {
    edgesOf[debtors[i]!]!.push(i);
    if (creditors[i] !== debtors[i]) edgesOf[creditors[i]!]!.push(i);
  });

  const rowAt = (edge: number, self: number): OwnRow => {
    const isFrom = debtors[edge] === self;
    return {
      edge,
      end: isFrom ? 'from' : 'to',
      kind: edges[edge]!.kind,
      max: amounts[edge]!,
      cleared: cleared[edge]!,
      weight: weights[edge]!,
      own: prices[self]!,
      other: prices[isFrom ? creditors[edge]! : debtors[edge]!]!,
    };
  };

  const loopAt = (number: number, place: number): ExplainedLoop => {
    const { value, edges: along } = loops[number]!;
    const owes = along[place]!;
    const isOwed = along.at(place - 1)!;
    return Object.freeze({
      value,
      length: BigInt(along.length),
      owes: originAt[owes]!,
      to: participants[creditors[owes]!]!,
      isOwed: originAt[isOwed]!,
      from: participants[debtors[isOwed]!]!,
    });
  };

  return (participant) => {
    const self = numbers.get(participant);
    if (self === undefined) {
      throw RangeError(`Cannot explain: nobody is called ${shown(participant)} here`);
    }
    const rows = edgesOf[self]!.map((edge) => rowAt(edge, self));
    const spent = { from: isSpentFor(rows, 'from'), to: isSpentFor(rows, 'to') };
    const explained = rows.map((row): ExplainedEdge => {
      const { edge, end, max, weight, own, other } = row;
      const [u, v] = [debtors[edge]!, creditors[edge]!];
      const kind = edges[edge]!.kind;
      const left = { amount: max, mayLoop: component[u] === component[v], isSpent: spent[end] };
      const reason = kind === 'line' ? undefined : reasonWith(row, left);
      return Object.freeze({
        origin: originAt[edge]!,
        kind,
        end,
        with: participants[end === 'from' ? v : u]!,
        amount: max,
        cleared: row.cleared,
        left: max - row.cleared,
        weight,
        cost: end === 'from' ? own - other : other - own,
        ...(reason === undefined ? {} : { reason }),
      });
    });
    const owes = totalsOf(explained, 'from', participant);
    const isOwed = totalsOf(explained, 'to', participant);
    const own = passes[self]!;
    const told = own.flatMap((number, i) => (i % 2 === 0 ? [loopAt(number, own[i + 1]!)] : []));
    const gone = rows.reduce(
      (so, { end, cleared: value }) => (end === 'from' ? so + value : so),
      0n,
    );
    return Object.freeze({
      rule: result.rule,
      participant,
      net: isOwed.after - owes.after,
      owes,
      isOwed,
      edges: Object.freeze(explained),
      loops: Object.freeze(told),
      otherLoops: told.reduce((rest, { value }) => rest - value, gone),
    });
  };
};

/** One participant's explanation. For many, `makeExplainer` does the work once. */
export const explain = (network: Network, result: Result, participant: string): Explanation =>
  makeExplainer(network, result)(participant);
