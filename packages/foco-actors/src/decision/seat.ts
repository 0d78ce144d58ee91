/**
 * Ways to speak with one ballot: the person's own page, and a delegate's. Each can be taken back; a delegate's by
 * one call of the person, which also takes out what the delegate has said where it is not yet decided.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import { BallotI, DelegationI } from './ballot-guards.ts';
import type { BallotKit, BodyHub, DelegationKit, Seat, Speaker } from './inside.ts';
import { type Paper, makePaper } from './papers.ts';
import { type ProposingFacet, makeProposing } from './proposing.ts';
import type {
  Ballot,
  BallotView,
  Delegated,
  DelegationView,
  Done,
  OpenItem,
  Opened,
  Proposal,
} from './types.ts';

const shownOpen = 20;
const shownDecided = 10;

const SeatI = M.interface('Seat', {
  number: M.call().returns(M.nat()),
  by: M.call().returns(M.or('self', 'delegate')),
  isValid: M.call().returns(M.boolean()),
  opened: M.call(M.nat()).returns(),
  end: M.call().returns(),
});

type Papers = DurableMap<bigint, Facet<Paper>>;

/** The decisions that are open in which this ballot takes part. */
const openItems = (hub: Facet<BodyHub>, number: bigint, papers: Papers): readonly OpenItem[] =>
  hub
    .openDecisions()
    .slice(0, shownOpen)
    .flatMap((decision) => {
      const paper = papers.get(decision);
      const kit = hub.decision(decision);
      if (paper === undefined || kit === undefined || !kit.inside.isOpen()) return [];
      const { inside } = kit;
      return [
        {
          title: inside.title(),
          until: inside.until(),
          said: inside.said(number),
          paper: paper as OpenItem['paper'],
        },
      ];
    });

const addPaper = (
  hub: Facet<BodyHub>,
  seat: Facet<Seat>,
  papers: Papers,
  decision: bigint,
): void => {
  const inside = hub.decision(decision)?.inside;
  if (inside === undefined || !inside.isOpen() || !inside.has(seat.number())) return;
  const paper = makePaper(inside, seat);
  if (paper !== undefined) papers.set(decision, paper);
};

const makeDelegationKit = defineActor({
  name: 'Delegation',
  state: {
    hub: typed<Facet<BodyHub>>(M.remotable('body')),
    number: M.nat(),
    instruction: M.string(),
    isEnded: M.boolean(),
    papers: typed<Papers>(M.any()),
  },
  init: (hub: Facet<BodyHub>, number: bigint, instruction: string) => ({
    hub,
    number,
    instruction,
    isEnded: false,
    papers: makeDurableMap<bigint, Facet<Paper>>(),
  }),
  guards: { seat: SeatI, delegation: DelegationI },
  facets: {
    seat: {
      number(): bigint {
        return this.state.number;
      },
      by(): Speaker {
        return 'delegate';
      },
      isValid(): boolean {
        return !this.state.isEnded;
      },
      opened(decision: bigint): void {
        const { hub, papers } = this.state;
        addPaper(hub, this.facets.seat, papers, decision);
      },
      end(): void {
        const { hub, number, isEnded } = this.state;
        if (isEnded) return;
        this.state.isEnded = true;
        for (const decision of hub.openDecisions()) hub.decision(decision)?.inside.uncast(number);
      },
    },
    delegation: {
      view(): DelegationView {
        const { hub, number, instruction, isEnded, papers } = this.state;
        return {
          body: hub.name(),
          of: hub.nameOf(number),
          instruction,
          isRecalled: isEnded,
          open: isEnded ? [] : openItems(hub, number, papers),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.delegation, this.state.hub);
      },
    },
  },
  readOnly: ['delegation.changes'],
});

const makeDelegation = (
  hub: Facet<BodyHub>,
  number: bigint,
  instruction: string,
): DelegationKit => {
  const { seat, delegation } = makeDelegationKit(hub, number, instruction);
  for (const decision of hub.openDecisions()) seat.opened(decision);
  return { seat, delegation };
};

