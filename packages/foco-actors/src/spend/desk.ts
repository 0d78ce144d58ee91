/** One participant's spending: everything here takes from this participant's envelope alone. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, onceLately, refuse } from '@pocas/vat-runtime/actors';
import type { Card, FocoInside, ShareInside } from '../inside/types.ts';
import { SpendDeskI } from './guards.ts';
import type { Said, Spend, SpendBoard, SpendDesk, SpendDeskView, SpendInside } from './types.ts';

type Done = { readonly ok: true } | Refusal;

const makeDeskKit = defineActor({
  name: 'FocoSpendDesk',
  state: {
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    board: typed<Facet<SpendBoard>>(M.remotable('board')),
    share: typed<Facet<ShareInside>>(M.remotable('share')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (foco: Facet<FocoInside>, board: Facet<SpendBoard>, share: Facet<ShareInside>) => ({
    ...{ foco, board, share },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    desk: SpendDeskI,
    steps: M.interface('SpendDeskSteps', {}, { defaultGuards: 'passable' }),
  },
  facets: {
    desk: {
      view(): SpendDeskView {
        return this.state.board.lists();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.state.board, this.state.foco);
      },
      announce(
        to: Facet<Card>,
        value: bigint,
        reason: string,
        requestId: string,
      ): { readonly ok: true; readonly spend: Facet<Spend> } | Refusal {
        const { foco, board, share, outcomes } = this.state;
        return onceLately(outcomes, foco.now(), 'announce', requestId, () =>
          share.isHere() ? board.announce(share.number(), to, value, reason) : refuse('closed'),
        );
      },
      withdraw(spend: Facet<Spend>, requestId: string): Done {
        return this.facets.steps.act('withdraw', spend, requestId);
      },
      join(
        spend: Facet<Spend>,
        value: bigint,
        requestId: string,
      ): { readonly ok: true; readonly spend: Facet<Spend> } | Refusal {
        const { foco, board, share, outcomes } = this.state;
        return onceLately(outcomes, foco.now(), 'join', requestId, () => {
          const found = board.find(spend);
          if (found === undefined) return refuse('invalid');
          return share.isHere() ? found.join(share.number(), value) : refuse('closed');
        });
      },
      comment(spend: Facet<Spend>, words: string, requestId: string): Done {
        return this.facets.steps.act('comment', spend, requestId, words);
      },
      askToTalk(spend: Facet<Spend>, words: string, requestId: string): Done {
        return this.facets.steps.act('talk', spend, requestId, words);
      },
      object(spend: Facet<Spend>, words: string, requestId: string): Done {
        return this.facets.steps.act('objection', spend, requestId, words);
      },
    },
    steps: {
      act(
        what: 'withdraw' | Said['kind'],
        spend: Facet<Spend>,
        requestId: string,
        words = '',
      ): Done {
        const { foco, board, share, outcomes } = this.state;
        return onceLately<Done>(outcomes, foco.now(), what, requestId, () => {
          const found: Facet<SpendInside> | undefined = board.find(spend);
          if (found === undefined) return refuse('invalid');
          if (!share.isHere()) return refuse('closed');
          if (what === 'withdraw') return found.withdraw(share.number());
          return found.say(share.number(), what, words);
        });
      },
    },
  },
  readOnly: ['desk.changes'],
});

export const makeSpendDesk = (
  foco: Facet<FocoInside>,
  board: Facet<SpendBoard>,
  share: Facet<ShareInside>,
): Facet<SpendDesk> => makeDeskKit(foco, board, share).desk;
