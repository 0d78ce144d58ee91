/** One saving (SPEC F3): what each put in stays that person's, and only they take it out. */
import { M } from '@endo/patterns';
import { minuteOf } from '@pocas/clearing/halves';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { type Taken, emptyEnvelope, putBack, takeLast, valueOf } from '../fund/envelope.ts';
import { shown } from '../inside/shapes.ts';
import { type Card, type FocoInside, type PurseInside, find } from '../inside/types.ts';
import { SavingI } from './guards.ts';
import type {
  Saving,
  SavingBoard,
  SavingInside,
  SavingItem,
  SavingTerms,
  SavingView,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };

const maxPeople = 500;
const maxOwn = 20;

/** `leaving` is announced to be taken back; the last announcement holds. */
type Saved = { readonly taken: Taken; readonly leaving: bigint; readonly timer?: bigint };

const makeSavingKit = defineActor({
  name: 'FocoSaving',
  state: {
    number: M.nat(),
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    purse: typed<Facet<PurseInside>>(M.remotable('purse')),
    terms: typed<SavingTerms>(M.record()),
    saved: typed<DurableMap<bigint, Saved>>(M.any()),
    sum: M.nat(),
    /** A goal that was reached once stays reached while it is being taken out. */
    hasGoal: M.boolean(),
  },
  init: (
    number: bigint,
    foco: Facet<FocoInside>,
    purse: Facet<PurseInside>,
    terms: SavingTerms,
  ) => ({
    ...{ number, foco, purse, terms, sum: 0n, hasGoal: false },
    saved: makeDurableMap<bigint, Saved>(),
  }),
  guards: {
    public: SavingI,
    inside: M.interface('SavingInside', {}, { defaultGuards: 'passable' }),
    sleeper: M.interface('SavingSleeper', { wake: M.call(M.nat(), M.bigint()).returns() }),
  },
  facets: {
    public: {
      view(): SavingView {
        const { terms, foco, purse, sum, hasGoal, saved } = this.state;
        return {
          words: terms.words,
          by: foco.share(terms.by)?.name() ?? '',
          unit: purse.facts().unit,
          saved: sum,
          goal: terms.goal,
          ...(terms.until === 0n ? {} : { until: minuteOf(terms.until) }),
          isJoint: terms.isJoint,
          isReached: hasGoal || (terms.until > 0n && foco.now() >= terms.until),
          people: BigInt(saved.size()),
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
      public(): Facet<Saving> {
        return this.facets.public;
      },
      by(): bigint {
        return this.state.terms.by;
      },
      concerns(who: bigint): boolean {
        const { terms, saved } = this.state;
        return terms.isJoint || terms.by === who || saved.has(who);
      },
      item(who: bigint): SavingItem {
        const { people: _people, ...view } = this.facets.public.view();
        const saved = this.state.saved.get(who);
        return {
          ...view,
          yours: saved === undefined ? 0n : valueOf(saved.taken),
          leaving: saved?.leaving ?? 0n,
          saving: this.facets.public,
        };
      },
      put(who: bigint, value: bigint): Done {
        const { state } = this;
        const { terms, saved, purse, foco } = state;
        if (who !== terms.by && !terms.isJoint) return refuse('unsupported');
        const before = saved.get(who);
        if (before === undefined && saved.size() >= maxPeople) return refuse('quota');
        const taken = purse.take(who, value, 'savings');
        if (taken === undefined) return refuse('insufficient');
        if (before === undefined) foco.share(who)?.open(1n);
        const kept = before ?? { taken: emptyEnvelope, leaving: 0n };
        saved.set(who, { ...kept, taken: putBack(kept.taken, taken) });
        state.sum += value;
        if (terms.goal > 0n && state.sum >= terms.goal) state.hasGoal = true;
        return ok;
      },
      withdraw(who: bigint, value: bigint): Done {
        const { saved, foco, purse } = this.state;
        const before = saved.get(who);
        if (before === undefined) return refuse('invalid');
        if (value > valueOf(before.taken) || value % purse.facts().step !== 0n)
          return refuse('insufficient');
        const { timer, ...rest } = before;
        if (timer !== undefined) foco.cancel(timer);
        saved.set(who, { ...rest, leaving: value });
        const notice = this.facets.public.view().isReached ? 0n : foco.value('savingNotice');
        if (notice === 0n) this.facets.sleeper.wake(who, 0n);
        else {
          const next = foco.wakeAt(foco.now() + notice, this.facets.sleeper, who);
          saved.set(who, { ...rest, leaving: value, timer: next });
        }
        return ok;
      },
    },
    sleeper: {
      /** Gives back what was announced. */
      wake(who: bigint, _at: bigint): void {
        const { state } = this;
        const { saved, purse, foco, terms } = state;
        const before = saved.get(who);
        if (before === undefined || before.leaving === 0n) return;
        const { taken, left } = takeLast(before.taken, before.leaving)!;
        purse.putBack(who, taken, 'savings');
        state.sum -= before.leaving;
        const share = foco.share(who);
        share?.heard({ what: 'saving', name: terms.words, value: before.leaving, how: 'back' });
        if (valueOf(left) > 0n) {
          saved.set(who, { taken: left, leaving: 0n });
        } else {
          saved.delete(who);
          share?.open(-1n);
        }
      },
    },
  },
  readOnly: ['public.changes'],
});

const makeBoardKit = defineActor({
  name: 'FocoSavings',
  state: {
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    all: typed<DurableMap<bigint, Facet<SavingInside>>>(M.any()),
  },
  init: (foco: Facet<FocoInside>) => ({
    foco,
    all: makeDurableMap<bigint, Facet<SavingInside>>(),
  }),
  guards: { board: M.interface('FocoSavings', {}, { defaultGuards: 'passable' }) },
  facets: {
    board: {
      open(
        card: Facet<Card>,
        terms: SavingTerms,
        value: bigint,
      ): { readonly ok: true; readonly saving: Facet<Saving> } | Refusal {
        const { foco, all } = this.state;
        const purse = foco.purseOf(card);
        if (purse === undefined || (terms.goal === 0n && terms.until === 0n))
          return refuse('invalid');
        const own = this.facets.board.list(terms.by).filter(({ yours }) => yours > 0n);
        if (own.length >= maxOwn) return refuse('quota');
        const number = foco.nextNumber();
        const { inside } = makeSavingKit(number, foco, purse, terms);
        const put = inside.put(terms.by, value);
        if (!put.ok) return put;
        all.set(number, inside);
        return { ok: true, saving: inside.public() };
      },
      find(saving: Facet<Saving>): Facet<SavingInside> | undefined {
        return find(
          saving,
          (number) => this.state.all.get(number),
          (one) => one.public(),
        );
      },
      list(who: bigint): readonly SavingItem[] {
        const items: SavingItem[] = [];
        for (const one of this.state.all.values({ reverse: true, limit: 300 })) {
          if (!one.concerns(who)) continue;
          items.push(one.item(who));
          if (items.length === shown) break;
        }
        return items;
      },
    },
  },
});

export const makeSavingBoard = (foco: Facet<FocoInside>): Facet<SavingBoard> =>
  makeBoardKit(foco).board;
