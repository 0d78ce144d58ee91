/** One ballot in one decision: a page with what can be said there (SPEC F15). Of its facets one is handed out. */
import { M } from '@endo/patterns';
import type { DurableMap, Evaluation, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type DrawParticipant, type Refusal, once, refuse } from '@pocas/vat-runtime/actors';
import type { DecisionInside, Seat } from './inside.ts';
import type { Answer, MethodName } from './methods/types.ts';
import {
  AdvicePaperI,
  AgreePaperI,
  ConsentPaperI,
  DrawPaperI,
  NumbersPaperI,
  RecordPaperI,
  TokenPaperI,
} from './paper-guards.ts';
import { severalOf } from './shown.ts';
import type { BlindKey, Done, PaperView } from './types.ts';

type Said = Done | Refusal;

const makePaperKit = defineActor({
  name: 'Paper',
  state: {
    decision: typed<Facet<DecisionInside>>(M.remotable('decision')),
    seat: typed<Facet<Seat>>(M.remotable('seat')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (decision: Facet<DecisionInside>, seat: Facet<Seat>) => ({
    decision,
    seat,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    inner: M.interface('PaperInner', {}, { defaultGuards: 'passable' }),
    consent: ConsentPaperI,
    agree: AgreePaperI,
    advice: AdvicePaperI,
    record: RecordPaperI,
    numbers: NumbersPaperI,
    draw: DrawPaperI,
    token: TokenPaperI,
  },
  facets: {
    /** Never handed out: what the others have in common. */
    inner: {
      view(): PaperView {
        const { decision, seat } = this.state;
        const proposal = decision.proposal();
        const { title, words, method } = proposal;
        const number = seat.number();
        return {
          title,
          words,
          until: decision.until(),
          acts: decision.acts(),
          ...severalOf(proposal),
          said: decision.said(number),
          voices: decision.voices(),
          decision: decision.public(),
          ...(method === 'advice' ? { isAsked: decision.isAsked(number) } : {}),
        };
      },
      say(answer: Answer, requestId: string): Said {
        const { decision, seat, outcomes } = this.state;
        return once<Said>(outcomes, 'say', requestId, () =>
          seat.isValid() ? decision.cast(seat.number(), seat.by(), answer) : refuse('revoked'),
        );
      },
    },
    consent: {
      view(): PaperView {
        return this.facets.inner.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.consent, this.state.decision);
      },
      consent(requestId: string): Said {
        return this.facets.inner.say({ stand: 'consent' }, requestId);
      },
      object(reason: string, requestId: string): Said {
        return this.facets.inner.say({ stand: 'objection', reason }, requestId);
      },
      standAside(reason: string, requestId: string): Said {
        return this.facets.inner.say({ stand: 'aside', reason }, requestId);
      },
    },
    agree: {
      view(): PaperView {
        return this.facets.inner.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.agree, this.state.decision);
      },
      agree(reason: string, requestId: string): Said {
        return this.facets.inner.say({ stand: 'agree', reason }, requestId);
      },
      disagree(reason: string, requestId: string): Said {
        return this.facets.inner.say({ stand: 'disagree', reason }, requestId);
      },
      abstain(requestId: string): Said {
        return this.facets.inner.say({ stand: 'abstain' }, requestId);
      },
    },
    advice: {
      view(): PaperView {
        return this.facets.inner.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.advice, this.state.decision);
      },
      advise(reason: string, requestId: string): Said {
        return this.facets.inner.say({ stand: 'advice', reason }, requestId);
      },
      askMe(requestId: string): Said {
        const { decision, seat, outcomes } = this.state;
        return once<Said>(outcomes, 'askMe', requestId, () =>
          seat.isValid() ? decision.askMe(seat.number()) : refuse('revoked'),
        );
      },
    },
    record: {
      view(): PaperView {
        return this.facets.inner.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.record, this.state.decision);
      },
      attest(requestId: string): Said {
        return this.facets.inner.say({ stand: 'attest' }, requestId);
      },
      contest(reason: string, requestId: string): Said {
        return this.facets.inner.say({ stand: 'contest', reason }, requestId);
      },
    },
    numbers: {
      view(): PaperView {
        return this.facets.inner.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.numbers, this.state.decision);
      },
      cast(numbers: readonly bigint[], requestId: string): Said {
        return this.facets.inner.say({ numbers }, requestId);
      },
      castText(numbers: string, requestId: string): Said {
        const parts = numbers.split(/[\s,;]+/).filter((part) => part !== '');
        if (parts.length > 12 || !parts.every((part) => /^[0-9]{1,4}$/.test(part)))
          return refuse('invalid');
        return this.facets.inner.say({ numbers: parts.map(BigInt) }, requestId);
      },
    },
    draw: {
      view(): PaperView {
        return this.facets.inner.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.draw, this.state.decision);
      },
      part(): Facet<DrawParticipant> | Refusal {
        const { decision, seat } = this.state;
        return seat.isValid() ? decision.part(seat.number()) : refuse('revoked');
      },
    },
    token: {
      view(): PaperView {
        return this.facets.inner.view();
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.token, this.state.decision);
      },
      key(): BlindKey {
        return this.state.decision.key(this.state.seat.number());
      },
      token(blinded: string): { readonly ok: true; readonly evaluation: Evaluation } | Refusal {
        const { decision, seat } = this.state;
        return seat.isValid() ? decision.token(seat.number(), blinded) : refuse('revoked');
      },
    },
  },
  readOnly: [
    ...['consent.changes', 'agree.changes', 'advice.changes', 'record.changes'],
    ...['numbers.changes', 'draw.changes', 'token.changes'],
  ],
});

const facetOf: { readonly [method in MethodName]: keyof ReturnType<typeof makePaperKit> } = {
  consent: 'consent',
  advice: 'advice',
  agree: 'agree',
  score: 'numbers',
  dot: 'numbers',
  ranked: 'numbers',
  record: 'record',
  sortition: 'draw',
};

/** The page of one ballot in one decision; undefined for a delegate where that could not be recalled. */
export type Paper = { view(): PaperView; changes(since?: string): Promise<string> };
export const makePaper = (
  decision: Facet<DecisionInside>,
  seat: Facet<Seat>,
): Facet<Paper> | undefined => {
  const { method, isBlind } = decision.proposal();
  // A blind ballot cannot be taken back, and whoever is drawn is drawn as the person that they are.
  const isOwn = isBlind === true || method === 'sortition';
  if (isOwn && seat.by() === 'delegate') return undefined;
  const kit = makePaperKit(decision, seat);
  return kit[isBlind === true ? 'token' : facetOf[method]] as Facet<Paper>;
};
