/** One participant's savings: everything here is of this participant's envelope alone. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import { day } from '../inside/shapes.ts';
import type { Card, FocoInside, ShareInside } from '../inside/types.ts';
import { SavingDeskI } from './guards.ts';
import type { Saving, SavingBoard, SavingDesk, SavingDeskView } from './types.ts';

type Done = { readonly ok: true } | Refusal;
type Saved = { readonly ok: true; readonly saving: Facet<Saving> } | Refusal;

const makeDeskKit = defineActor({
  name: 'FocoSavingDesk',
  state: {
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    board: typed<Facet<SavingBoard>>(M.remotable('board')),
    share: typed<Facet<ShareInside>>(M.remotable('share')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (foco: Facet<FocoInside>, board: Facet<SavingBoard>, share: Facet<ShareInside>) => ({
    ...{ foco, board, share },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { desk: SavingDeskI },
  facets: {
    desk: {
      view(): SavingDeskView {
        const { foco, board, share } = this.state;
        return {
          purses: foco
            .purses()
            .map((purse) => ({ name: purse.facts().label, purse: purse.card() })),
          savings: board.list(share.number()),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.board, this.state.foco, this.state.outcomes);
      },
      save(
        purse: Facet<Card>,
        words: string,
        value: bigint,
        goal: bigint,
        days: bigint,
        isJoint: boolean,
        requestId: string,
      ): Saved {
        const { foco, board, share, outcomes } = this.state;
        return onceLately<Saved>(outcomes, foco.now(), 'save', requestId, () => {
          if (!share.isHere()) return refuse('closed');
          const until = days === 0n ? 0n : foco.now() + days * day;
          return board.open(purse, { by: share.number(), words, goal, until, isJoint }, value);
        });
      },
      saveSimple(
        purse: Facet<Card>,
        words: string,
        value: bigint,
        goal: bigint,
        days: bigint,
        together: bigint,
        requestId: string,
      ): Saved {
        return this.facets.desk.save(purse, words, value, goal, days, together > 0n, requestId);
      },
      put(saving: Facet<Saving>, value: bigint, requestId: string): Done {
        const { foco, board, share, outcomes } = this.state;
        return onceLately<Done>(outcomes, foco.now(), 'put', requestId, () => {
          const found = board.find(saving);
          if (found === undefined) return refuse('invalid');
          return share.isHere() ? found.put(share.number(), value) : refuse('closed');
        });
      },
      withdraw(saving: Facet<Saving>, value: bigint, requestId: string): Done {
        const { foco, board, share, outcomes } = this.state;
        return onceLately<Done>(outcomes, foco.now(), 'withdraw', requestId, () => {
          const found = board.find(saving);
          return found === undefined ? refuse('invalid') : found.withdraw(share.number(), value);
        });
      },
    },
  },
  readOnly: ['desk.changes'],
});

export const makeSavingDesk = (
  foco: Facet<FocoInside>,
  board: Facet<SavingBoard>,
  share: Facet<ShareInside>,
): Facet<SavingDesk> => makeDeskKit(foco, board, share).desk;
