/**
 * One spend (SPEC F1): announced with its reason, seen by all participants, and paid when its time has come.
 *
 * There is no veto. Others can say something, add their own, ask for a conversation, or use the one pause
 * that a charter may grant; only who announced it can withdraw it.
 */
import { minuteOf } from '@pocas/clearing/halves';
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { type Taken, valueOf } from '../fund/envelope.ts';
import { shown } from '../inside/shapes.ts';
import type { DestinationInside, FocoInside, PaidBefore, PurseInside } from '../inside/types.ts';
import { SpendI } from './guards.ts';
import type {
  Said,
  Spend,
  SpendBoard,
  SpendInside,
  SpendItem,
  SpendPhase,
  SpendView,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };

/** So much can be said about one spend, by all and by one. */
const maxSaid = 100;
const maxSaidByOne = 10;
/** So many may join one. */
const maxJoined = 100;

export type SpendTerms = {
  readonly by: bigint;
  readonly to: Facet<DestinationInside>;
  readonly reason: string;
};
type Word = Omit<Said, 'name'> & { readonly who: bigint };

const makeSpendKit = defineActor({
  name: 'FocoSpend',
  state: {
    number: M.nat(),
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    board: typed<Facet<SpendBoard>>(M.remotable('board')),
    purse: typed<Facet<PurseInside>>(M.remotable('purse')),
    terms: typed<SpendTerms>(M.record()),
    at: typed<SpendPhase>(M.string()),
    due: M.nat(),
    timer: typed<bigint | undefined>(M.opt(M.nat())),
    pausedBy: typed<bigint | undefined>(M.opt(M.nat())),
    before: typed<PaidBefore>(M.record()),
    /** What each has put in; the spender's is there from the start. */
    parts: typed<DurableMap<bigint, Taken>>(M.any()),
    said: typed<readonly Word[]>(M.arrayOf(M.record())),
  },
  init: (number: bigint, foco: Facet<FocoInside>, board: Facet<SpendBoard>, terms: SpendTerms) => ({
    ...{ number, foco, board, terms },
    purse: terms.to.purse(),
    at: 'announced' as SpendPhase,
    due: 0n,
    timer: undefined as bigint | undefined,
    pausedBy: undefined as bigint | undefined,
    before: terms.to.before(),
    parts: makeDurableMap<bigint, Taken>(),
    said: [] as readonly Word[],
  }),
  guards: {
    public: SpendI,
    inside: M.interface('SpendInside', {}, { defaultGuards: 'passable' }),
    steps: M.interface('SpendSteps', {}, { defaultGuards: 'passable' }),
    sleeper: M.interface('SpendDue', { wake: M.call(M.any(), M.bigint()).returns() }),
  },
  facets: {
    public: {
      view(): SpendView {
        const { terms, at, due, foco, pausedBy, before, parts, said } = this.state;
        const nameOf = (who: bigint): string => foco.share(who)?.name() ?? '';
        const joined = [...parts.entries()].filter(([who]) => who !== terms.by);
        return {
          by: nameOf(terms.by),
          whom: terms.to.name(),
          reason: terms.reason,
          ...this.facets.steps.value(),
          phase: at,
          due: minuteOf(due),
          timesBefore: before.times,
          valueBefore: before.value,
          ...(pausedBy === undefined ? {} : { pausedBy: nameOf(pausedBy) }),
          joined: joined
            .slice(0, shown)
            .map(([who, taken]) => ({ name: nameOf(who), value: valueOf(taken) })),
          said: said
            .slice(-shown)
            .map(({ who, kind, words }) => ({ name: nameOf(who), kind, words })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public, this.state.parts);
      },
      number(): bigint {
        return this.state.number;
      },
    },
    inside: {
      number(): bigint {
        return this.state.number;
      },
      public(): Facet<Spend> {
        return this.facets.public;
      },
      item(): SpendItem {
        const { terms, at, due, foco } = this.state;
        return {
          reason: terms.reason,
          by: foco.share(terms.by)?.name() ?? '',
          whom: terms.to.name(),
          ...this.facets.steps.value(),
          phase: at,
          due: minuteOf(due),
          spend: this.facets.public,
        };
      },
      isOpen(): boolean {
        return this.state.at === 'announced';
      },
      start(who: bigint, value: bigint, due: bigint): Done {
        const { state } = this;
        const taken = state.purse.take(who, value, 'pending');
        if (taken === undefined) return refuse('insufficient');
        state.parts.set(who, taken);
        state.foco.share(who)?.open(1n);
        state.due = due;
        this.facets.steps.wind();
        return ok;
      },
      join(who: bigint, value: bigint): Done {
        const { at, purse, parts, foco, terms } = this.state;
        if (at !== 'announced') return refuse('closed');
        // A second time it would be hard to say what came back.
        if (who === terms.by || parts.has(who)) return refuse('conflict');
        if (parts.size() > maxJoined) return refuse('quota');
        const taken = purse.take(who, value, 'pending');
        if (taken === undefined) return refuse('insufficient');
        parts.set(who, taken);
        foco.share(who)?.open(1n);
        return ok;
      },
      withdraw(who: bigint): Done {
        const { at, terms, parts } = this.state;
        if (at !== 'announced') return refuse('closed');
        if (who === terms.by) this.facets.steps.end('withdrawn');
        else if (parts.has(who)) this.facets.steps.giveBack(who);
        else return refuse('unsupported');
        return ok;
      },
      say(who: bigint, kind: Said['kind'], words: string): Done {
        const { state } = this;
        const { at, said, foco, timer, pausedBy } = state;
        if (at !== 'announced') return refuse('closed');
        if (said.length >= maxSaid || said.filter((one) => one.who === who).length >= maxSaidByOne)
          return refuse('quota');
        if (kind === 'objection') {
          const pause = foco.value('objectionPause');
          if (pause === 0n) return refuse('unsupported');
          // One pause, whoever uses it: many objections are not longer than one.
          if (pausedBy !== undefined) return refuse('closed');
          state.pausedBy = who;
          if (timer !== undefined) foco.cancel(timer);
          state.due += pause;
          this.facets.steps.wind();
        }
        state.said = [...said, { who, kind, words }];
        return ok;
      },
    },
    steps: {
      value(): { readonly value: bigint; readonly unit: string } {
        const value = [...this.state.parts.values()].reduce((sum, one) => sum + valueOf(one), 0n);
        return { value, unit: this.state.purse.facts().unit };
      },
      wind(): void {
        const { foco, due } = this.state;
        if (due <= foco.now()) this.facets.steps.pay();
        else this.state.timer = foco.wakeAt(due, this.facets.sleeper);
      },
      pay(): void {
        const { state } = this;
        if (state.at !== 'announced') return;
        state.at = 'paying';
        state.timer = undefined;
        const { value } = this.facets.steps.value();
        state.purse.pay(state.terms.to.payee(), value, 'pending', this.facets.steps, state.number);
      },
      paid(): void {
        const { state } = this;
        const { terms, parts, board, foco, number } = state;
        const { value } = this.facets.steps.value();
        state.at = 'paid';
        terms.to.paid(value);
        for (const [who, taken] of parts.entries()) {
          const share = foco.share(who);
          share?.open(-1n);
          share?.heard({
            what: 'spend',
            name: terms.reason.slice(0, 100),
            value: valueOf(taken),
            how: 'paid',
          });
        }
        board.ended(number, terms.by);
      },
      unpaid(): void {
        this.facets.steps.end('refused');
      },
      end(at: 'withdrawn' | 'refused'): void {
        const { state } = this;
        state.at = at;
        if (state.timer !== undefined) state.foco.cancel(state.timer);
        state.timer = undefined;
        for (const who of [...state.parts.keys()]) this.facets.steps.giveBack(who);
        state.board.ended(state.number, state.terms.by);
      },
      giveBack(who: bigint): void {
        const { parts, purse, foco, terms, at } = this.state;
        const taken = parts.get(who)!;
        parts.delete(who);
        purse.putBack(who, taken, 'pending');
        const share = foco.share(who);
        share?.open(-1n);
        if (at === 'refused' || who !== terms.by)
          share?.heard({
            what: 'spend',
            name: terms.reason.slice(0, 100),
            value: valueOf(taken),
            how: 'back',
          });
      },
    },
    sleeper: {
      wake(): void {
        const { foco, due } = this.state;
        this.state.timer = undefined;
        if (foco.now() >= due) this.facets.steps.pay();
      },
    },
  },
  readOnly: ['public.changes'],
});

export const makeSpend = (
  number: bigint,
  foco: Facet<FocoInside>,
  board: Facet<SpendBoard>,
  terms: SpendTerms,
): Facet<SpendInside> => makeSpendKit(number, foco, board, terms).inside;
