/** How somebody comes in: as founder, by an invitation, or with those who come from another FoCo. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import type { BallotShare, Electorate } from '@pocas/vat-runtime/actors';
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
    electorate: typed<Facet<Electorate>>(M.remotable('electorate')),
    boards: typed<Boards | undefined>(M.opt(M.record())),
    cares: typed<DurableMap<bigint, Facet<ShareCare>>>(M.any()),
  },
  init: (hub: Facet<FocoHub>, electorate: Facet<Electorate>) => ({
    ...{ hub, electorate },
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
        const { hub, boards, cares, electorate } = this.state;
        const number = hub.nextShare();
        const { inside, care } = makeShare(number, name, hub, boards!);
        hub.enter(inside);
        cares.set(number, care);
        electorate.admit(number, name);
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
        this.state.electorate.remove(who);
      },
      back(who: bigint): void {
        const { hub, electorate } = this.state;
        electorate.admit(who, hub.inside().share(who)?.name() ?? '');
      },
      ballotOf(who: bigint): Facet<BallotShare> | undefined {
        return this.state.electorate.ballotOf(who);
      },
      renewed(who: bigint): void {
        this.state.electorate.renew(who);
      },
    },
  },
});

export const makeAdmission = (
  hub: Facet<FocoHub>,
  electorate: Facet<Electorate>,
): Facet<Admission> => makeAdmissionKit(hub, electorate).admission;
