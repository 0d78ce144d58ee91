/** How needs join a market. */
import type { Facet } from '@pocas/vat-runtime';
import type { Mechanism } from '../inside/types.ts';
import { makeNeedBoard } from './board.ts';
import { makeNeedDesk } from './desk.ts';
import { kindOf } from './rules.ts';
import type { DraftNeed, NeedDesk, NeedDeskView } from './types.ts';

/** For how long a stranger's first need is there. */
const firstDays = 30n;

export const needMechanism: Mechanism = {
  name: 'need',
  found: (market) => {
    const { board, page } = makeNeedBoard(market);
    return { part: board, publicPage: page };
  },
  desk: makeNeedDesk,
  firstStep: (market, member, what, description) => {
    const kinds = market.charterList('categories');
    const kind = kinds.find((one) => kindOf(one) === kindOf(what)) ?? kinds[0] ?? what;
    // The cast holds because `desk` above says what it is.
    const desk = member.part('need') as Facet<NeedDesk>;
    const posted = desk.post(kind, what, description, '', '', firstDays, 'first step');
    return posted.ok ? { ok: true } : posted;
  },
  left: (_market, member) => {
    const { ownNeeds } = (member.part('need') as Facet<NeedDesk>).view() as NeedDeskView;
    for (const { act } of ownNeeds) (act as Facet<DraftNeed> | undefined)?.withdraw();
  },
};
