/** What a participant checks of a proposal, alone and with each neighbour. Pure functions. */
import type { Edge, FrozenEdge, Proposal, Row } from '../round/types.ts';
import { boundsFault, faultsOfRows, pricesFault } from '../setoff/certificate.ts';
import type { OwnRow } from '../setoff/types.ts';

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
  readonly depth: number;
  readonly rows: readonly SaidRow[];
};

/** Whether a row by itself, whatever the others say, is one that its participant did not agree to. */
const isWrong = ({ kind, end, max, cleared, weight, own, other }: OwnRow): boolean =>
  (kind === 'obligation' ? weight < 1n : weight >= 0n) ||
  boundsFault('', cleared, max) !== undefined ||
  pricesFault('', cleared, max, weight, end === 'from' ? own - other : other - own) !== undefined;

const hasTwice = <T>(values: readonly T[]): boolean => new Set(values).size < values.length;

/** Whether the proposal is one at all: each edge once, and a tree that has each neighbour once. */
const isWhole = (
  { rows, parent, children, depth }: Proposal,
  lockedOf: (edge: Edge) => Locked | undefined,
): boolean => {
  const edges = rows.map(({ edge }) => edge);
  const tree = parent === undefined ? children : [parent, ...children];
  return (
    !hasTwice(edges) &&
    (parent === undefined) === (depth === 0) &&
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
  const known: OwnRow[] = [];
  const refused = new Set<Edge>();
  for (const row of rows) {
    const frozen = lockedOf(row.edge)?.frozen;
    if (frozen === undefined) refused.add(row.edge);
    else known.push({ ...frozen, ...row });
  }
  for (const row of known) if (isWrong(row)) refused.add(row.edge);
  // Where each row may stand by itself, the whole must: the own price, and the own balance.
  return refused.size === 0 && faultsOfRows(known).length > 0 ? all : refused;
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
  const { component, pass, totals, depth } = proposal;
  const rowsOf = new Map<bigint, SaidRow[]>();
  for (const row of proposal.rows) {
    const locked = lockedOf(row.edge);
    if (locked === undefined) continue;
    const rows = rowsOf.get(locked.neighbour) ?? [];
    rowsOf.set(locked.neighbour, rows);
    rows.push(saidRow(row, locked, proposal));
  }
  return new Map(
    [...rowsOf].map(([neighbour, rows]) => [neighbour, { component, pass, totals, depth, rows }]),
  );
};

/** Each side's end of one edge of the tree, as the two have to say it. */
const isSameTree = (mine: SaidRow, theirs: SaidRow, down: number): boolean => {
  if (mine.tree === 'above') return theirs.tree === 'below' && down === -1;
  if (mine.tree === 'below') return theirs.tree === 'above' && down === 1;
  return theirs.tree === 'beside';
};

const isSameRow = (mine: SaidRow, theirs: SaidRow): boolean =>
  mine.cleared === theirs.cleared &&
  mine.weight === theirs.weight &&
  mine.from === theirs.from &&
  mine.to === theirs.to;

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
  const down = theirs.depth - mine.depth;
  const told = new Map(isOneStory ? theirs.rows.map((row) => [row.origin, row]) : []);
  return mine.rows
    .filter((row) => {
      const other = told.get(row.origin);
      return other === undefined || !isSameRow(row, other) || !isSameTree(row, other, down);
    })
    .map(({ origin }) => origin);
};
