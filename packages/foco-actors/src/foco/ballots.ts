/** How a FoCo lets its people decide together: it convenes the body it was founded with, and gives out ballots. */
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet, SendFailure } from '@pocas/vat-runtime';
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
  /** Asks for another ballot in the place of the one that this person has, which opens nothing from then on. */
  renew(who: bigint): void;
  remove(who: bigint): void;
};
/** `ballot` is absent while the body is asked for it; `old` is the one in whose place it comes. */
type Row = {
  readonly name: string;
  readonly care: Facet<ShareCare>;
  /** How often a ballot was asked for: each time is a request of its own, also of somebody who came back. */
  readonly asked: bigint;
  readonly hasLeft: boolean;
  readonly ballot?: Facet<BallotShare>;
  readonly old?: Facet<BallotShare>;
};
type Ctx = { readonly who: bigint; readonly asked: bigint };

const makeBallotsKit = defineActor({
  name: 'FocoBallots',
  state: {
    hub: typed<Facet<FocoHub>>(M.remotable('hub')),
    assembly: typed<Facet<Assembly> | undefined>(M.opt(M.remotable('assembly'))),
    acts: typed<Facet<Acts> | undefined>(M.opt(M.remotable('acts'))),
    convener: typed<Facet<Convener> | undefined>(M.opt(M.remotable('convener'))),
    rows: typed<DurableMap<bigint, Row>>(M.any()),
  },
  init: (hub: Facet<FocoHub>) => ({
    hub,
    assembly: undefined as Facet<Assembly> | undefined,
    acts: undefined as Facet<Acts> | undefined,
    convener: undefined as Facet<Convener> | undefined,
    rows: makeDurableMap<bigint, Row>(),
  }),
  guards: {
    ballots: M.interface('FocoBallots', {}, { defaultGuards: 'passable' }),
    steps: M.interface('FocoBallotSteps', {}, { defaultGuards: 'passable' }),
    convened: M.interface('FocoConvened', {
      fulfilled: M.call(M.any(), M.any()).returns(),
      rejected: M.call(M.any(), M.any()).returns(),
    }),
    admitted: M.interface('FocoAdmitted', {
      fulfilled: M.call(M.any(), M.record()).returns(),
      rejected: M.call(M.any(), M.record()).returns(),
    }),
  },
  facets: {
    ballots: {
      convene(assembly: Facet<Assembly>, acts: Facet<Acts>): void {
        this.state.assembly = assembly;
        this.state.acts = acts;
        this.facets.steps.convene();
      },
      admit(who: bigint, care: Facet<ShareCare>): void {
        const { hub, assembly, convener, rows } = this.state;
        if (assembly === undefined) return;
        const name = hub.inside().share(who)?.name() ?? '';
        const asked = (rows.get(who)?.asked ?? 0n) + 1n;
        rows.set(who, { name, care, asked, hasLeft: false });
        if (convener !== undefined) this.facets.steps.ask(who);
      },
      renew(who: bigint): void {
        const { rows } = this.state;
        const row = rows.get(who);
        // One that is still to come is the first that anybody holds.
        if (row?.ballot === undefined || row.hasLeft) return;
        const { ballot: old, ...rest } = row;
        rows.set(who, { ...rest, old, asked: row.asked + 1n });
        row.care.setBallot(undefined);
        this.facets.steps.ask(who);
      },
      remove(who: bigint): void {
        const { rows } = this.state;
        const row = rows.get(who);
        if (row === undefined || row.hasLeft) return;
        const { ballot, old, ...rest } = row;
        rows.set(who, { ...rest, hasLeft: true });
        row.care.setBallot(undefined);
        const held = ballot ?? old;
        // One that is still to come is taken out when it comes.
        if (held !== undefined) this.facets.steps.takeOut(who, row.asked, held);
      },
    },
    steps: {
      convene(): void {
        const { hub, assembly, acts } = this.state;
        const inside = hub.inside();
        const wish = { name: inside.name().slice(0, 100), acts: [acts!] };
        send(assembly!, 'convene', [wish, inside.derive('assembly')], {
          then: this.facets.convened,
        });
      },
      ask(who: bigint): void {
        const { hub, convener, rows } = this.state;
        const { name, asked, old } = rows.get(who)!;
        const id = hub.inside().derive(`ballot ${who} ${asked}`);
        const ctx: Ctx = { who, asked };
        const then = this.facets.admitted;
        if (old === undefined) send(convener!, 'admit', [name, '', id], { then, ctx });
        else send(convener!, 'renew', [old, id], { then, ctx });
      },
      takeOut(who: bigint, asked: bigint, ballot: Facet<BallotShare>): void {
        const { hub, convener } = this.state;
        send(convener!, 'remove', [ballot, hub.inside().derive(`no ballot ${who} ${asked}`)]);
      },
    },
    convened: {
      fulfilled(answer: unknown): void {
        if (!matches(answer, ConvenedShape)) return;
        const { rows } = this.state;
        this.state.convener = (answer as { readonly convener: Facet<Convener> }).convener;
        for (const [who, { hasLeft }] of [...rows.entries()])
          if (!hasLeft) this.facets.steps.ask(who);
      },
      rejected({ code }: SendFailure): void {
        // Nobody knows whether it was done: the same request answers the same.
        if (code === 'unknown') this.facets.steps.convene();
      },
    },
    admitted: {
      fulfilled(answer: unknown, { who, asked }: Ctx): void {
        const { rows, hub } = this.state;
        const { steps } = this.facets;
        const row = rows.get(who);
        if (row === undefined || !matches(answer, AdmittedShape)) return;
        const { ballot } = answer as { readonly ballot: Facet<BallotShare> };
        // Whoever has left meanwhile, or left and came back, must not have this one.
        if (row.asked !== asked || row.hasLeft) {
          steps.takeOut(who, asked, ballot);
          return;
        }
        const { old: _gone, ...rest } = row;
        rows.set(who, { ...rest, ballot });
        row.care.setBallot(ballot);
        hub.inside().touch();
      },
      rejected({ code }: SendFailure, { who, asked }: Ctx): void {
        const row = this.state.rows.get(who);
        if (code === 'unknown' && row?.asked === asked) this.facets.steps.ask(who);
      },
    },
  },
});

export const makeBallots = (hub: Facet<FocoHub>): Facet<Ballots> => makeBallotsKit(hub).ballots;
