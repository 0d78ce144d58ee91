/** Invitations: each lets in as many people as it was made for, and no copy of a request twice. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, RequestIdShape, once, refuse } from '@pocas/vat-runtime/actors';
import type { Admission, MarketHub } from './inside.ts';
import {
  ChangesGuard,
  NameShape,
  ViewGuard,
  changes,
  credits,
  requestId,
  view,
} from '../inside/shapes.ts';
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
      by: { label: { en: 'Introduced by', es: 'Te presenta' } },
      lends: { label: { en: 'Lends you a limit of', es: 'Te presta un límite de' }, unit: credits },
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
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    admission: typed<Admission>(M.record()),
    uses: M.nat(),
    left: M.nat(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<MarketHub>, uses: bigint, admission: Admission) => ({
    hub,
    admission,
    uses,
    left: uses,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { invitation: InvitationI },
  facets: {
    invitation: {
      view(): InvitationView {
        const { hub, admission, left } = this.state;
        const market = hub.inside().name();
        if (admission.kind !== 'introduced') return { market, left };
        const by = hub.member(admission.by)?.inside.name() ?? '';
        return { market, left, by, lends: admission.lends };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.invitation);
      },
      join(name: string, requestId: string): Joined | Refusal {
        const { state } = this;
        if (state.uses > 1n && requestId.length < minSharedRequestIdLength)
          return refuse('invalid');
        // Those who come too late are not recorded: anyone with the link could fill the table.
        if (!state.outcomes.has(`join ${requestId}`)) {
          if (state.left === 0n) return refuse('claimed');
          if (state.hub.phase() !== 'open') return refuse('closed');
        }
        return once<Joined>(state.outcomes, 'join', requestId, () => {
          state.left -= 1n;
          return state.hub.enrol(name, state.admission).care.joined();
        });
      },
    },
  },
  readOnly: ['invitation.changes'],
});

/** Makes an invitation for this many people, who come in as `admission` says. */
export const makeInvitation = (
  hub: Facet<MarketHub>,
  uses: bigint,
  admission: Admission,
): Facet<Invitation> => makeInvitationKit(hub, uses, admission).invitation;
