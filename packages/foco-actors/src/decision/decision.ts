/**
 * One decision (SPEC F15): its electorate is frozen when it opens, each ballot has one answer, and where it carries
 * the place is asked for a mandate that can do exactly what was agreed.
 *
 * Phases: `drafting` until each place has said what a wish would do, then `open` until its time is over, then
 * `counted`. The text never changes: a changed proposal is another decision.
 */
import { M, matches } from '@endo/patterns';
import type {
  DurableMap,
  DurableSet,
  Evaluation,
  Facet,
  SendFailure,
  Text,
} from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  makeDurableMap,
  makeDurableSet,
  send,
  sha256,
  typed,
} from '@pocas/vat-runtime';
import {
  type DrawParticipant,
  type DrawPublic,
  type Drafted,
  type Granted,
  type Mandate,
  type MandateTerms,
  type Refusal,
  type RefusalCode,
  TextShape,
  minuteOf,
  once,
  refuse,
} from '@pocas/vat-runtime/actors';
import { blindKey, evaluateFor, isToken } from './blind.ts';
import { makeBlindBox } from './blind-box.ts';
import { DecisionAnswersI, DecisionInsideI, DecisionPublicI } from './decision-guards.ts';
import type {
  BlindInside,
  BodyHub,
  DecisionInside,
  DecisionKit,
  ElectorRow,
  Speaker,
} from './inside.ts';
import { settleAt } from './later.ts';
import { panelOf, startLot } from './lot.ts';
import { makeProposalCare } from './care.ts';
import { methods, recount } from './methods/recount.ts';
import type { Answer, Result, Rules } from './methods/types.ts';
import { readRefusal } from './shapes.ts';
import type {
  BlindBox,
  BlindKey,
  DecisionPhase,
  DecisionPublic,
  DecisionView,
  Done,
  Elector,
  Ending,
  Opened,
  Proposal,
  Voice,
} from './types.ts';
import {
  ballotsOf,
  constituencies,
  endingOf,
  fetched,
  groundsOf,
  isSame,
  nothingYet,
  placeOf,
  saidOf,
  viewOf,
  voicesOf,
} from './shown.ts';

type Cast = { readonly answer: Answer; readonly by: Speaker };
type MandateState = 'none' | 'underWay' | 'granted' | 'refused';
const shown = 30;
/** How many ballots one answer holds: with long reasons too. */
const atOnce = 50;

const DraftedShape = M.splitRecord({ ok: true, words: TextShape });
const GrantedShape = M.splitRecord({ ok: true, mandate: M.remotable('mandate') });

const makeElectorKit = defineActor({
  name: 'Elector',
  state: { name: M.string() },
  init: (name: string) => ({ name }),
  guards: { elector: M.interface('Elector', { name: M.call().returns(M.string()) }) },
  facets: {
    elector: {
      name(): string {
        return this.state.name;
      },
    },
  },
});
export const makeElector = (name: string): Facet<Elector> => makeElectorKit(name).elector;

