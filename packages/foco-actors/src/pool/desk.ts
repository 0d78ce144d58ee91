/** One participant's part in pools: pledges come out of this participant's envelope alone. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import { day } from '../inside/shapes.ts';
import type { Card, FocoInside, ShareInside } from '../inside/types.ts';
import { PoolDeskI } from './guards.ts';
import type { Pool, PoolBoard, PoolDesk, PoolDeskView, PoolInside, PoolTerms } from './types.ts';

type Done = { readonly ok: true } | Refusal;
type Opened = { readonly ok: true; readonly pool: Facet<Pool> } | Refusal;

const makeDeskKit = defineActor({
  name: 'FocoPoolDesk',
  state: {
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    board: typed<Facet<PoolBoard>>(M.remotable('board')),
    share: typed<Facet<ShareInside>>(M.remotable('share')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (foco: Facet<FocoInside>, board: Facet<PoolBoard>, share: Facet<ShareInside>) => ({
    ...{ foco, board, share },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { desk: PoolDeskI },
  facets: {
    desk: {
      view(): PoolDeskView {
        const { board, share } = this.state;
        return board.lists(share.number());
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.board, this.state.foco);
      },
      open(to: Facet<Card>, terms: PoolTerms, requestId: string): Opened {
        const { foco, board, share, outcomes } = this.state;
        return onceLately<Opened>(outcomes, foco.now(), 'open', requestId, () =>
          share.isHere() ? board.open(share.number(), to, terms) : refuse('closed'),
        );
      },
      openSimple(
        to: Facet<Card>,
        title: string,
        words: string,
        target: bigint,
        stretch: bigint,
        days: bigint,
        least: bigint,
        requestId: string,
      ): Opened {
        const terms: PoolTerms = {
          ...{ title, words, least },
          targets: stretch === 0n ? [target] : [target, stretch],
          deadline: this.state.foco.now() + days * day,
          ...{ parts: 1n, every: 0n, attested: false, within: 30n * day },
        };
        return this.facets.desk.open(to, terms, requestId);
      },
      pledge(
        pool: Facet<Pool>,
        value: bigint,
        k: bigint,
        isFirm: boolean,
        requestId: string,
      ): Done {
        return act(this.state, 'pledge', pool, requestId, (found, who) =>
          found.pledge(who, value, k, isFirm),
        );
      },
      pledgeSimple(pool: Facet<Pool>, value: bigint, requestId: string): Done {
        return this.facets.desk.pledge(pool, value, 0n, false, requestId);
      },
      withdraw(pool: Facet<Pool>, requestId: string): Done {
        return act(this.state, 'withdraw', pool, requestId, (found, who) => found.withdraw(who));
      },
      attest(pool: Facet<Pool>, evidence: string, requestId: string): Done {
        return act(this.state, 'attest', pool, requestId, (found, who) =>
          found.attest(who, evidence),
        );
      },
    },
  },
  readOnly: ['desk.changes'],
});

type State = {
  readonly foco: Facet<FocoInside>;
  readonly board: Facet<PoolBoard>;
  readonly share: Facet<ShareInside>;
  readonly outcomes: DurableMap<string, unknown>;
};

const act = (
  { foco, board, share, outcomes }: State,
  what: string,
  pool: Facet<Pool>,
  requestId: string,
  carryOut: (found: Facet<PoolInside>, who: bigint) => Done,
): Done =>
  onceLately<Done>(outcomes, foco.now(), what, requestId, () => {
    const found = board.find(pool);
    if (found === undefined) return refuse('invalid');
    return share.isHere() ? carryOut(found, share.number()) : refuse('closed');
  });

export const makePoolDesk = (
  foco: Facet<FocoInside>,
  board: Facet<PoolBoard>,
  share: Facet<ShareInside>,
): Facet<PoolDesk> => makeDeskKit(foco, board, share).desk;
