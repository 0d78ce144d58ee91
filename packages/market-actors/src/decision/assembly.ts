/**
 * A market's side of its body of decision: it convenes it over its own acts, and asks for a ballot for each
 * participant. Both by messages that happen exactly once, whenever the body is there to answer.
 */
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet, SendFailure } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Acts, Assembly, BallotShare, Convener } from '@pocas/vat-runtime/actors';
import type { MarketInside } from '../inside/types.ts';
import { AssemblyAnswersI, AssemblyPartI } from './guards.ts';
import type { AssemblyPart } from './types.ts';

const ConvenedShape = M.splitRecord({ ok: true, convener: M.remotable('convener') });
const AdmittedShape = M.splitRecord({ ok: true, ballot: M.remotable('ballot') });

/** One participant: `ballot` is undefined while the body is asked for it. */
type Row = {
  readonly name: string;
  readonly ballot?: Facet<BallotShare>;
  /** In whose place another one is asked for. */
  readonly old?: Facet<BallotShare>;
  /** How many ballots were asked for: an answer for an earlier one comes too late. */
  readonly asked: bigint;
  readonly hasLeft: boolean;
};
type Ctx = { readonly what: 'convene' | 'ballot'; readonly member: bigint; readonly asked: bigint };

const makePartKit = defineActor({
  name: 'MarketAssembly',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    assembly: typed<Facet<Assembly> | undefined>(M.opt(M.remotable('assembly'))),
    acts: typed<readonly Facet<Acts>[]>(M.arrayOf(M.remotable('acts'))),
    convener: typed<Facet<Convener> | undefined>(M.opt(M.remotable('convener'))),
    rows: typed<DurableMap<bigint, Row>>(M.any()),
  },
  init: (market: Facet<MarketInside>) => ({
    market,
    assembly: undefined,
    acts: [],
    convener: undefined,
    rows: makeDurableMap<bigint, Row>(),
  }),
  guards: { part: AssemblyPartI, answers: AssemblyAnswersI },
  facets: {
    part: {
      begin(assembly: Facet<Assembly>, acts: readonly Facet<Acts>[]): void {
        this.state.assembly = assembly;
        this.state.acts = acts;
        this.facets.answers.convene();
      },
      isThere(): boolean {
        return this.state.assembly !== undefined;
      },
      admit(member: bigint, name: string): void {
        this.state.rows.set(member, { name, asked: 0n, hasLeft: false });
        if (this.state.convener !== undefined) this.facets.answers.ask(member);
      },
      renew(member: bigint): void {
        const { rows } = this.state;
        const row = rows.get(member);
        // One that is still to come is the first that anybody holds.
        if (row?.ballot === undefined) return;
        const { name, hasLeft, ballot: old } = row;
        rows.set(member, { name, hasLeft, old, asked: row.asked + 1n });
        this.facets.answers.ask(member);
      },
      remove(member: bigint): void {
        const { rows } = this.state;
        const row = rows.get(member);
        if (row === undefined || row.hasLeft) return;
        rows.set(member, { ...row, hasLeft: true });
        if (row.ballot !== undefined) this.facets.answers.takeOut(member, row.ballot);
      },
      ballotOf(member: bigint): Facet<BallotShare> | undefined {
        return this.state.rows.get(member)?.ballot;
      },
    },
    answers: {
      convene(): void {
        const { assembly, acts, market } = this.state;
        const wish = { name: market.name(), acts: [...acts] };
        send(assembly!, 'convene', [wish, market.derive('assembly')], {
          then: this.facets.answers,
          ctx: { what: 'convene', member: 0n, asked: 0n },
        });
      },
      ask(member: bigint): void {
        const { convener, rows, market } = this.state;
        const { name, asked, old } = rows.get(member)!;
        const id = market.derive(`ballot ${member} ${asked}`);
        const ctx: Ctx = { what: 'ballot', member, asked };
        const then = this.facets.answers;
        if (old === undefined) send(convener!, 'admit', [name, '', id], { then, ctx });
        else send(convener!, 'renew', [old, id], { then, ctx });
      },
      takeOut(member: bigint, ballot: Facet<BallotShare>): void {
        const { convener, market } = this.state;
        send(convener!, 'remove', [ballot, market.derive(`ballot ${member} taken out`)]);
      },
      fulfilled(answer: unknown, { what, member, asked }: Ctx): void {
        const { market, rows } = this.state;
        const { answers } = this.facets;
        if (what === 'convene') {
          if (!matches(answer, ConvenedShape)) return answers.failed('convene');
          // The cast holds for bodies that keep to the convention; by any other the market decides nothing.
          this.state.convener = (answer as unknown as { convener: Facet<Convener> }).convener;
          for (const number of [...rows.keys()]) answers.ask(number);
          return;
        }
        if (!matches(answer, AdmittedShape)) return answers.failed('ballot');
        const row = rows.get(member);
        if (row === undefined || row.asked !== asked) return;
        const { ballot } = answer as unknown as { ballot: Facet<BallotShare> };
        const { name, hasLeft } = row;
        rows.set(member, { name, hasLeft, asked, ballot });
        if (hasLeft) answers.takeOut(member, ballot);
        market.touch();
      },
      rejected({ code }: SendFailure, { what, member }: Ctx): void {
        const { answers } = this.facets;
        // Nobody knows whether it was done: the same request answers the same.
        if (code === 'unknown' && what === 'convene') answers.convene();
        else if (code === 'unknown') answers.ask(member);
        else answers.failed(what);
      },
      failed(what: string): void {
        this.state.market.record('body of decision refused', { what }, 'P0');
      },
    },
  },
});

export const makeAssemblyPart = (market: Facet<MarketInside>): Facet<AssemblyPart> =>
  makePartKit(market).part;
