/**
 * A place's side of its body of decision (SPEC F15): it convenes the body over its own acts, and asks for a ballot
 * for each of its people. Both by messages that happen exactly once, whenever the body is there to answer.
 */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M, matches } from '@endo/patterns';
import type { DurableMap, Facet, SendFailure } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import type { Acts } from './acts.ts';
import type { Assembly, BallotShare, Convener } from './convene.ts';
import type { PrivacyLabel } from './journal-rules.ts';

type Methods<Names extends string> = InterfaceGuard<{ [name in Names]: MethodGuard }>;

/** The place. It never leaves its vat. */
export type ElectorateHost = {
  name(): string;
  /** A text that nobody can guess, always the same for a purpose: names the place's own requests. */
  derive(purpose: string): string;
  record(kind: string, facts: unknown, label: PrivacyLabel): unknown;
  /** That a page looks otherwise now. */
  touch(): void;
};
/** For the place itself. People are numbers that it chooses. */
export type Electorate = {
  /** Convenes a body over these acts. Once. */
  begin(assembly: Facet<Assembly>, acts: readonly Facet<Acts>[]): void;
  isThere(): boolean;
  admit(member: bigint, name: string): void;
  /** Asks for a new ballot for this person, who holds none until it comes. */
  renew(member: bigint): void;
  remove(member: bigint): void;
  /** Undefined for as long as the body has not handed it out. */
  ballotOf(member: bigint): Facet<BallotShare> | undefined;
};

const ElectorateI: Methods<keyof Electorate> = M.interface('Electorate', {
  begin: M.call(M.remotable('assembly'), M.arrayOf(M.remotable('acts'))).returns(),
  isThere: M.call().returns(M.boolean()),
  admit: M.call(M.nat(), M.string()).returns(),
  renew: M.call(M.nat()).returns(),
  remove: M.call(M.nat()).returns(),
  ballotOf: M.call(M.nat()).returns(M.opt(M.remotable('ballot'))),
});
const AnswersI: Methods<'convene' | 'ask' | 'takeOut' | 'fulfilled' | 'rejected' | 'failed'> =
  M.interface('ElectorateAnswers', {
    convene: M.call().returns(),
    ask: M.call(M.nat()).returns(),
    takeOut: M.call(M.nat(), M.nat(), M.remotable('ballot')).returns(),
    // From another vat: looked at in the method.
    fulfilled: M.call(M.any(), M.record()).returns(),
    rejected: M.call(M.record(), M.record()).returns(),
    failed: M.call(M.string()).returns(),
  });

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

const makeElectorateKit = defineActor({
  name: 'Electorate',
  state: {
    host: typed<Facet<ElectorateHost>>(M.remotable('place')),
    assembly: typed<Facet<Assembly> | undefined>(M.opt(M.remotable('assembly'))),
    acts: typed<readonly Facet<Acts>[]>(M.arrayOf(M.remotable('acts'))),
    convener: typed<Facet<Convener> | undefined>(M.opt(M.remotable('convener'))),
    rows: typed<DurableMap<bigint, Row>>(M.any()),
  },
  init: (host: Facet<ElectorateHost>) => ({
    host,
    assembly: undefined,
    acts: [],
    convener: undefined,
    rows: makeDurableMap<bigint, Row>(),
  }),
  guards: { electorate: ElectorateI, answers: AnswersI },
  facets: {
    electorate: {
      begin(assembly: Facet<Assembly>, acts: readonly Facet<Acts>[]): void {
        this.state.assembly = assembly;
        this.state.acts = acts;
        this.facets.answers.convene();
      },
      isThere(): boolean {
        return this.state.assembly !== undefined;
      },
      admit(member: bigint, name: string): void {
        const { rows } = this.state;
        // Somebody who comes back asks by a request of their own: the one before answers a ballot that is over.
        rows.set(member, { name, asked: (rows.get(member)?.asked ?? 0n) + 1n, hasLeft: false });
        if (this.state.convener !== undefined) this.facets.answers.ask(member);
      },
      renew(member: bigint): void {
        const { rows } = this.state;
        const row = rows.get(member);
        // One that is still to come is the first that anybody holds.
        if (row?.ballot === undefined || row.hasLeft) return;
        const { ballot: old, ...rest } = row;
        rows.set(member, { ...rest, old, asked: row.asked + 1n });
        this.facets.answers.ask(member);
      },
      remove(member: bigint): void {
        const { rows } = this.state;
        const row = rows.get(member);
        if (row === undefined || row.hasLeft) return;
        const { ballot, old, ...rest } = row;
        rows.set(member, { ...rest, hasLeft: true });
        const held = ballot ?? old;
        // One that is still to come is taken out when it comes.
        if (held !== undefined) this.facets.answers.takeOut(member, row.asked, held);
      },
      ballotOf(member: bigint): Facet<BallotShare> | undefined {
        return this.state.rows.get(member)?.ballot;
      },
    },
    answers: {
      convene(): void {
        const { assembly, acts, host } = this.state;
        const wish = { name: host.name(), acts: [...acts] };
        send(assembly!, 'convene', [wish, host.derive('assembly')], {
          then: this.facets.answers,
          ctx: { what: 'convene', member: 0n, asked: 0n },
        });
      },
      ask(member: bigint): void {
        const { convener, rows, host } = this.state;
        const { name, asked, old } = rows.get(member)!;
        const id = host.derive(`ballot ${member} ${asked}`);
        const ctx: Ctx = { what: 'ballot', member, asked };
        const then = this.facets.answers;
        if (old === undefined) send(convener!, 'admit', [name, '', id], { then, ctx });
        else send(convener!, 'renew', [old, id], { then, ctx });
      },
      takeOut(member: bigint, asked: bigint, ballot: Facet<BallotShare>): void {
        const { convener, host } = this.state;
        send(convener!, 'remove', [ballot, host.derive(`ballot ${member} ${asked} taken out`)]);
      },
      fulfilled(answer: unknown, { what, member, asked }: Ctx): void {
        const { host, rows } = this.state;
        const { answers } = this.facets;
        if (what === 'convene') {
          if (!matches(answer, ConvenedShape)) return answers.failed('convene');
          // The cast holds for bodies that keep to the convention; by any other the place decides nothing.
          this.state.convener = (answer as unknown as { convener: Facet<Convener> }).convener;
          for (const [number, { hasLeft }] of [...rows.entries()])
            if (!hasLeft) answers.ask(number);
          return;
        }
        if (!matches(answer, AdmittedShape)) return answers.failed('ballot');
        const row = rows.get(member);
        if (row === undefined) return;
        const { ballot } = answer as unknown as { ballot: Facet<BallotShare> };
        // Whoever has left meanwhile, or left and came back, must not have this one.
        if (row.asked !== asked || row.hasLeft) return answers.takeOut(member, asked, ballot);
        const { old: _gone, ...rest } = row;
        rows.set(member, { ...rest, ballot });
        host.touch();
      },
      rejected({ code }: SendFailure, { what, member, asked }: Ctx): void {
        const { answers } = this.facets;
        if (what === 'ballot' && this.state.rows.get(member)?.asked !== asked) return;
        // Nobody knows whether it was done: the same request answers the same.
        if (code === 'unknown' && what === 'convene') answers.convene();
        else if (code === 'unknown') answers.ask(member);
        else answers.failed(what);
      },
      failed(what: string): void {
        this.state.host.record('body of decision refused', { what }, 'P0');
      },
    },
  },
});

/** @param host - the place, in the same vat */
export const makeElectorate = (host: Facet<ElectorateHost>): Facet<Electorate> =>
  makeElectorateKit(host).electorate;
