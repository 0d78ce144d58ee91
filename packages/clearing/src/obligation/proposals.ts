/** How obligations and lines come to be in one pair: proposed from here, from there, drawn, or made by a round. */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { defineActor, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import type { LineInside, PairInside, RegistryInside } from './inside.ts';
import { insideGuard } from './inside.ts';
import { makeLine } from './line.ts';
import type { OfDay } from './limits.ts';
import { oneMore } from './limits.ts';
import type { ProposeDeal } from './messages.ts';
import { makeObligation } from './obligation.ts';
import type { Entry, Standings } from './standings.ts';
import { hashOfText, originOf, otherEnd } from './terms.ts';
import type { Done, End, Kind, ObligationKeeper, Terms } from './types.ts';

const ok: Done = { ok: true };

/** What is proposed from here, before it has a name. `end` is this side's. */
export type Proposal = Omit<Terms, 'origin'> & { readonly kind: Kind; readonly end: End };

/** The borrower's draw: its line, and how both sides call that. */
export type DrawnOn = { readonly line: Facet<LineInside>; readonly origin: string };

export type Proposals = {
  here(
    proposal: Proposal,
    requestId: string,
    on?: DrawnOn,
  ): { readonly ok: true; readonly keeper: Entry['keeper'] } | Refusal;
  /** The other side proposes something, or draws on a line. */
  there(deal: ProposeDeal): Done | Refusal;
  /** A round makes debt under a line. `met`: the other side has made it too. */
  make(line: Facet<LineInside>, end: End, terms: Terms, met: boolean): void;
};

export type ProposalsOptions = {
  /** What names the pair. */
  readonly name: string;
  readonly pair: Facet<PairInside>;
  readonly standings: Facet<Standings>;
  readonly registry: Facet<RegistryInside>;
  readonly outcomes: DurableMap<string, unknown>;
};

type Beginning = {
  readonly kind: Kind;
  readonly end: End;
  readonly ours: boolean;
  readonly terms: Terms;
  readonly phase: 'proposed' | 'asked' | 'open';
  readonly line?: Facet<LineInside> | undefined;
  readonly met?: boolean;
};

/** Makes a half, and enters it wherever it is looked for. */
const begin = (
  { pair, standings, registry, outcomes }: Omit<ProposalsOptions, 'name'>,
  { kind, end, ours, terms, phase, line, met = true }: Beginning,
): Entry => {
  const key = registry.nextKey();
  const common = { key, terms, end, ours, pair, outcomes };
  const { origin, unit, amount, due, what } = terms;
  pair.record(`${kind}.${phase}`, { origin, end, unit, amount, due, what });
  const began = { key, origin, kind, end, unit, before: undefined };
  if (kind === 'line') {
    const { line: keeper, half } = makeLine(common);
    const entry = { inside: half, keeper };
    standings.enter(origin, entry);
    pair.moved({ ...began, after: { group: phase, amount: 0n } });
    return entry;
  }
  const { obligation: keeper, half } = makeObligation({ ...common, phase, line, met });
  const entry = { inside: half, keeper };
  standings.enter(origin, entry);
  pair.moved({ ...began, after: { group: phase, amount } });
  return entry;
};

const makeProposalsKit = defineActor({
  name: 'CounterpartyProposals',
  state: {
    name: M.string(),
    pair: typed<Facet<PairInside>>(M.remotable('pair')),
    standings: typed<Facet<Standings>>(M.remotable('standings')),
    registry: typed<Facet<RegistryInside>>(M.remotable('registry')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    /** How much the other side proposed today. */
    today: typed<OfDay>(M.record()),
  },
  init: (options: ProposalsOptions) => ({ ...options, today: { day: 0n, count: 0n } }),
  guards: { proposals: insideGuard('CounterpartyProposals') },
  facets: {
    proposals: {
      here(proposal: Proposal, requestId: string, on?: DrawnOn): ReturnType<Proposals['here']> {
        const { state } = this;
        const method = on === undefined ? 'propose' : `propose ${on.origin}`;
        return once(state.outcomes, method, requestId, () => {
          const { name, standings, registry, pair } = state;
          const { limits } = registry.parts();
          if (standings.counts().proposed >= limits.openProposals) return refuse('quota');
          const { kind, end, unit, amount, due, what } = proposal;
          const said = {
            // Whoever knows the request id could read its outcome.
            ...{ kind, end, requestId: hashOfText(requestId), unit, amount, due, what },
            ...(on === undefined ? {} : { line: on.origin }),
          };
          const origin = originOf(name, said);
          if (standings.has(origin)) return refuse('conflict');
          const terms = { origin, unit, amount, due, what };
          const beginning = { kind, end, ours: true, terms, phase: 'proposed' } as const;
          const { keeper } = begin(state, { ...beginning, line: on?.line });
          pair.say({ act: 'propose', origin, ...said });
          return { ok: true, keeper };
        });
      },
      there(deal: ProposeDeal): Done | Refusal {
        const { state } = this;
        const { name, registry, standings } = state;
        const { limits, clock } = registry.parts();
        const { act: _act, origin, ...proposal } = deal;
        const { kind, end: theirs, unit, amount, due, what, line: lineOrigin } = proposal;
        if (originOf(name, proposal) !== origin) return refuse('invalid');
        // Said again: it was taken, and what became of it was said.
        if (standings.has(origin)) return ok;
        // Whoever lends offers a line, and whoever borrows draws on it.
        if (kind === 'line' && lineOrigin !== undefined) return refuse('invalid');
        if ((kind === 'line' || lineOrigin !== undefined) && theirs !== 'from') {
          return refuse('invalid');
        }
        const today = oneMore(state.today, clock.now(), limits.proposalsPerDay);
        const { asked, open } = standings.counts();
        const isFull = asked >= limits.openProposals || open >= limits.open;
        if (today === undefined || isFull) return refuse('quota');
        const terms = { origin, unit, amount, due, what };
        const beginning = {
          kind,
          end: otherEnd(theirs),
          ours: false,
          terms,
          phase: 'asked',
        } as const;
        if (lineOrigin === undefined) {
          state.today = today;
          begin(state, beginning);
          return ok;
        }
        const inside = standings.get(lineOrigin)?.inside;
        if (inside?.kind() !== 'line') return refuse('invalid');
        // Its kind was looked at.
        const line = inside as Facet<LineInside>;
        const drawn = line.drawn(amount, due, unit);
        if (!drawn.ok) return drawn;
        state.today = today;
        const { keeper } = begin(state, { ...beginning, line });
        // The line is this side's consent.
        return (keeper as Facet<ObligationKeeper>).accept(`drawn ${origin}`);
      },
      make(line: Facet<LineInside>, end: End, terms: Terms, met: boolean): void {
        const beginning = { kind: 'obligation', end, ours: false, terms, phase: 'open' } as const;
        begin(this.state, { ...beginning, line, met });
      },
    },
  },
});

/** For a pair that has met. */
export const makeProposals = (options: ProposalsOptions): Facet<Proposals> =>
  makeProposalsKit(options).proposals;
