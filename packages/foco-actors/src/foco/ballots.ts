/** How a FoCo lets its people decide together: it convenes the body it was founded with, and gives out ballots. */
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Acts, Assembly, BallotShare, Convener } from '@pocas/vat-runtime/actors';
import type { FocoHub } from './foco.ts';
import type { ShareCare } from './share.ts';

const ConvenedShape = M.splitRecord({ ok: true, convener: M.remotable('convener') });
const AdmittedShape = M.splitRecord({ ok: true, ballot: M.remotable('ballot') });

export type Ballots = {
  /** Hands the acts to the body, and to nobody else. */
  convene(assembly: Facet<Assembly>, acts: Facet<Acts>): void;
  admit(who: bigint, care: Facet<ShareCare>): void;
  remove(who: bigint): void;
};
type Waiting = { readonly name: string; readonly care: Facet<ShareCare> };

const makeBallotsKit = defineActor({
  name: 'FocoBallots',
  state: {
    hub: typed<Facet<FocoHub>>(M.remotable('hub')),
    isConvened: M.boolean(),
    convener: typed<Facet<Convener> | undefined>(M.opt(M.remotable('convener'))),
    waiting: typed<DurableMap<bigint, Waiting>>(M.any()),
    ballots: typed<DurableMap<bigint, Facet<BallotShare>>>(M.any()),
  },
  init: (hub: Facet<FocoHub>) => ({
    ...{ hub, isConvened: false },
    convener: undefined as Facet<Convener> | undefined,
    waiting: makeDurableMap<bigint, Waiting>(),
    ballots: makeDurableMap<bigint, Facet<BallotShare>>(),
  }),
  guards: {
    ballots: M.interface('FocoBallots', {}, { defaultGuards: 'passable' }),
    convened: M.interface('FocoConvened', {
      fulfilled: M.call(M.any(), M.any()).returns(),
      rejected: M.call(M.any(), M.any()).returns(),
    }),
    admitted: M.interface('FocoAdmitted', {
      fulfilled: M.call(M.any(), M.nat()).returns(),
      rejected: M.call(M.any(), M.nat()).returns(),
    }),
  },
  facets: {
    ballots: {
      convene(assembly: Facet<Assembly>, acts: Facet<Acts>): void {
        const { hub } = this.state;
        this.state.isConvened = true;
        const inside = hub.inside();
        send(
          assembly,
          'convene',
          [{ name: inside.name().slice(0, 100), acts: [acts] }, inside.derive('assembly')],
          { then: this.facets.convened },
        );
      },
      admit(who: bigint, care: Facet<ShareCare>): void {
        const { hub, convener, isConvened, waiting } = this.state;
        if (!isConvened) return;
        const name = hub.inside().share(who)?.name() ?? '';
        waiting.set(who, { name, care });
        if (convener === undefined) return;
        const id = hub.inside().derive(`ballot ${who}`);
        send(convener, 'admit', [name, '', id], { then: this.facets.admitted, ctx: who });
      },
      remove(who: bigint): void {
        const { hub, convener, ballots } = this.state;
        const ballot = ballots.get(who);
        if (ballot === undefined || convener === undefined) return;
        ballots.delete(who);
        send(convener, 'remove', [ballot, hub.inside().derive(`no ballot ${who}`)]);
      },
    },
    convened: {
      fulfilled(answer: unknown): void {
        if (!matches(answer, ConvenedShape)) return;
        this.state.convener = (answer as { readonly convener: Facet<Convener> }).convener;
        for (const [who, { care }] of [...this.state.waiting.entries()])
          this.facets.ballots.admit(who, care);
      },
      rejected(): void {},
    },
    admitted: {
      fulfilled(answer: unknown, who: bigint): void {
        const { waiting, ballots, hub } = this.state;
        const one = waiting.get(who);
        waiting.delete(who);
        if (one === undefined || !matches(answer, AdmittedShape)) return;
        const { ballot } = answer as { readonly ballot: Facet<BallotShare> };
        ballots.set(who, ballot);
        one.care.setBallot(ballot);
        hub.inside().touch();
      },
      rejected(_failure: unknown, who: bigint): void {
        this.state.waiting.delete(who);
      },
    },
  },
});

export const makeBallots = (hub: Facet<FocoHub>): Facet<Ballots> => makeBallotsKit(hub).ballots;
