/** A network in the one order that decides ties, and in numbers. Fit for vats. */
import { maxEdges, maxNameLength, shown } from './limits.ts';
import type { Line, Network, Numbered, Obligation } from './types.ts';
import { type Rank, weightsOf } from './weights.ts';

type Edge = Numbered['edges'][number];

const originOf = (edge: Edge): string =>
  edge.kind === 'line' ? edge.line.origin : edge.obligation.origin;

const checkName = (name: unknown, what: string): void => {
  if (typeof name === 'string' && name.length >= 1 && name.length <= maxNameLength) return;
  throw RangeError(
    `Cannot set off: the ${what} ${shown(name)} is not a text of 1 to ${maxNameLength} characters`,
  );
};

const checkValue = (value: unknown, least: bigint, origin: string, what: string): void => {
  if (typeof value === 'bigint' && value >= least) return;
  throw RangeError(
    `Cannot set off: the ${what} of ${shown(origin)} is ${shown(value)}, not a bigint from ${least} up`,
  );
};

const checkObligation = ({
  origin,
  debtor,
  creditor,
  amount,
  due,
  weight,
  priority,
}: Obligation) => {
  checkName(origin, 'origin');
  checkName(debtor, 'debtor');
  checkName(creditor, 'creditor');
  checkValue(amount, 1n, origin, 'amount');
  if (due !== undefined && typeof due !== 'bigint') {
    throw RangeError(`Cannot set off: the due of ${shown(origin)} is not a bigint`);
  }
  if (weight !== undefined) checkValue(weight, 1n, origin, 'weight');
  if (priority !== undefined) checkValue(priority, 0n, origin, 'priority');
  if (weight !== undefined && priority !== undefined) {
    throw RangeError(`Cannot set off: ${shown(origin)} has a weight and a priority; give one`);
  }
};

const checkLine = ({ origin, lender, borrower, limit }: Line) => {
  checkName(origin, 'origin');
  checkName(lender, 'lender');
  checkName(borrower, 'borrower');
  checkValue(limit, 1n, origin, 'limit');
  if (lender === borrower) {
    throw RangeError(`Cannot set off: by ${shown(origin)} somebody would lend to itself`);
  }
};

/** By code units, which no language and no locale changes. */
const inOrder = (edges: readonly Edge[]): Edge[] => {
  const byOrigin = new Map<string, Edge>();
  for (const edge of edges) {
    const origin = originOf(edge);
    if (byOrigin.has(origin)) {
      throw RangeError(`Cannot set off: two edges have the origin ${shown(origin)}`);
    }
    byOrigin.set(origin, edge);
  }
  return [...byOrigin.keys()].sort().map((origin) => byOrigin.get(origin)!);
};

/** The place of each edge when they are read by due date, and those of one date in the order they have. */
const orderByDue = (edges: readonly Edge[]): number[] => {
  const order = edges.map((_, i) => i);
  const dues = edges.map((edge) => (edge.kind === 'line' ? undefined : edge.obligation.due));
  if (dues.every((due) => due === undefined)) return order;
  return order.sort((a, b) => {
    const due = dues[a];
    const other = dues[b];
    if (due === other) return a - b;
    // Those without a date last.
    if (due === undefined) return 1;
    return other === undefined || due < other ? -1 : 1;
  });
};

const line: Rank = { kind: 'line' };
const plain: Rank = { kind: 'obligation' };

const rankOf = (edge: Edge): Rank => {
  if (edge.kind === 'line') return line;
  const { weight, priority } = edge.obligation;
  if (weight !== undefined) return { kind: 'obligation', weight };
  return priority === undefined ? plain : { kind: 'obligation', priority };
};

/**
 * The network in numbers. Participants have the numbers in which they first appear, debtor (lender) before
 * creditor, when all edges are read in the order of their origins. So neither the order in which they
 * are given, nor what anybody is called, changes which of several best set-offs is found. Edges stand by
 * due date, then origin, which is the order in which parallel ones of equal weight are cleared.
 *
 * Who owes itself is in a loop of one, which clears whole; a line to oneself is refused.
 *
 * @throws RangeError where an origin comes twice, an amount or weight is not above zero, an obligation
 * has a weight and a priority, a name is too long, or weights pass 2^53 − 1 (`weightsOf`)
 */
export const numberNetwork = ({ obligations, lines = [] }: Network): Numbered => {
  if (obligations.length + lines.length > maxEdges) {
    throw RangeError(
      `Cannot set off: there are ${obligations.length + lines.length} obligations and lines, more than ${maxEdges}`,
    );
  }
  obligations.forEach(checkObligation);
  lines.forEach(checkLine);
  const byOrigin = inOrder([
    ...obligations.map((obligation) => ({ kind: 'obligation', obligation }) as const),
    ...lines.map((each) => ({ kind: 'line', line: each }) as const),
  ]);
  const numbers = new Map<string, number>();
  const numberOf = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, numbers.size);
    return numbers.size - 1;
  };
  const ends = byOrigin.map((edge) => {
    if (edge.kind === 'line') {
      return { from: numberOf(edge.line.lender), to: numberOf(edge.line.borrower) };
    }
    return { from: numberOf(edge.obligation.debtor), to: numberOf(edge.obligation.creditor) };
  });
  const order = orderByDue(byOrigin);
  const edges = order.map((i) => byOrigin[i]!);
  const debts = {
    participants: numbers.size,
    debtors: order.map((i) => ends[i]!.from),
    creditors: order.map((i) => ends[i]!.to),
    amounts: edges.map((edge) => (edge.kind === 'line' ? edge.line.limit : edge.obligation.amount)),
  };
  const weights = weightsOf(debts, edges.map(rankOf));
  return { problem: { ...debts, weights }, participants: [...numbers.keys()], edges };
};