const makeBallotKit = defineActor({
  name: 'Ballot',
  state: {
    hub: typed<Facet<BodyHub>>(M.remotable('body')),
    number: M.nat(),
    isEnded: M.boolean(),
    papers: typed<Papers>(M.any()),
    proposing: typed<DurableMap<bigint, ProposingFacet>>(M.any()),
    delegation: typed<DelegationKit | undefined>(M.opt(M.record())),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (hub: Facet<BodyHub>, number: bigint) => ({
    hub,
    number,
    isEnded: false,
    papers: makeDurableMap<bigint, Facet<Paper>>(),
    proposing: makeDurableMap<bigint, ProposingFacet>(),
    delegation: undefined,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    seat: SeatI,
    ballot: BallotI,
    inner: M.interface('BallotInner', {
      begin: M.call().returns(),
      propose: M.call(M.record(), M.string()).returns(M.or(M.record(), M.promise())),
    }),
  },
  facets: {
    seat: {
      number(): bigint {
        return this.state.number;
      },
      by(): Speaker {
        return 'self';
      },
      isValid(): boolean {
        return !this.state.isEnded;
      },
      opened(decision: bigint): void {
        const { hub, papers, delegation } = this.state;
        addPaper(hub, this.facets.seat, papers, decision);
        delegation?.seat.opened(decision);
      },
      /** A device that was lost: neither it nor whom it may have let speak goes on. What was said stays. */
      end(): void {
        this.state.isEnded = true;
        this.state.delegation?.seat.end();
        this.state.delegation = undefined;
      },
    },
    ballot: {
      view(): BallotView {
        const { hub, number, papers, proposing, delegation, isEnded } = this.state;
        const mine = hub.openOf(number).slice(0, shownOpen);
        return {
          body: hub.name(),
          name: hub.nameOf(number),
          open: isEnded ? [] : openItems(hub, number, papers),
          ...(isEnded || mine.length === 0
            ? {}
            : {
                mine: mine.map((one) => {
                  const { inside, care } = hub.decision(one)!;
                  return { title: inside.title(), care };
                }),
              }),
          decided: hub
            .endedDecisions()
            .slice(0, shownDecided)
            .map((one) => {
              const { inside, decisionPublic } = hub.decision(one)!;
              return { title: inside.title(), outcome: inside.ending(), decision: decisionPublic };
            }),
          proposing: isEnded
            ? []
            : [...proposing.entries()].map(([at, form]) => ({ about: hub.aboutOf(at), form })),
          ...(delegation === undefined ? {} : { delegation: delegation.delegation }),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.ballot, this.state.hub);
      },
      propose(proposal: Proposal, requestId: string): Promise<Opened | Refusal> | Opened | Refusal {
        return this.facets.inner.propose(proposal, requestId);
      },
      proposeText(title: string, words: string, requestId: string) {
        return this.facets.inner.propose(
          { title, words, method: 'consent', alternatives: [{ words: title }] },
          requestId,
        );
      },
      proposeVote(title: string, words: string, requestId: string) {
        return this.facets.inner.propose(
          { title, words, method: 'agree', alternatives: [{ words: title }] },
          requestId,
        );
      },
      proposeChoice(title: string, text: string, requestId: string) {
        const alternatives = text
          .split('\n')
          .map((words) => ({ words: words.trim().slice(0, 500) }))
          .filter(({ words }) => words !== '');
        return this.facets.inner.propose(
          { title, words: '', method: 'ranked', alternatives },
          requestId,
        );
      },
      delegate(instruction: string, requestId: string): Delegated | Refusal {
        const { state } = this;
        return once<Delegated | Refusal>(state.outcomes, 'delegate', requestId, () => {
          if (state.isEnded) return refuse('revoked');
          state.delegation?.seat.end();
          const kit = makeDelegation(state.hub, state.number, instruction);
          state.delegation = kit;
          const { delegation } = kit;
          return { ok: true, delegation, goto: delegation };
        });
      },
      recall(requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done | Refusal>(state.outcomes, 'recall', requestId, () => {
          if (state.isEnded) return refuse('revoked');
          if (state.delegation === undefined) return refuse('closed');
          state.delegation.seat.end();
          state.delegation = undefined;
          return { ok: true };
        });
      },
    },
    inner: {
      begin(): void {
        const { hub, proposing } = this.state;
        for (let at = 0n; at < hub.actsCount(); at += 1n)
          proposing.set(at, makeProposing(hub, at, this.facets.inner));
        for (const decision of hub.openDecisions()) this.facets.seat.opened(decision);
      },
      propose(proposal: Proposal, requestId: string): Promise<Opened | Refusal> | Opened | Refusal {
        const { hub, number, outcomes, isEnded } = this.state;
        if (isEnded) return refuse('revoked');
        const known = once<bigint | Refusal>(outcomes, 'propose', requestId, () => {
          const made = hub.propose(number, proposal);
          return made.ok ? made.kit.inside.number() : made;
        });
        return typeof known === 'bigint' ? hub.outcomeOf(known) : known;
      },
    },
  },
  readOnly: ['ballot.changes'],
});

/** Makes a person's ballot, also in the place of one that was taken back. */
export const makeBallot = (hub: Facet<BodyHub>, number: bigint): BallotKit => {
  const { seat, ballot, inner } = makeBallotKit(hub, number);
  inner.begin();
  return { seat, ballot: ballot as Facet<Ballot> };
};
