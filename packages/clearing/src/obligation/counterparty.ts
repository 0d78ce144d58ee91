/**
 * Another poca, as this one knows it: what both owe each other, and the desk by which they speak.
 *
 * Two pocas meet once: one's introduction is answered by the other's desk, and each then holds the desk
 * of the other. Nobody else does, so what comes to a desk is said by the other side, and can touch
 * nothing but what is shared with it.
 */
import { M, matches } from '@endo/patterns';
import type { DurableMap, DurableSet, Facet, SendFailure } from '@pocas/vat-runtime';
import {
  changed,
  defineActor,
  makeDurableMap,
  makeDurableSet,
  send,
  typed,
} from '@pocas/vat-runtime';
import type { Receipt, Refusal, RefusalCode } from '@pocas/vat-runtime/actors';
import { once, receipt, refuse } from '@pocas/vat-runtime/actors';
import type { Own } from './compare.ts';
import { differenceOf, isPage } from './compare.ts';
import { CounterpartyI, DeskI, IntroductionI, TalkI } from './counterparty-guards.ts';
import type {
  DealInside,
  LineInside,
  ObligationInside,
  PairInside,
  RegistryInside,
} from './inside.ts';
import { insideGuard } from './inside.ts';
import { makeLine } from './line.ts';
import type { ObligationLimits } from './limits.ts';
import { day } from './limits.ts';
import type { AnyDeal, ProposeDeal } from './messages.ts';
import { dealOf } from './messages.ts';
import { makeObligation } from './obligation.ts';
import { HashShape, hashOfText, isHash, originOf, otherEnd, pairOf } from './terms.ts';
import type {
  ComparePhase,
  CounterpartyInside,
  CounterpartyKeeper,
  CounterpartyPhase,
  CounterpartyView,
  Deal,
  Desk,
  Difference,
  Done,
  End,
  Introduction,
  Kind,
  LineKeeper,
  Listener,
  ObligationKeeper,
  SharedState,
  Terms,
} from './types.ts';
import { isSmall } from './weigh.ts';

const ok: Done = { ok: true };
/** Of each list on a page. */
const shown = 50;
/** States in one message. */
const pageSize = 100;
/** Pages of one comparison, and differences that are kept of it. */
const maxPages = 10_000n;
const maxDifferences = 100;

type Entry = {
  readonly inside: Facet<DealInside>;
  readonly keeper: Facet<ObligationKeeper> | Facet<LineKeeper>;
};
type Met = { readonly desk: Facet<Desk>; readonly nonce: string; readonly pair: string };

const MetShape = M.splitRecord({
  ok: true,
  desk: M.remotable('desk'),
  nonce: HashShape,
  pair: HashShape,
});

/** How often something was done on a day. */
type OfDay = { readonly day: bigint; readonly count: bigint };

/** One more today, or nothing where that would be more than `limit`. */
const oneMore = (before: OfDay, now: bigint, limit: bigint): OfDay | undefined => {
  const today = now / day;
  const count = before.day === today ? before.count : 0n;
  return count >= limit ? undefined : { day: today, count: count + 1n };
};

export type CounterpartyOptions = {
  readonly number: bigint;
  readonly label: string;
  readonly nonce: string;
  readonly phase: 'introduced' | 'meeting';
  readonly registry: Facet<RegistryInside>;
};

type Proposal = Omit<Terms, 'origin'> & { readonly kind: Kind; readonly end: End };

