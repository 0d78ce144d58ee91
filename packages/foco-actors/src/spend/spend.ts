/**
 * One spend (SPEC F1): announced with its reason, seen by all participants, and paid when its time has come.
 *
 * There is no veto. Others can say something, add their own, ask for a conversation, or use the one pause
 * that a charter may grant; only who announced it can withdraw it.
 */
import { minuteOf } from '@pocas/clearing/halves';
import { M } from '@endo/patterns';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { type Taken, emptyEnvelope, valueOf } from '../fund/envelope.ts';
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
type Joined = { readonly who: bigint; readonly value: bigint };
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
    /** What it takes, from when it is announced until it is paid or back. */
    taken: typed<Taken>(M.record()),
    /** Spends of others for the same. */
    joined: typed<readonly Joined[]>(M.arrayOf(M.record())),
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
    taken: emptyEnvelope,
    joined: [] as readonly Joined[],
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
        const { terms, at, due, foco, pausedBy, before, joined, said } = this.state;
        const nameOf = (who: bigint): string => foco.share(who)?.name() ?? '';
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
          joined: joined.slice(0, shown).map(({ who, value }) => ({ name: nameOf(who), value })),
          said: said
            .slice(-shown)
            .map(({ who, kind, words }) => ({ name: nameOf(who), kind, words })),
        };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.public);
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
        state.taken = taken;
        state.foco.share(who)?.open(1n);
        state.due = due;
        this.facets.steps.wind();
        return ok;
      },
      join(
        who: bigint,
        value: bigint,
      ): { readonly ok: true; readonly spend: Facet<Spend> } | Refusal {
        const { state } = this;
        const { at, joined, terms, board } = state;
        if (at !== 'announced') return refuse('closed');
        if (who === terms.by || joined.some((one) => one.who === who)) return refuse('conflict');
        if (joined.length >= maxJoined) return refuse('quota');
        const announced = board.announce(who, terms.to.card(), value, terms.reason);
        if (announced.ok) state.joined = [...joined, { who, value }];
        return announced;
      },
      withdraw(who: bigint): Done {
        const { at, terms } = this.state;
        if (at !== 'announced') return refuse('closed');
        if (who !== terms.by) return refuse('unsupported');
        this.facets.steps.end('withdrawn');
        return ok;
      },
      say(who: bigint, kind: Said['kind'], words: string): Done {
        const { state } = this;
        const { at, said, foco, timer, pausedBy } = state;
        if (at !== 'announced') return refuse('closed');
        const isFull =
          said.length >= maxSaid || said.filter((one) => one.who === who).length >= maxSaidByOne;
        // Many words must not keep somebody from the one pause.
        if (isFull && kind !== 'objection') return refuse('quota');
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
        const { taken, purse } = this.state;
        return { value: valueOf(taken), unit: purse.facts().unit };
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
        const { terms, board, number } = state;
        state.at = 'paid';
        terms.to.paid(valueOf(state.taken));
        this.facets.steps.tell('paid');
        board.ended(number, terms.by);
      },
      unpaid(): void {
        this.facets.steps.end('refused');
      },
      end(at: 'withdrawn' | 'refused'): void {
        const { state } = this;
        const { terms, purse, foco, timer, taken } = state;
        state.at = at;
        if (timer !== undefined) foco.cancel(timer);
        state.timer = undefined;
        purse.putBack(terms.by, taken, 'pending');
        this.facets.steps.tell('back');
        state.board.ended(state.number, terms.by);
      },
      tell(how: 'paid' | 'back'): void {
        const { terms, foco, taken } = this.state;
        const share = foco.share(terms.by);
        share?.open(-1n);
        share?.heard({
          what: 'spend',
          name: terms.reason.slice(0, 100),
          value: valueOf(taken),
          how,
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
