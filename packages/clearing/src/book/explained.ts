/** What came of a round for one poca, in its own words: no more than it was told, and than it believes. */
import { isBound, isSplit } from '../round/succession.ts';
import type { Edge, Report } from '../round/types.ts';
import type { AttendanceState } from './attendance-steps.ts';
import type { AttendanceRow, Explained, Held } from './attendance-types.ts';

const heldAt = ({ edges }: AttendanceState, edge: Edge): Held | undefined =>
  Number.isSafeInteger(edge) && edge >= 0 ? edges.get(BigInt(edge)) : undefined;

const labelAt = (state: AttendanceState, edge: Edge): string => {
  const held = heldAt(state, edge);
  return held === undefined ? '' : (state.neighbours.get(held.neighbour)?.label() ?? '');
};

const rowsOf = (state: AttendanceState): AttendanceRow[] => {
  const heldOf = new Map([...state.edges.values()].map((held) => [held.frozen.origin, held]));
  const isOpen = state.phase === 'lodged';
  return [...state.entries.values()].map(({ lodged, lodgeable }) => {
    const { origin, kind, end, max } = lodged;
    const held = heldOf.get(origin);
    return {
      origin,
      kind,
      end,
      with: lodgeable.counterparty().label(),
      lodged: max,
      cleared: held?.cleared ?? 0n,
      why: held?.why ?? (isOpen ? 'lodged' : 'unmatched'),
    };
  });
};

/** Only loops that go through two edges of this poca, each the right way round. */
const loopsOf = (state: AttendanceState, { loops }: Report): Explained['loops'] =>
  loops
    .filter(
      ({ owes, isOwed }) =>
        heldAt(state, owes)?.frozen.end === 'from' && heldAt(state, isOwed)?.frozen.end === 'to',
    )
    .map(({ value, length, owes, isOwed }) => ({
      value,
      length,
      owes: labelAt(state, owes),
      isOwedBy: labelAt(state, isOwed),
    }));

/**
 * The payments that this poca has wished for: what is proposed beyond that is left out. They are
 * a stranger's plan, and nobody is bound to it.
 */
const paymentsOf = (state: AttendanceState, report: Report): Explained['payments'] => {
  const left = { from: state.wishes.pays, to: state.wishes.recall };
  const seen = new Set<Edge>();
  return report.payments.flatMap(({ edge, value }) => {
    const held = heldAt(state, edge);
    if (held === undefined || held.frozen.kind !== 'obligation' || seen.has(edge)) return [];
    const { end, max, origin } = held.frozen;
    if (value === 0n || value > left[end] || value > max - held.cleared) return [];
    seen.add(edge);
    left[end] -= value;
    return [{ origin, end, with: labelAt(state, edge), value }];
  });
};

export const explained = (state: AttendanceState): Explained => {
  const { terms, phase, report, oddities } = state;
  const members = [...state.parts.values()].map(({ member }) => member);
  return {
    terms,
    phase,
    inDoubt: members.some(isBound),
    split: members.some(isSplit),
    rows: rowsOf(state),
    loops: report === undefined ? [] : loopsOf(state, report),
    payments: report === undefined ? [] : paymentsOf(state, report),
    report,
    oddities,
  };
};