const makeKit = defineActor({
  name: 'Counterparty',
  state: {
    number: M.nat(),
    label: M.string(),
    /** What this side adds to the name of the pair. */
    nonce: M.string(),
    phase: typed<CounterpartyPhase>(M.or('introduced', 'meeting', 'met', 'failed')),
    met: typed<Met | undefined>(M.opt(M.record())),
    paused: M.boolean(),
    trouble: M.boolean(),
    registry: typed<Facet<RegistryInside>>(M.remotable('registry')),
    deals: typed<DurableMap<string, Entry>>(M.any()),
    asked: typed<DurableMap<bigint, Facet<DealInside>>>(M.any()),
    proposed: typed<DurableMap<bigint, Facet<DealInside>>>(M.any()),
    open: typed<DurableMap<bigint, Facet<DealInside>>>(M.any()),
    lines: typed<DurableMap<bigint, Facet<DealInside>>>(M.any()),
    balances: typed<DurableMap<string, { readonly weOwe: bigint; readonly theyOwe: bigint }>>(
      M.any(),
    ),
    listeners: typed<DurableMap<string, Facet<Listener>>>(M.any()),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
    proposals: typed<OfDay>(M.record()),
    comparisons: typed<OfDay>(M.record()),
    compared: typed<ComparePhase>(M.or('never', 'asked', 'done', 'failed')),
    /** The last origin of the pages that came, and how many came. */
    comparedTo: M.string(),
    comparedPages: M.nat(),
    differences: typed<readonly Difference[]>(M.any()),
    /** Of what something was said since the other side was asked. */
    spoken: typed<DurableSet<string>>(M.any()),
    /** How often something of it changed. It lets a page wait for the next time. */
    moves: M.nat(),
  },
  init: ({ number, label, nonce, phase, registry }: CounterpartyOptions) => ({
    number,
    label,
    nonce,
    phase: phase as CounterpartyPhase,
    met: undefined,
    paused: false,
    trouble: false,
    registry,
    deals: makeDurableMap<string, Entry>(),
    asked: makeDurableMap<bigint, Facet<DealInside>>(),
    proposed: makeDurableMap<bigint, Facet<DealInside>>(),
    open: makeDurableMap<bigint, Facet<DealInside>>(),
    lines: makeDurableMap<bigint, Facet<DealInside>>(),
    balances: makeDurableMap<string, { readonly weOwe: bigint; readonly theyOwe: bigint }>(),
    listeners: makeDurableMap<string, Facet<Listener>>(),
    outcomes: makeDurableMap<string, unknown>(),
    proposals: { day: 0n, count: 0n },
    comparisons: { day: 0n, count: 0n },
    compared: 'never' as ComparePhase,
    comparedTo: '',
    comparedPages: 0n,
    differences: [] as readonly Difference[],
    spoken: makeDurableSet<string>(),
    moves: 0n,
  }),
  guards: {
    keeper: CounterpartyI,
    introduction: IntroductionI,
    desk: DeskI,
    inside: TalkI,
    pair: insideGuard('PairInside'),
    meeting: insideGuard('Meeting'),
    replies: insideGuard('Replies'),
    comparing: insideGuard('Comparing'),
    steps: insideGuard('CounterpartySteps'),
  },
  facets: {
    keeper: {
      view(): CounterpartyView {
        const { state } = this;
        const { label, phase, met, paused, trouble, compared, differences } = state;
        const items = (map: DurableMap<bigint, Facet<DealInside>>): object[] =>
          [...map.values({ reverse: true, limit: shown })].map((one) => one.item());
        return {
          ...{ label, phase, paused, trouble, compared },
          code: met?.pair.slice(0, 20) ?? '',
          balances: [...state.balances.entries({ limit: shown })].map(([unit, both]) => ({
            unit,
            ...both,
          })),
          asked: items(state.asked),
          open: items(state.open),
          lines: items(state.lines),
          proposed: items(state.proposed),
          differences: differences.map(({ origin, what, kind, here, there }) => ({
            ...{ origin, what, kind },
            here: here?.amount ?? 0n,
            there: there?.amount ?? 0n,
          })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.keeper);
      },
      introduction(): Facet<Introduction> | undefined {
        return this.state.phase === 'introduced' ? this.facets.introduction : undefined;
      },
      propose(
        end: End,
        amount: bigint,
        unit: string,
        due: bigint,
        what: string,
        requestId: string,
      ): ReturnType<CounterpartyKeeper['propose']> {
        const proposal: Proposal = { kind: 'obligation', end, unit, amount, due, what };
        const made = this.facets.steps.propose(proposal, requestId);
        // A proposal of this kind makes one of this kind.
        return made.ok ? { ok: true, obligation: made.keeper as Facet<ObligationKeeper> } : made;
      },
      weOwe(
        amount: bigint,
        unit: string,
        days: bigint,
        what: string,
        requestId: string,
      ): Done | Refusal {
        const { keeper, steps } = this.facets;
        const made = keeper.propose(
          'from',
          amount,
          unit,
          steps.dueIn(days, requestId),
          what,
          requestId,
        );
        return made.ok ? ok : made;
      },
      theyOwe(
        amount: bigint,
        unit: string,
        days: bigint,
        what: string,
        requestId: string,
      ): Done | Refusal {
        const { keeper, steps } = this.facets;
        const made = keeper.propose(
          'to',
          amount,
          unit,
          steps.dueIn(days, requestId),
          what,
          requestId,
        );
        return made.ok ? ok : made;
      },
      offerLine(
        limit: bigint,
        unit: string,
        due: bigint,
        what: string,
        requestId: string,
      ): ReturnType<CounterpartyKeeper['offerLine']> {
        const proposal: Proposal = { kind: 'line', end: 'from', unit, amount: limit, due, what };
        const made = this.facets.steps.propose(proposal, requestId);
        return made.ok ? { ok: true, line: made.keeper as Facet<LineKeeper> } : made;
      },
      lend(
        limit: bigint,
        unit: string,
        days: bigint,
        what: string,
        requestId: string,
      ): Done | Refusal {
        const { keeper, steps } = this.facets;
        const made = keeper.offerLine(limit, unit, steps.dueIn(days, requestId), what, requestId);
        return made.ok ? ok : made;
      },
      compare(requestId: string): Done | Refusal {
        const { state } = this;
        const { comparing } = this.facets;
        return once<Done | Refusal>(state.outcomes, 'compare', requestId, () => {
          if (state.met === undefined) return refuse('notYet');
          state.compared = 'asked';
          state.comparedTo = '';
          state.comparedPages = 0n;
          state.differences = [];
          for (const origin of state.spoken.values()) state.spoken.delete(origin);
          send(state.met.desk, 'compare', [''], { then: comparing });
          return ok;
        });
      },
      differences(): ReturnType<CounterpartyKeeper['differences']> {
        const { compared: phase, differences } = this.state;
        return { phase, differences };
      },
      mend(origin: string, requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done | Refusal>(state.outcomes, 'mend', requestId, () => {
          const found = state.differences.find(
            (one) =>
              one.origin === origin && (one.kind === 'differs' || one.kind === 'unknownThere'),
          );
          const inside = state.deals.get(origin)?.inside;
          if (found === undefined || inside === undefined) return refuse('notYet');
          if (inside.shared().version !== found.here?.version) return refuse('stale');
          const mended = inside.mend(found.there);
          if (mended.ok) state.differences = state.differences.filter((one) => one !== found);
          return mended;
        });
      },
      pause(requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done>(state.outcomes, 'pause', requestId, () => {
          state.paused = true;
          return ok;
        });
      },
      resume(requestId: string): Done | Refusal {
        const { state } = this;
        return once<Done>(state.outcomes, 'resume', requestId, () => {
          state.paused = false;
          return ok;
        });
      },
    },
    introduction: {
      answer(desk: Facet<Desk>, theirs: string): ReturnType<Introduction['answer']> {
        const { state } = this;
        const { phase, met, nonce, registry } = state;
        const answer = (pair: string) => ({
          ok: true as const,
          desk: this.facets.desk,
          nonce,
          pair,
        });
        if (met !== undefined) return met.desk === desk ? answer(met.pair) : refuse('claimed');
        if (phase !== 'introduced' || !isHash(theirs)) return refuse('invalid');
        if (registry.isOwnDesk(desk)) return refuse('unsupported');
        const pair = pairOf(nonce, theirs);
        this.facets.steps.metBy({ desk, nonce: theirs, pair });
        return answer(pair);
      },
    },
    /** Hears what came of answering an introduction. */
    meeting: {
      fulfilled(answer: unknown): void {
        const { state } = this;
        if (state.phase !== 'meeting') return;
        const { nonce, registry } = state;
        // The pattern says what is there; what it holds is compared.
        const met = matches(answer, MetShape) ? (answer as Met) : undefined;
        const isSound =
          met !== undefined &&
          isHash(met.nonce) &&
          met.pair === pairOf(met.nonce, nonce) &&
          !registry.isOwnDesk(met.desk);
        if (isSound) this.facets.steps.metBy({ desk: met.desk, nonce: met.nonce, pair: met.pair });
        else state.phase = 'failed';
        registry.touch();
      },
      rejected(): void {
        if (this.state.phase === 'meeting') this.state.phase = 'failed';
        this.state.registry.touch();
      },
    },
    desk: {
      deal(deal: Deal): Done | Refusal {
        const { state } = this;
        const known = dealOf(deal);
        if (known === undefined || !isHash(known.origin)) return refuse('invalid');
        if (state.met === undefined) return refuse('notYet');
        if (known.act === 'propose') return this.facets.steps.asked(known, state.met.pair);
        const entry = state.deals.get(known.origin);
        return entry === undefined ? refuse('invalid') : entry.inside.heard(known);
      },
      say(topic: string, said: unknown): unknown {
        const { listeners, number, registry } = this.state;
        const listener = listeners.get(topic);
        if (listener === undefined) return refuse('closed');
        const { said: most } = registry.parts().limits;
        if (!isSmall(said, most)) return refuse('limit');
        return listener.heard(topic, said, number);
      },
      compare(after: string): Done | Refusal {
        const { state } = this;
        const { clock, limits } = state.registry.parts();
        if (state.met === undefined) return refuse('notYet');
        const comparisons = oneMore(state.comparisons, clock.now(), limits.proposalsPerDay);
        if (comparisons === undefined) return refuse('quota');
        state.comparisons = comparisons;
        const page: SharedState[] = [];
        let more = false;
        for (const [origin, { inside }] of state.deals.entries({ from: after })) {
          if (origin === after) continue;
          more = page.length === pageSize;
          if (more) break;
          page.push(inside.shared());
        }
        send(state.met.desk, 'states', [page, more]);
        return ok;
      },
      states(page: readonly SharedState[], more: boolean): Done | Refusal {
        const { state } = this;
        const { met, compared, comparedTo } = state;
        if (met === undefined || compared !== 'asked') return refuse('closed');
        if (!isPage(comparedTo, page) || (more && page.length === 0)) return refuse('invalid');
        const found = this.facets.steps.compared(page, comparedTo, more);
        state.differences = [...state.differences, ...found].slice(0, maxDifferences);
        state.comparedPages += 1n;
        if (!more || state.comparedPages >= maxPages) {
          state.compared = more ? 'failed' : 'done';
          if (!more) state.trouble = false;
          return ok;
        }
        state.comparedTo = page.at(-1)!.origin;
        send(met.desk, 'compare', [state.comparedTo], { then: this.facets.comparing });
        return ok;
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      label(): string {
        return this.state.label;
      },
      tell(topic: string, said: unknown, then?: Facet<object>, ctx?: unknown): void {
        const { met } = this.state;
        if (met === undefined) throw Error('Cannot tell a counterparty: it has not been met yet');
        if (then === undefined) return send(met.desk, 'say', [topic, said]);
        // Whoever hears of the answer says by its guard what it takes.
        const continuation = then as Facet<{ fulfilled(): void; rejected(): void }>;
        return send(met.desk, 'say', [topic, said], { then: continuation, ctx });
      },
      listen(topic: string, listener: Facet<Listener>): void {
        const { listeners, registry } = this.state;
        const { topics } = registry.parts().limits;
        if (!listeners.has(topic) && BigInt(listeners.size()) >= topics) {
          throw Error('Cannot listen to a counterparty: too many topics are listened to');
        }
        listeners.set(topic, listener);
      },
      unlisten(topic: string): void {
        this.state.listeners.delete(topic);
      },
    },
    /** Hears which messages the other side did not take. */
    replies: {
      fulfilled(answer: unknown, ctx: { origin: string; act: string; number: bigint }): void {
        if (matches(answer, M.splitRecord({ ok: true }))) return;
        const coded = matches(answer, M.splitRecord({ code: M.string({ stringLengthLimit: 20 }) }));
        const code = coded ? (answer as { code: RefusalCode }).code : 'invalid';
        this.facets.steps.refused(ctx, code);
      },
      rejected({ code }: SendFailure, ctx: { origin: string; act: string; number: bigint }): void {
        // It may have been carried out; a comparison says.
        if (code === 'unknown') this.state.trouble = true;
        else this.facets.steps.refused(ctx, 'closed');
      },
    },
    comparing: {
      fulfilled(answer: unknown): void {
        if (!matches(answer, M.splitRecord({ ok: true }))) this.facets.comparing.rejected();
      },
      rejected(): void {
        if (this.state.compared === 'asked') this.state.compared = 'failed';
      },
    },
    pair: {
      label(): string {
        return this.state.label;
      },
      limits(): ObligationLimits {
        return this.state.registry.parts().limits;
      },
      inside(): Facet<CounterpartyInside> {
        return this.facets.inside;
      },
      say(deal: AnyDeal): void {
        const { met, compared, spoken } = this.state;
        if (met === undefined) {
          throw Error('Cannot speak to a counterparty: it has not been met yet');
        }
        const { origin, act } = deal;
        if (compared === 'asked') spoken.add(origin);
        const number = 'number' in deal ? deal.number : 0n;
        const ctx = { origin, act, number };
        send(met.desk, 'deal', [deal as Deal], { then: this.facets.replies, ctx });
      },
      record(kind: string, facts: object): Receipt {
        const { registry, label, number } = this.state;
        const { journal } = registry.parts();
        return receipt(journal.record(kind, { ...facts, with: label, counterparty: number }, 'P2'));
      },
      moved({
        key,
        origin,
        kind,
        end,
        unit,
        before,
        after,
      }: Parameters<PairInside['moved']>[0]): void {
        const { state } = this;
        const { registry, balances, asked, proposed } = state;
        if (before?.group !== after.group) {
          const open = kind === 'line' ? state.lines : state.open;
          const lists = { asked, proposed, open, over: undefined };
          const { inside, keeper } = state.deals.get(origin)!;
          if (before !== undefined) lists[before.group]?.delete(key);
          lists[after.group]?.set(key, inside);
          if (before?.group === 'open') registry.over(key);
          if (after.group === 'open') {
            registry.opened(key, { unit, kind, lodgeable: inside.lodgeable(), keeper });
          }
        }
        const left = (standing: typeof before): bigint =>
          standing?.group === 'open' ? standing.amount : 0n;
        const by = left(after) - left(before);
        if (by !== 0n) {
          const { weOwe, theyOwe } = balances.get(unit) ?? { weOwe: 0n, theyOwe: 0n };
          const both =
            end === 'from' ? { weOwe: weOwe + by, theyOwe } : { weOwe, theyOwe: theyOwe + by };
          if (both.weOwe === 0n && both.theyOwe === 0n) balances.delete(unit);
          else balances.set(unit, both);
          registry.shift(unit, end, by);
        }
        this.facets.steps.touch();
      },
      has(origin: string): boolean {
        return this.state.deals.has(origin);
      },
      meet(origin: string, value: bigint): Done | Refusal {
        const inside = this.state.deals.get(origin)?.inside;
        // What a round made is an obligation.
        return inside === undefined
          ? refuse('invalid')
          : (inside as Facet<ObligationInside>).meet(value);
      },
      draw(
        line: Facet<LineInside>,
        terms: Omit<Terms, 'origin'>,
        lineOrigin: string,
        requestId: string,
      ): ReturnType<PairInside['draw']> {
        const proposal: Proposal = { ...terms, kind: 'obligation', end: 'from' };
        const made = this.facets.steps.propose(proposal, requestId, line, lineOrigin);
        return made.ok ? { ok: true, obligation: made.keeper as Facet<ObligationKeeper> } : made;
      },
      make(line: Facet<LineInside>, end: End, terms: Terms, met: boolean): void {
        this.facets.steps.enter({ kind: 'obligation', end, ours: false }, terms, 'open', line, met);
      },
    },
    steps: {
      touch(): void {
        // Whoever follows this page, or that of all counterparties, is told.
        this.state.moves += 1n;
        this.state.registry.touch();
      },
      /** Speaks to whoever introduced itself. */
      answer(introduction: Facet<Introduction>): void {
        const { desk, meeting } = this.facets;
        send(introduction, 'answer', [desk, this.state.nonce], { then: meeting });
      },
      dueIn(days: bigint, requestId: string): bigint {
        const { outcomes, registry } = this.state;
        // The same when it is asked again, however late.
        return once(outcomes, 'due', requestId, () => registry.parts().clock.now() + days * day);
      },
      metBy(met: Met): void {
        const { state } = this;
        state.met = met;
        state.phase = 'met';
        this.facets.pair.record('counterparty.met', { pair: met.pair });
        state.registry.touch();
      },
      /** Makes a half and enters it wherever it is looked for. */
      enter(
        { kind, end, ours }: { kind: Kind; end: End; ours: boolean },
        terms: Terms,
        phase: 'proposed' | 'asked' | 'open',
        line: Facet<LineInside> | undefined,
        met: boolean,
      ): Entry {
        const { deals, registry, outcomes } = this.state;
        const { pair } = this.facets;
        const key = registry.nextKey();
        const common = { key, terms, end, ours, pair, outcomes };
        const enter = (entry: Entry): Entry => {
          const lodgeable = entry.inside.lodgeable();
          if (!registry.enter(terms.origin, lodgeable)) {
            throw Error('Cannot enter an obligation: something has its origin');
          }
          deals.set(terms.origin, entry);
          return entry;
        };
        const { origin, unit, amount, due, what } = terms;
        pair.record(`${kind}.${phase}`, { origin, end, unit, amount, due, what });
        const began = { key, origin, kind, end, unit, before: undefined };
        if (kind === 'line') {
          const { line: keeper, half } = makeLine(common);
          const entry = enter({ inside: half, keeper });
          pair.moved({ ...began, after: { group: phase, amount: 0n } });
          return entry;
        }
        const { obligation: keeper, half } = makeObligation({ ...common, phase, line, met });
        const entry = enter({ inside: half, keeper });
        pair.moved({ ...began, after: { group: phase, amount } });
        return entry;
      },
      propose(
        proposal: Proposal,
        requestId: string,
        line?: Facet<LineInside>,
        lineOrigin?: string,
      ): { ok: true; keeper: Entry['keeper'] } | Refusal {
        const { state } = this;
        const { steps, pair } = this.facets;
        const method = lineOrigin === undefined ? 'propose' : `propose ${lineOrigin}`;
        return once(state.outcomes, method, requestId, () => {
          const { met, proposed, registry } = state;
          const { limits } = registry.parts();
          if (met === undefined) return refuse('notYet');
          if (BigInt(proposed.size()) >= limits.openProposals) return refuse('quota');
          const { kind, end, unit, amount, due, what } = proposal;
          const said = {
            ...{ kind, end, requestId: hashOfText(requestId), unit, amount, due, what },
            ...(lineOrigin === undefined ? {} : { line: lineOrigin }),
          };
          const origin = originOf(met.pair, said);
          if (state.deals.has(origin)) return refuse('conflict');
          const terms = { origin, unit, amount, due, what };
          const entry = steps.enter({ kind, end, ours: true }, terms, 'proposed', line, true);
          pair.say({ act: 'propose', origin, ...said });
          return { ok: true, keeper: entry.keeper };
        });
      },
      /** The other side proposes something, or draws on a line. */
      asked(deal: ProposeDeal, pair: string): Done | Refusal {
        const { state } = this;
        const { steps } = this.facets;
        const { registry, asked, open, lines, deals } = state;
        const { limits, clock } = registry.parts();
        const { act: _act, origin, ...proposal } = deal;
        const { kind, end: theirs, unit, amount, due, what, line: lineOrigin } = proposal;
        if (originOf(pair, proposal) !== origin) return refuse('invalid');
        // Said again: it was taken, and what became of it was said.
        if (deals.has(origin)) return ok;
        if (state.paused) return refuse('closed');
        // A lender offers a line; nobody asks for one in another's name.
        if (kind === 'line' && (theirs !== 'from' || lineOrigin !== undefined))
          return refuse('invalid');
        const proposals = oneMore(state.proposals, clock.now(), limits.proposalsPerDay);
        const isFull =
          BigInt(asked.size()) >= limits.openProposals ||
          BigInt(open.size() + lines.size()) >= limits.open;
        if (proposals === undefined || isFull) return refuse('quota');
        const end = otherEnd(theirs);
        const terms = { origin, unit, amount, due, what };
        if (lineOrigin === undefined) {
          state.proposals = proposals;
          steps.enter({ kind, end, ours: false }, terms, 'asked', undefined, true);
          return ok;
        }
        const line = deals.get(lineOrigin)?.inside;
        if (line === undefined || line.kind() !== 'line' || theirs !== 'from')
          return refuse('invalid');
        // Its kind was looked at.
        const lender = line as Facet<LineInside>;
        const drawn = lender.drawn(amount, due, unit);
        if (!drawn.ok) return drawn;
        state.proposals = proposals;
        const entry = steps.enter({ kind, end, ours: false }, terms, 'asked', lender, true);
        // The line is this side's consent.
        return (entry.keeper as Facet<ObligationKeeper>).accept(`drawn ${origin}`);
      },
      refused(
        { origin, act, number }: { origin: string; act: string; number: bigint },
        code: RefusalCode,
      ): void {
        const { state } = this;
        if (act !== 'propose') state.trouble = true;
        state.deals.get(origin)?.inside.refused(act, number, code);
      },
      /** What differs of the shared things from one origin up to the last of a page. */
      compared(page: readonly SharedState[], after: string, more: boolean): readonly Difference[] {
        const { deals, spoken } = this.state;
        const there = new Map(page.map((one) => [one.origin, one]));
        const found: Difference[] = [];
        const add = (difference: Difference | undefined): void => {
          if (difference !== undefined && found.length < maxDifferences) found.push(difference);
        };
        const last = page.at(-1)?.origin;
        for (const [origin, { inside }] of deals.entries({ from: after })) {
          if (origin === after) continue;
          if (more && origin > last!) break;
          // The item of a list has what it is for.
          const { what } = inside.item() as { what: string };
          const own: Own = { ...inside.shared(), what, spoken: spoken.has(origin) };
          add(differenceOf(own, there.get(origin)));
          there.delete(origin);
        }
        for (const one of there.values()) add(differenceOf(undefined, one));
        return found;
      },
    },
  },
  readOnly: ['keeper.changes'],
});

export type CounterpartyKit = {
  readonly keeper: Facet<CounterpartyKeeper>;
  readonly inside: Facet<CounterpartyInside>;
  readonly introduction: Facet<Introduction>;
  readonly desk: Facet<Desk>;
  readonly steps: Facet<{ answer(introduction: Facet<Introduction>): void }>;
};

/** Makes a counterparty that has not been met. */
export const makeCounterparty = (options: CounterpartyOptions): CounterpartyKit => {
  const { keeper, inside, introduction, desk, steps } = makeKit(options);
  return { keeper, inside, introduction, desk, steps };
};
