/** What a participant checks of a proposal, alone and with each neighbour. Pure functions. */
import type { Edge, FrozenEdge, Proposal, Row } from '../round/types.ts';
import { type OwnRow, faultsOfRows } from '../setoff/rows.ts';

/** A locked edge: what was frozen of it, and who is at its other end. */
export type Locked = { readonly frozen: FrozenEdge; readonly neighbour: bigint };

/** Of an edge: what its other end is to whoever speaks, in the tree for a succession. */
export type InTree = 'above' | 'below' | 'beside';

/** One edge, as one neighbour says to the other what it was told of it. */
export type SaidRow = {
  readonly origin: string;
  readonly cleared: bigint;
  readonly weight: bigint;
  /** The price of the debtor, or of the lender. */
  readonly from: bigint;
  /** The price of the creditor, or of the borrower. */
  readonly to: bigint;
  readonly tree: InTree;
};

/** All that two neighbours say to each other of one proposal. */
export type SaidRows = {
  readonly component: number;
  readonly pass: number;
  readonly totals: Proposal['totals'];
  readonly rows: readonly SaidRow[];
};

const weighsWrong = ({ weight }: Row, { kind }: FrozenEdge): boolean =>
  kind === 'obligation' ? weight < 1n : weight >= 0n;

const hasTwice = <T>(values: readonly T[]): boolean => new Set(values).size < values.length;

/** Whether the proposal is one at all: each edge once, and a tree that has each neighbour once. */
const isWhole = (
  { rows, parent, children }: Proposal,
  lockedOf: (edge: Edge) => Locked | undefined,
): boolean => {
  const edges = rows.map(({ edge }) => edge);
  const tree = parent === undefined ? children : [parent, ...children];
  return (
    !hasTwice(edges) &&
    tree.every((edge) => edges.includes(edge)) &&
    !hasTwice(tree.map((edge) => lockedOf(edge)?.neighbour))
  );
};

/**
 * The edges of a proposal that its participant refuses by itself: those it has not locked for this
 * round, those whose row is wrong, and all of them where the rows together are.
 *
 * @param lockedOf - the edges that are locked now
 */
export const refusedAlone = (
  proposal: Proposal,
  lockedOf: (edge: Edge) => Locked | undefined,
): ReadonlySet<Edge> => {
  const { rows } = proposal;
  const all = new Set(rows.map(({ edge }) => edge));
  if (!isWhole(proposal, lockedOf)) return all;
  const refused = new Set<Edge>();
  const known: { row: OwnRow; edge: Edge }[] = [];
  for (const row of rows) {
    const frozen = lockedOf(row.edge)?.frozen;
    if (frozen === undefined || weighsWrong(row, frozen)) refused.add(row.edge);
    if (frozen === undefined) continue;
    const { edge, cleared, weight, own, other } = row;
    known.push({
      edge,
      row: { end: frozen.end, amount: frozen.max, cleared, weight, own, other },
    });
  }
  for (const { row } of faultsOfRows(known.map((one) => one.row))) {
    if (row === undefined) return all;
    refused.add(known[row]!.edge);
  }
  return refused;
};

const treeOf = (edge: Edge, { parent, children }: Proposal): InTree => {
  if (edge === parent) return 'above';
  return children.includes(edge) ? 'below' : 'beside';
};

const saidRow = (row: Row, { frozen }: Locked, proposal: Proposal): SaidRow => {
  const { cleared, weight, own, other } = row;
  const [from, to] = frozen.end === 'from' ? [own, other] : [other, own];
  return {
    origin: frozen.origin,
    cleared,
    weight,
    from,
    to,
    tree: treeOf(row.edge, proposal),
  };
};

/** For each neighbour in a proposal, what to say to it. */
export const sayings = (
  proposal: Proposal,
  lockedOf: (edge: Edge) => Locked | undefined,
): ReadonlyMap<bigint, SaidRows> => {
  const { component, pass, totals } = proposal;
  const rowsOf = new Map<bigint, SaidRow[]>();
  for (const row of proposal.rows) {
    const locked = lockedOf(row.edge);
    if (locked === undefined) continue;
    const rows = rowsOf.get(locked.neighbour) ?? [];
    rowsOf.set(locked.neighbour, rows);
    rows.push(saidRow(row, locked, proposal));
  }
  return new Map(
    [...rowsOf].map(([neighbour, rows]) => [neighbour, { component, pass, totals, rows }]),
  );
};

const opposite = { above: 'below', below: 'above', beside: 'beside' } as const;

const saysTheSame = (mine: SaidRow, theirs: SaidRow): boolean =>
  mine.cleared === theirs.cleared &&
  mine.weight === theirs.weight &&
  mine.from === theirs.from &&
  mine.to === theirs.to &&
  mine.tree === opposite[theirs.tree];

/**
 * The origins of which a neighbour was told otherwise: all of them where even the component's totals
 * differ. What only the neighbour was told of is the neighbour's to refuse.
 */
export const disagreements = (mine: SaidRows, theirs: SaidRows): readonly string[] => {
  const isOneStory =
    mine.component === theirs.component &&
    mine.pass === theirs.pass &&
    mine.totals.participants === theirs.totals.participants &&
    mine.totals.lodged === theirs.totals.lodged &&
    mine.totals.cleared === theirs.totals.cleared &&
    !hasTwice(theirs.rows.map(({ origin }) => origin));
  const told = new Map(isOneStory ? theirs.rows.map((row) => [row.origin, row]) : []);
  return mine.rows
    .filter((row) => {
      const other = told.get(row.origin);
      return other === undefined || !saysTheSame(row, other);
    })
    .map(({ origin }) => origin);
};
