/** How somebody comes in: as founder, by an invitation, or with those who come from another FoCo. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { Ballots } from './ballots.ts';
import type { FocoHub } from './foco.ts';
import { type Admitter, makeInvitation } from './invitation.ts';
import { type Boards, type Doors, type ShareCare, makeShare } from './share.ts';
import type { FocoInvitation, FocoJoined } from './types.ts';

export type Admission = Admitter & {
  setBoards(boards: Boards): void;
  doors(): Facet<Doors>;
  care(who: bigint): Facet<ShareCare> | undefined;
  /** The same with the care of the new share, for whoever founds. */
  enrol(name: string): { readonly care: Facet<ShareCare>; readonly joined: FocoJoined };
};

const passable = (name: string) => M.interface(name, {}, { defaultGuards: 'passable' });

const makeAdmissionKit = defineActor({
  name: 'FocoAdmission',
  state: {
    hub: typed<Facet<FocoHub>>(M.remotable('hub')),
    ballots: typed<Facet<Ballots>>(M.remotable('ballots')),
    boards: typed<Boards | undefined>(M.opt(M.record())),
    cares: typed<DurableMap<bigint, Facet<ShareCare>>>(M.any()),
  },
  init: (hub: Facet<FocoHub>, ballots: Facet<Ballots>) => ({
    ...{ hub, ballots },
    boards: undefined as Boards | undefined,
    cares: makeDurableMap<bigint, Facet<ShareCare>>(),
  }),
  guards: { admission: passable('FocoAdmission'), doors: passable('FocoDoors') },
  facets: {
    admission: {
      setBoards(boards: Boards): void {
        this.state.boards = boards;
      },
      doors(): Facet<Doors> {
        return this.facets.doors;
      },
      care(who: bigint): Facet<ShareCare> | undefined {
        return this.state.cares.get(who);
      },
      enrol(name: string): { readonly care: Facet<ShareCare>; readonly joined: FocoJoined } {
        const { hub, boards, cares, ballots } = this.state;
        const number = hub.nextShare();
        const { inside, care } = makeShare(number, name, hub, boards!);
        hub.enter(inside);
        cares.set(number, care);
        ballots.admit(number, care);
        return { care, joined: care.joined() };
      },
      admit(name: string): FocoJoined {
        return this.facets.admission.enrol(name).joined;
      },
    },
    doors: {
      invitation(by: bigint): Facet<FocoInvitation> {
        return makeInvitation(this.state.hub, this.facets.admission, by);
      },
      left(who: bigint): void {
        this.state.ballots.remove(who);
      },
      back(who: bigint): void {
        const care = this.state.cares.get(who);
        if (care !== undefined) this.state.ballots.admit(who, care);
      },
      renewed(who: bigint): void {
        this.state.ballots.renew(who);
      },
    },
  },
});

export const makeAdmission = (hub: Facet<FocoHub>, ballots: Facet<Ballots>): Facet<Admission> =>
  makeAdmissionKit(hub, ballots).admission;
