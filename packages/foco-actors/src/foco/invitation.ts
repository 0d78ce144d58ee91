/** Invitations to a FoCo: each lets in one person, and no copy of a request twice. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, describe, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, RequestIdShape, once, refuse } from '@pocas/vat-runtime/actors';
import {
  ChangesGuard,
  NameShape,
  ViewGuard,
  changes,
  line,
  requestId,
  view,
  words,
} from '../inside/shapes.ts';
import type { FocoHub } from './foco.ts';
import type { FocoInvitation, FocoJoined } from './types.ts';

/** Lets somebody in. It never leaves the vat. */
export type Admitter = { admit(name: string): FocoJoined };

const InvitationI = describe(
  M.interface('FocoInvitation', {
    view: ViewGuard,
    changes: ChangesGuard,
    join: M.call(NameShape, RequestIdShape).returns(M.record()),
  }),
  {
    label: words('Invitation to a FoCo', 'Invitación a un FoCo'),
    title: 'foco',
    view: 'view',
    changes: 'changes',
    fields: {
      foco: { label: words('FoCo', 'FoCo') },
      by: { label: words('Invited by', 'Te invita') },
      left: { label: words('Places left', 'Lugares que quedan') },
    },
    methods: {
      view,
      changes,
      join: {
        label: words('Join', 'Entrar'),
        args: [line('name', words('Your name here', 'Tu nombre aquí')), requestId],
      },
    },
  },
);

const makeInvitationKit = defineActor({
  name: 'FocoInvitation',
  state: {
    hub: typed<Facet<FocoHub>>(M.remotable('hub')),
    admitter: typed<Facet<Admitter>>(M.remotable('admitter')),
    /** 0: the FoCo's steward. */
    by: M.nat(),
    isUsed: M.boolean(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<FocoHub>, admitter: Facet<Admitter>, by: bigint) => ({
    ...{ hub, admitter, by, isUsed: false },
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { invitation: InvitationI },
  facets: {
    invitation: {
      view(): { readonly foco: string; readonly by: string; readonly left: bigint } {
        const { hub, by, isUsed } = this.state;
        const inside = hub.inside();
        const name = inside.share(by)?.name() ?? inside.name();
        return { foco: inside.name(), by: name, left: isUsed ? 0n : 1n };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.invitation);
      },
      join(name: string, requestId: string): FocoJoined | Refusal {
        const { state } = this;
        // Those who come too late are not recorded: anyone with the link could fill the table.
        if (state.isUsed && !state.outcomes.has(`join ${requestId}`)) return refuse('claimed');
        return once<FocoJoined>(state.outcomes, 'join', requestId, () => {
          state.isUsed = true;
          return state.admitter.admit(name);
        });
      },
    },
  },
  readOnly: ['invitation.changes'],
});

export const makeInvitation = (
  hub: Facet<FocoHub>,
  admitter: Facet<Admitter>,
  by: bigint,
): Facet<FocoInvitation> => makeInvitationKit(hub, admitter, by).invitation;
