/** Lets one person into a shelf, once. */
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { type Joined, type PlaceInvitation, type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { InvitationI } from './guards-share.ts';
import type { ShelfCore } from './inside.ts';

const makeInvitationKit = defineActor({
  name: 'ShelfInvitation',
  state: {
    core: typed<Facet<ShelfCore>>(M.remotable('shelf')),
    shelf: M.string(),
    voucher: typed<bigint | undefined>(M.opt(M.nat())),
    joined: typed<{ readonly id: string; readonly joined: Joined } | undefined>(M.opt(M.record())),
  },
  init: (core: Facet<ShelfCore>, shelf: string, voucher: bigint | undefined) => ({
    core,
    shelf,
    voucher,
    joined: undefined,
  }),
  guards: { invitation: InvitationI },
  facets: {
    invitation: {
      view(): { place: string; used: boolean } {
        const { shelf, joined } = this.state;
        return { place: shelf, used: joined !== undefined };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.invitation);
      },
      join(name: string, id: string): Joined | Refusal {
        const { core, voucher, joined } = this.state;
        if (joined !== undefined) return joined.id === id ? joined.joined : refuse('claimed');
        // Counted when somebody comes: before that, any number of invitations are nobody.
        if (voucher !== undefined && !core.canVouch(voucher)) return refuse('quota');
        const made = core.enrol(name, voucher);
        this.state.joined = { id, joined: made };
        return made;
      },
    },
  },
  readOnly: ['invitation.changes'],
});

export const makeInvitation = (
  core: Facet<ShelfCore>,
  shelf: string,
  voucher: bigint | undefined,
): Facet<PlaceInvitation> => makeInvitationKit(core, shelf, voucher).invitation;
