/** The page of one round that a poca attends. */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { sum } from '../amount/amount.ts';
import type { Report } from '../round/types.ts';
import type { AttendanceInside, Explained } from './attendance-types.ts';
import { RoundDoubtI, RoundKeeperI, RoundLeaveI } from './round-guards.ts';
import type { RoundKeeper, RoundKeeperView } from './types.ts';

type Done = { readonly ok: true };
const done: Done = { ok: true };

const phaseOf = ({ phase, inDoubt, split }: Explained): RoundKeeperView['phase'] => {
  if (!inDoubt) return phase;
  return split ? 'split' : 'inDoubt';
};

/** What was cleared of debts on one side; the other side has the same, but for lines. */
export const clearedOf = ({ rows }: Explained): bigint =>
  sum(
    rows
      .filter(({ kind, end }) => kind === 'obligation' && end === 'from')
      .map(({ cleared }) => cleared),
  );

const wholeOf = ({ totals }: Report, title: string): RoundKeeperView['all'][number] => {
  const { participants, lodged, cleared, satOut } = totals;
  return { title, participants, lodged, cleared, satOut };
};

const makePage = defineActor({
  name: 'RoundPage',
  state: { attendance: typed<Facet<AttendanceInside>>(M.remotable('attendance')) },
  init: (attendance: Facet<AttendanceInside>) => ({ attendance }),
  guards: { keeper: RoundKeeperI, leaving: RoundLeaveI, doubt: RoundDoubtI },
  facets: {
    keeper: {
      view(): RoundKeeperView {
        const { attendance } = this.state;
        const { leaving, doubt } = this.facets;
        const explained = attendance.explain();
        const { terms, rows, loops, payments, report, oddities, phase, inDoubt } = explained;
        return {
          title: terms.title,
          unit: terms.unit,
          phase: phaseOf(explained),
          cleared: clearedOf(explained),
          lines: rows.map(({ origin: _origin, ...row }) => row),
          loops,
          payments: payments.map(({ origin: _origin, ...payment }) => payment),
          all: report === undefined ? [] : [wholeOf(report, terms.title)],
          oddities: oddities.map(({ what }) => what),
          ...(inDoubt ? { act: doubt } : phase === 'lodged' ? { act: leaving } : {}),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.keeper, this.state.attendance);
      },
      explain(): Explained {
        return this.state.attendance.explain();
      },
    },
    leaving: {
      leave(): Done {
        this.state.attendance.leave();
        return done;
      },
    },
    doubt: {
      decideWithout(): Done {
        this.state.attendance.succeed();
        return done;
      },
      settleByHand(): Done {
        this.state.attendance.endByHand('settle');
        return done;
      },
      releaseByHand(): Done {
        this.state.attendance.endByHand('release');
        return done;
      },
    },
  },
  readOnly: ['keeper.changes'],
});

export const makeRoundPage = (attendance: Facet<AttendanceInside>): Facet<RoundKeeper> =>
  makePage(attendance).keeper;