const makeDecisionKit = defineActor({
  name: 'Decision',
  state: {
    number: M.nat(),
    hub: typed<Facet<BodyHub>>(M.remotable('body')),
    by: M.nat(),
    proposal: typed<Proposal>(M.record()),
    replaces: M.nat(),
    phase: typed<DecisionPhase>(M.string()),
    /** What each alternative would do, as its place says it. */
    drafts: typed<DurableMap<bigint, Text>>(M.any()),
    refusal: typed<RefusalCode | undefined>(M.opt(M.string())),
    electorate: typed<DurableMap<bigint, ElectorRow>>(M.any()),
    casts: typed<DurableMap<bigint, Cast>>(M.any()),
    asked: typed<DurableSet<bigint>>(M.any()),
    /** Of blind decisions: the elements that were evaluated, by elector; and what was cast, by input. */
    tokens: typed<DurableMap<bigint, string>>(M.any()),
    blind: typed<DurableMap<string, { readonly constituency: string; readonly answer: Answer }>>(
      M.any(),
    ),
    box: typed<Facet<BlindBox> | undefined>(M.opt(M.remotable('box'))),
    draw: typed<Facet<DrawPublic> | undefined>(M.opt(M.remotable('draw'))),
    parts: typed<DurableMap<bigint, Facet<DrawParticipant>>>(M.any()),
    panel: typed<readonly string[]>(M.arrayOf(M.string())),
    rules: typed<Rules | undefined>(M.opt(M.record())),
    opened: M.nat(),
    closes: M.nat(),
    timer: M.nat(),
    result: typed<Result | undefined>(M.opt(M.record())),
    mandateState: typed<MandateState>(M.string()),
    mandate: typed<Facet<Mandate> | undefined>(M.opt(M.remotable('mandate'))),
    attempt: M.nat(),
    terms: typed<MandateTerms | undefined>(M.opt(M.record())),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (
    number: bigint,
    hub: Facet<BodyHub>,
    by: bigint,
    proposal: Proposal,
    replaces: bigint,
  ) => ({
    number,
    hub,
    by,
    proposal,
    replaces,
    phase: 'drafting' as DecisionPhase,
    drafts: makeDurableMap<bigint, Text>(),
    refusal: undefined,
    electorate: makeDurableMap<bigint, ElectorRow>(),
    casts: makeDurableMap<bigint, Cast>(),
    asked: makeDurableSet<bigint>(),
    tokens: makeDurableMap<bigint, string>(),
    blind: makeDurableMap<string, { constituency: string; answer: Answer }>(),
    box: undefined,
    draw: undefined,
    parts: makeDurableMap<bigint, Facet<DrawParticipant>>(),
    panel: [],
    rules: undefined,
    opened: 0n,
    closes: 0n,
    timer: 0n,
    result: undefined,
    mandateState: 'none' as MandateState,
    mandate: undefined,
    attempt: 1n,
    terms: undefined,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: {
    decisionPublic: DecisionPublicI,
    inside: DecisionInsideI,
    answers: DecisionAnswersI,
    inner: M.interface('DecisionInner', {}, { defaultGuards: 'passable' }),
    sleeper: M.interface('DecisionSleeper', { wake: M.call(M.any(), M.bigint()).returns() }),
  },
  facets: {
    decisionPublic: {
      view(): DecisionView {
        return viewOf(this.state);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.decisionPublic);
      },
      electorate(from: bigint): ReturnType<DecisionPublic['electorate']> {
        return [...this.state.electorate.entries({ from, limit: 100 })].map(
          ([number, { name, constituency }]) => ({ number, name, constituency }),
        );
      },
      published(): ReturnType<DecisionPublic['published']> {
        if (this.state.phase !== 'counted') return refuse('notYet');
        return { ok: true, published: groundsOf(this.state) };
      },
      ballots(after: string): ReturnType<DecisionPublic['ballots']> {
        if (this.state.phase !== 'counted') return refuse('notYet');
        return { ok: true, ballots: ballotsOf(this.state, after, atOnce) };
      },
      askAgain(requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done | Refusal>(state.outcomes, 'askAgain', requestId, () => {
          if (state.mandateState !== 'refused') return refuse('closed');
          state.attempt += 1n;
          state.terms = undefined;
          this.facets.inner.askMandate();
          return { ok: true };
        });
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      begin(): void {
        const { inner } = this.facets;
        const { hub, proposal } = this.state;
        proposal.alternatives.forEach(({ wish: actWish }, at) => {
          if (actWish === undefined || this.state.phase !== 'drafting') return;
          const { acts: actsNumber, wish } = actWish;
          const acts = hub.acts(actsNumber);
          if (acts === undefined) return inner.refused('unsupported');
          const alternative = BigInt(at);
          if (typeof acts.draft === 'function') return inner.drafted(acts.draft(wish), alternative);
          send(acts, 'draft', [wish], {
            then: this.facets.answers,
            ctx: { what: 'draft', alternative },
          });
        });
        inner.openWhenDrafted();
      },
      opening(): Opened | Refusal | undefined {
        const { phase, refusal } = this.state;
        if (phase === 'drafting') return undefined;
        if (phase === 'refused') return refuse(refusal!);
        const decision = this.facets.decisionPublic as unknown as Facet<DecisionPublic>;
        return { ok: true, decision, goto: decision };
      },
      public(): Facet<DecisionPublic> {
        return this.facets.decisionPublic as unknown as Facet<DecisionPublic>;
      },
      title(): string {
        return this.state.proposal.title;
      },
      until(): string {
        return minuteOf(this.state.closes);
      },
      ending(): Ending {
        return endingOf(this.state)!;
      },
      proposal(): Proposal {
        return this.state.proposal;
      },
      isOpen(): boolean {
        return this.state.phase === 'open';
      },
      has(elector: bigint): boolean {
        return this.state.electorate.has(elector);
      },
      cast(elector: bigint, by: Speaker, answer: Answer): Done | Refusal {
        const { phase, hub, closes, electorate, proposal, casts, rules } = this.state;
        if (phase !== 'open') return refuse('closed');
        // The timer may come later than the time: what comes after it is late all the same.
        if (hub.clock().now() >= closes) return refuse('expired');
        if (!electorate.has(elector) || proposal.isBlind === true) return refuse('unsupported');
        const way = methods[proposal.method];
        if (answer.stand === 'decide') return refuse('unsupported');
        if (!way.isAnswer(answer, rules!, BigInt(proposal.alternatives.length)))
          return refuse('invalid');
        if (by === 'delegate' && casts.get(elector)?.by === 'self') return refuse('conflict');
        casts.set(elector, { answer, by });
        const { inner } = this.facets;
        inner.touch();
        inner.closeIfAllConsent();
        return { ok: true };
      },
      uncast(elector: bigint): void {
        const { phase, casts } = this.state;
        if (phase !== 'open' || casts.get(elector)?.by !== 'delegate') return;
        casts.delete(elector);
        this.facets.inner.touch();
      },
      said(elector: bigint): Text {
        const { casts, tokens, proposal } = this.state;
        if (proposal.isBlind === true) return tokens.has(elector) ? fetched : nothingYet;
        const cast = casts.get(elector);
        return cast === undefined ? nothingYet : saidOf(cast.answer);
      },
      isAsked(elector: bigint): boolean {
        return this.state.asked.has(elector);
      },
      askMe(elector: bigint): Done | Refusal {
        const { phase, asked, proposal } = this.state;
        if (proposal.method !== 'advice') return refuse('unsupported');
        if (phase !== 'open') return refuse('closed');
        asked.add(elector);
        this.facets.inner.touch();
        return { ok: true };
      },
      key(elector: bigint): BlindKey {
        const { hub, number, electorate } = this.state;
        return blindKey(hub, number, electorate.get(elector)!.constituency);
      },
      token(
        elector: bigint,
        blinded: string,
      ): { readonly ok: true; readonly evaluation: Evaluation } | Refusal {
        const { phase, electorate, tokens, hub, number } = this.state;
        if (phase !== 'open') return refuse('closed');
        const row = electorate.get(elector);
        if (row === undefined) return refuse('unsupported');
        const before = tokens.get(elector);
        if (before !== undefined && before !== blinded) return refuse('claimed');
        const answer = evaluateFor(hub, number, row.constituency, blinded);
        if (answer.ok) tokens.set(elector, blinded);
        return answer;
      },
      blindKeys(): ReturnType<BlindInside['blindKeys']> {
        const { hub, number } = this.state;
        return constituencies(this.state).map(({ constituency }) => ({
          constituency,
          ...blindKey(hub, number, constituency),
        }));
      },
      blindCast(
        constituency: string,
        input: string,
        output: string,
        answer: Answer,
      ): Done | Refusal {
        const { hub, number, blind, proposal, rules, phase } = this.state;
        // By the phase alone: whoever comes here is told no time (`unlinked`).
        if (phase !== 'open') return refuse('closed');
        if (constituencies(this.state).every((one) => one.constituency !== constituency))
          return refuse('invalid');
        if (!isToken(hub, number, constituency, input, output)) return refuse('invalid');
        const way = methods[proposal.method];
        if (!way.isAnswer(answer, rules!, BigInt(proposal.alternatives.length)))
          return refuse('invalid');
        const before = blind.get(input);
        if (before !== undefined)
          return isSame(before.answer, answer) ? { ok: true } : refuse('conflict');
        blind.set(input, { constituency, answer });
        return { ok: true };
      },
      part(elector: bigint): Facet<DrawParticipant> {
        const part = this.state.parts.get(elector);
        if (part === undefined) throw new RangeError('This person is not in the draw');
        return part;
      },
      phase(): DecisionPhase {
        return this.state.phase;
      },
      electors(): ReturnType<DecisionInside['electors']> {
        const { electorate, asked } = this.state;
        return [...electorate.entries({ limit: shown })].map(([number, { name, elector }]) => ({
          name,
          isAsked: asked.has(number),
          elector,
        }));
      },
      ask(elector: Facet<Elector>): Done | Refusal {
        const { phase, proposal, electorate, asked } = this.state;
        if (proposal.method !== 'advice') return refuse('unsupported');
        if (phase !== 'open') return refuse('closed');
        const found = [...electorate.entries()].find(([, row]) => row.elector === elector);
        if (found === undefined) return refuse('invalid');
        asked.add(found[0]);
        this.facets.inner.touch();
        return { ok: true };
      },
      decide(reason: string): Done | Refusal {
        const { proposal, phase, asked, casts, by, opened, closes, hub } = this.state;
        if (proposal.method !== 'advice') return refuse('unsupported');
        if (phase !== 'open') return refuse('closed');
        if (reason.trim() === '') return refuse('invalid');
        const others = [...asked.values()].filter((number) => number !== by);
        const isAnswered = others.every((number) => casts.has(number));
        // The time to answer is over before the decision is: the proposer has as long again.
        const isOver = hub.clock().now() >= opened + (closes - opened) / 2n;
        if (others.length === 0 || !(isAnswered || isOver)) return refuse('notYet');
        casts.set(by, { answer: { stand: 'decide', reason }, by: 'self' });
        this.facets.inner.close();
        return { ok: true };
      },
      withdraw(): Done | Refusal {
        if (this.state.phase !== 'open') return refuse('closed');
        this.facets.inner.end('withdrawn');
        return { ok: true };
      },
      voices(): readonly Voice[] {
        return voicesOf(this.state);
      },
      acts(): readonly Text[] {
        return [...this.state.drafts.values()];
      },
    },
    inner: {
      touch(): void {
        this.state.hub.touch();
      },
      refused(code: RefusalCode): void {
        const { state } = this;
        if (state.phase !== 'drafting') return;
        state.phase = 'refused';
        state.refusal = code;
        state.hub.ended(state.number);
        settleAt(placeOf(state.hub, state.number), refuse(code));
      },
      drafted(answer: Drafted | Refusal, alternative: bigint): void {
        if (this.state.phase !== 'drafting') return;
        if (matches(answer, DraftedShape))
          this.state.drafts.set(alternative, (answer as Drafted).words);
        else this.facets.inner.refused(readRefusal(answer).code);
      },
      openWhenDrafted(): void {
        const { state } = this;
        const { proposal, hub, number, drafts } = state;
        if (state.phase !== 'drafting') return;
        const wanted = proposal.alternatives.filter(({ wish }) => wish !== undefined).length;
        if (drafts.size() < wanted) return;
        for (const [elector, row] of hub.electors()) state.electorate.set(elector, row);
        state.rules = hub.rules();
        state.phase = 'open';
        const now = hub.clock().now();
        const { open } = hub.times();
        state.opened = now;
        // Whoever decides after advice has as long again once the time to answer is over.
        state.closes = now + (proposal.method === 'advice' ? 2n * open : open);
        state.timer = hub.timer().wakeAt(state.closes, this.facets.sleeper, {});
        const { decisionPublic } = this.facets;
        if (proposal.isBlind === true)
          state.box = makeBlindBox(this.facets.inside as unknown as Facet<BlindInside>);
        if (proposal.method === 'sortition') this.facets.inner.startDraw(open);
        hub.record(
          'decision opened',
          { decision: number, title: proposal.title, electors: BigInt(state.electorate.size()) },
          'P1',
        );
        hub.opened(number);
        const decision = decisionPublic as unknown as Facet<DecisionPublic>;
        settleAt(placeOf(hub, number), { ok: true, decision, goto: decision });
      },
      startDraw(open: bigint): void {
        const { hub, electorate, parts, proposal } = this.state;
        const { draw, parts: made } = startLot(hub, proposal.title, open, electorate);
        this.state.draw = draw;
        for (const [number, part] of made) parts.set(number, part);
      },
      /** Where everybody has spoken and nobody objects, nothing more can come. */
      closeIfAllConsent(): void {
        const { proposal, casts, electorate } = this.state;
        if (proposal.method !== 'consent' || casts.size() < electorate.size()) return;
        if ([...casts.values()].some(({ answer }) => answer.stand === 'objection')) return;
        this.facets.inner.close();
      },
      close(): void {
        const { state } = this;
        const { hub, number, proposal } = state;
        if (proposal.method === 'sortition') return this.facets.inner.endDraw();
        state.result = recount({ ...groundsOf(state), ballots: ballotsOf(state) });
        const { outcome, winner } = state.result;
        this.facets.inner.end('counted');
        const wish = winner === undefined ? undefined : proposal.alternatives[Number(winner)]?.wish;
        hub.record('decision', { decision: number, outcome }, 'P1');
        if (outcome === 'carried' && wish !== undefined) this.facets.inner.askMandate();
      },
      endDraw(): void {
        const { state } = this;
        const drawn = state.draw!.result();
        if (!drawn.ok && drawn.code === 'notYet') {
          // A round began anew without those who promised and did not show.
          state.closes = state.hub.clock().now() + state.hub.times().open / 14n;
          state.timer = state.hub.timer().wakeAt(state.closes, this.facets.sleeper, {});
          return;
        }
        if (drawn.ok)
          state.panel = panelOf(drawn.result, state.electorate, state.proposal.seats ?? 1n);
        this.facets.inner.end('counted');
      },
      end(phase: DecisionPhase): void {
        const { state } = this;
        state.hub.timer().cancel(state.timer);
        state.phase = phase;
        state.hub.ended(state.number);
      },
      askMandate(): void {
        const { state } = this;
        const { hub, proposal, result, attempt, number } = state;
        const { acts: actsNumber, wish } = proposal.alternatives[Number(result!.winner)]!.wish!;
        const acts = hub.acts(actsNumber)!;
        const { wait, good } = hub.times();
        const notBefore = hub.clock().now() + wait;
        state.terms ??= { notBefore, expires: notBefore + good };
        state.mandateState = 'underWay';
        state.refusal = undefined;
        // Hard to guess and the same for each try, so that a message that was lost is not a second mandate.
        const id = sha256(hub.derive(`mandate\n${number}\n${attempt}`));
        if (typeof acts.mandate === 'function')
          this.facets.inner.granted(acts.mandate(wish, state.terms, id));
        else
          send(acts, 'mandate', [wish, state.terms, id], {
            then: this.facets.answers,
            ctx: { what: 'mandate', alternative: 0n },
          });
      },
      granted(answer: Granted | Refusal): void {
        const { state } = this;
        if (matches(answer, GrantedShape)) {
          state.mandate = (answer as Granted).mandate;
          state.mandateState = 'granted';
          state.hub.record('mandate', { decision: state.number }, 'P1');
        } else {
          state.mandateState = 'refused';
          state.refusal = readRefusal(answer).code;
        }
        this.facets.inner.touch();
      },
    },
    answers: {
      fulfilled(answer: unknown, { what, alternative }: Ctx): void {
        const { inner } = this.facets;
        // The casts hold for places that keep to the convention; any other answer is looked at there.
        if (what === 'mandate') return inner.granted(answer as Granted | Refusal);
        inner.drafted(answer as Drafted | Refusal, alternative);
        inner.openWhenDrafted();
      },
      rejected({ code }: SendFailure, { what }: Ctx): void {
        const { inner } = this.facets;
        const why = failures[code] ?? 'invalid';
        if (what === 'draft') return inner.refused(why);
        // Nobody knows whether it was made: the same request answers the same mandate.
        if (code === 'unknown') return inner.askMandate();
        inner.granted(refuse(why));
      },
    },
    sleeper: {
      wake(_ctx: unknown, _at: bigint): void {
        const { phase, hub, closes } = this.state;
        if (phase !== 'open') return;
        // A clock that was set back: it is woken again when the time has really come.
        if (hub.clock().now() < closes)
          this.state.timer = hub.timer().wakeAt(closes, this.facets.sleeper, {});
        else this.facets.inner.close();
      },
    },
  },
  readOnly: ['decisionPublic.changes'],
});

type Ctx = { readonly what: 'draft' | 'mandate'; readonly alternative: bigint };
/** What a failure of the way to a place means. */
const failures: { readonly [code in SendFailure['code']]?: RefusalCode } = {
  expired: 'expired',
  gone: 'revoked',
  unsupported: 'unsupported',
  unknown: 'stale',
};
/** Makes a decision; `begin` of its inside asks the places and opens it. */
export const makeDecision = (
  number: bigint,
  hub: Facet<BodyHub>,
  by: bigint,
  proposal: Proposal,
  replaces: bigint,
): DecisionKit => {
  const made = makeDecisionKit(number, hub, by, proposal, replaces);
  // The casts say what the guards of these hold to.
  const inside = made.inside as unknown as Facet<DecisionInside>;
  const decisionPublic = made.decisionPublic as unknown as Facet<DecisionPublic>;
  return { decisionPublic, inside, care: makeProposalCare(hub, inside, by) };
};
