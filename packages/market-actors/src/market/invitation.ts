/** Invitations: each lets in as many people as it was made for, and no copy of a request twice. */
import { M } from '@endo/patterns';
import type { Refusal } from '@pocas/clearing';
import { RequestIdShape, once } from '@pocas/clearing/credit';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { MarketInside } from './inside.ts';
import { ChangesGuard, NameShape, ViewGuard, changes, requestId, view } from '../inside/shapes.ts';
import type { Invitation, InvitationView, Joined } from './types.ts';

/** A shared invitation answers whoever knows a request's identifier, so it must not be guessable. */
export const minSharedRequestIdLength = 16;

const InvitationI = describe(
  M.interface('Invitation', {
    view: ViewGuard,
    changes: ChangesGuard,
    join: M.call(NameShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: { en: 'Invitation to a market', es: 'Invitación a un mercado' },
    help: {
      en: 'Someone who takes part wants you there too.',
      es: 'Alguien que ya participa quiere que también estés.',
    },
    view: 'view',
    changes: 'changes',
    fields: {
      market: { label: { en: 'Market', es: 'Mercado' } },
      left: { label: { en: 'Places left', es: 'Lugares que quedan' } },
    },
    methods: {
      view,
      changes,
      join: {
        label: { en: 'Join', es: 'Entrar' },
        args: [
          {
            name: 'name',
            kind: 'text',
            label: { en: 'Your name here', es: 'Tu nombre aquí' },
            help: {
              en: 'The others see it beside what you offer and order.',
              es: 'Las demás personas lo ven junto a lo que ofreces y pides.',
            },
          },
          requestId,
        ],
      },
    },
  },
);

const makeInvitationKit = defineActor({
  name: 'Invitation',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    uses: M.nat(),
    left: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (market: Facet<MarketInside>, uses: bigint) => ({
    market,
    uses,
    left: uses,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { invitation: InvitationI },
  facets: {
    invitation: {
      view(): InvitationView {
        return { market: this.state.market.charter().name, left: this.state.left };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.invitation);
      },
      join(name: string, requestId: string): Joined | Refusal {
        const { state } = this;
        if (state.uses > 1n && requestId.length < minSharedRequestIdLength)
          return { ok: false, code: 'invalid' };
        // Those who come too late are not recorded: anyone with the link could fill the table.
        if (state.left === 0n && !state.outcomes.has(`join ${requestId}`))
          return { ok: false, code: 'claimed' };
        return once<Joined>(state.outcomes, 'join', requestId, () => {
          state.left -= 1n;
          const participant = state.market.enrol(name);
          const { name: market } = state.market.charter();
          return { ok: true, market, participant, goto: participant };
        });
      },
    },
  },
  readOnly: ['invitation.changes'],
});

/** Makes an invitation to `market` for this many people. */
export const makeInvitation = (market: Facet<MarketInside>, uses: bigint): Facet<Invitation> =>
  makeInvitationKit(market, uses).invitation;
