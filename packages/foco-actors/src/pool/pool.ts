/**
 * One pool with assurance (SPEC F2): pledges are set aside until the deadline, at which all is decided in
 * one turn. A target is reached whole or not at all; what is not needed goes back where it came from.
 */
import { M } from '@endo/patterns';
import { minuteOf } from '@pocas/clearing/halves';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import { type Reached, reachedBy } from '../fund/assurance.ts';
import { divide } from '../fund/divide.ts';
import { type Taken, take, valueOf } from '../fund/envelope.ts';
import { day } from '../inside/shapes.ts';
import type { FocoInside, PurseInside } from '../inside/types.ts';
import { PoolI } from './guards.ts';
import type {
  KeptTerms,
  Pool,
  PoolBoard,
  PoolInside,
  PoolItem,
  PoolPhase,
  PoolView,
} from './types.ts';

type Done = { readonly ok: true } | Refusal;
const ok: { readonly ok: true } = { ok: true };

/** All of them are decided in one turn. */
const maxPledges = 500;
/** What a ledger does not pay is tried again the next day, so often. */
const maxTries = 7n;

type Pledged = { readonly taken: Taken; readonly k: bigint; readonly isFirm: boolean };

const makePoolKit = defineActor({
  name: 'FocoPool',
  state: {
    number: M.nat(),
    foco: typed<Facet<FocoInside>>(M.remotable('foco')),
    board: typed<Facet<PoolBoard>>(M.remotable('board')),
    purse: typed<Facet<PurseInside>>(M.remotable('purse')),
    terms: typed<KeptTerms>(M.record()),
    at: typed<PoolPhase>(M.string()),
    pledges: typed<DurableMap<bigint, Pledged>>(M.any()),
    pledged: M.nat(),
    /** Of the milestone before the deadline, and then of each part. */
    attested: M.nat(),
    isReady: M.boolean(),
    targets: M.nat(),
    taken: M.nat(),
    paid: M.nat(),
    /** Parts that are paid. */
    done: M.nat(),
    isPaying: M.boolean(),
    tries: M.nat(),
    end: M.nat(),
  },
  init: (number: bigint, foco: Facet<FocoInside>, board: Facet<PoolBoard>, terms: KeptTerms) => ({
    ...{ number, foco, board, terms },
    purse: terms.to.purse(),
    at: 'open' as PoolPhase,
    pledges: makeDurableMap<bigint, Pledged>(),
    ...{ pledged: 0n, attested: 0n, isReady: terms.milestone === undefined },
    ...{ targets: 0n, taken: 0n, paid: 0n, done: 0n },
    ...{ isPaying: false, tries: 0n, end: 0n },
  }),
  guards: {
    public: PoolI,
    inside: M.interface('PoolInside', {}, { defaultGuards: 'passable' }),
    steps: M.interface('PoolSteps', {}, { defaultGuards: 'passable' }),
    sleeper: M.interface('PoolSleeper', { wake: M.call(M.string(), M.bigint()).returns() }),
  },
  facets: {
    public: {
      view(): PoolView {
        const { terms, foco, purse, at, pledged, pledges, attested, taken, paid } = this.state;
        const reached =
          at === 'open' ? BigInt(this.facets.steps.reached()?.targets ?? 0) : this.state.targets;
        const nameOf = (who: bigint): string => foco.share(who)?.name() ?? '';
        return {
          ...{ title: terms.title, words: terms.words },
          by: nameOf(terms.by),
          whom: terms.to.name(),
          unit: purse.facts().unit,
          phase: at,
          until: minuteOf(terms.deadline),
          target: terms.targets[0]!,
          ...{ pledged, pledgers: BigInt(pledges.size()), least: terms.least, reached },
          targets: terms.targets.map((value, index) => ({
            ...{ name: String(index + 1), value, isReached: BigInt(index) < reached },
          })),
          ...(terms.milestone === undefined ? {} : { milestone: terms.milestone }),
          ...(terms.witness === undefined ? {} : { witness: nameOf(terms.witness) }),
          ...(terms.after === undefined ? {} : { after: terms.after.public() }),
          ...{ attested, taken, paid, parts: terms.parts },
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
      public(): Facet<Pool> {
        return this.facets.public;
      },
      by(): bigint {
        return this.state.terms.by;
      },
      item(who: bigint): PoolItem {
        const { terms, at, purse, pledged, pledges } = this.state;
        const yours = pledges.get(who);
        return {
          title: terms.title,
          unit: purse.facts().unit,
          phase: at,
          until: minuteOf(terms.deadline),
          target: terms.targets[0]!,
          pledged,
          yours: yours === undefined ? 0n : valueOf(yours.taken),
          pool: this.facets.public,
        };
      },
      start(): void {
        const { foco, terms } = this.state;
        foco.wakeAt(terms.deadline, this.facets.sleeper, 'decide');
      },
      hasSucceeded(): boolean {
        return this.state.targets > 0n;
      },
      pledge(who: bigint, value: bigint, k: bigint, isFirm: boolean): Done {
        const { state } = this;
        const { at, pledges, purse, foco, terms } = state;
        if (at !== 'open' || foco.now() >= terms.deadline) return refuse('closed');
        if (pledges.has(who)) return refuse('conflict');
        if (pledges.size() >= maxPledges) return refuse('quota');
        const taken = purse.take(who, value, 'pools');
        if (taken === undefined) return refuse('insufficient');
        pledges.set(who, { taken, k, isFirm });
        state.pledged += value;
        foco.share(who)?.open(1n);
        return ok;
      },
      withdraw(who: bigint): Done {
        const { at, pledges, foco, terms } = this.state;
        const pledged = pledges.get(who);
        if (at !== 'open' || foco.now() >= terms.deadline) return refuse('closed');
        if (pledged === undefined) return refuse('invalid');
        if (pledged.isFirm) return refuse('closed');
        this.facets.steps.giveBack(who, pledged.taken);
        return ok;
      },
      attest(who: bigint, evidence: string): Done {
        const { state } = this;
        const { terms, at, foco, attested, done, isReady } = state;
        if (who !== terms.witness) return refuse('unsupported');
        if (at === 'open') {
          if (isReady) return refuse('notYet');
          if (foco.now() >= terms.deadline) return refuse('closed');
          state.isReady = true;
        } else {
          if (at !== 'paying' || !terms.attested) return refuse('closed');
          // One at a time: the part of the one before has to be paid first.
          if (attested > done || attested >= terms.parts) return refuse('notYet');
          state.attested = attested + 1n;
        }
        foco.record(
          'attested',
          { pool: terms.title, by: foco.share(who)?.name() ?? '', evidence },
          'P1',
        );
        this.facets.steps.payNext();
        return ok;
      },
    },
    steps: {
      reached(): Reached | undefined {
        const { terms, pledges, purse } = this.state;
        return reachedBy(
          terms.targets,
          [...pledges.values()].map(({ taken, k }) => ({ value: valueOf(taken), k })),
          terms.least,
          purse.facts().step,
        );
      },
      /** All at once, in the turn of the deadline: what was reached, who pays what, what goes back. */
      decide(): void {
        const { state } = this;
        const { terms, pledges, foco, board, number, isReady } = state;
        if (state.at !== 'open') return;
        const isAfter = terms.after === undefined || terms.after.hasSucceeded();
        const reached = isReady && isAfter ? this.facets.steps.reached() : undefined;
        board.decided(number);
        foco.record('decided', { pool: terms.title, targets: BigInt(reached?.targets ?? 0) }, 'P1');
        if (reached === undefined) {
          this.facets.steps.close('failed');
          return;
        }
        [...pledges.entries()].forEach(([who, pledged], index) => {
          const part = reached.parts[index]!;
          const { taken, left } = take(pledged.taken, part)!;
          if (valueOf(left) > 0n) state.purse.putBack(who, left, 'pools');
          if (part > 0n) pledges.set(who, { ...pledged, taken });
          else this.facets.steps.giveBack(who, taken);
        });
        state.at = 'paying';
        state.targets = BigInt(reached.targets);
        state.taken = reached.total;
        state.pledged = reached.total;
        state.end = foco.now() + terms.within;
        foco.wakeAt(state.end, this.facets.sleeper, 'end');
        this.facets.steps.payNext();
      },
      partOf(index: bigint): bigint {
        const { terms, taken, purse } = this.state;
        const equal = Array.from({ length: Number(terms.parts) }, () => 1n);
        return divide(taken, equal, purse.facts().step)[Number(index)]!;
      },
      /** Pays the next part, if it is its turn. */
      payNext(): void {
        const { state } = this;
        const { at, terms, purse, done, attested, isPaying, number } = state;
        if (at !== 'paying' || isPaying || done >= terms.parts) return;
        if (terms.attested && attested <= done) return;
        state.isPaying = true;
        purse.pay(
          terms.to.payee(),
          this.facets.steps.partOf(done),
          'pools',
          this.facets.steps,
          number,
        );
      },
      paid(): void {
        const { state } = this;
        const { terms, pledges, foco, purse, done } = state;
        const value = this.facets.steps.partOf(done);
        const all = [...pledges.entries()];
        const weights = all.map(([, { taken }]) => valueOf(taken));
        // By what each still has in it, so nobody pays more than that.
        const parts = divide(value, weights, purse.facts().step);
        all.forEach(([who, pledged], index) => {
          const { left } = take(pledged.taken, parts[index]!)!;
          pledges.set(who, { ...pledged, taken: left });
        });
        terms.to.paid(value);
        state.paid += value;
        state.pledged -= value;
        state.done = done + 1n;
        state.isPaying = false;
        state.tries = 0n;
        if (state.done >= terms.parts) this.facets.steps.close('paid');
        else if (terms.attested) this.facets.steps.payNext();
        else foco.wakeAt(foco.now() + terms.every, this.facets.sleeper, 'pay');
        if (foco.now() >= state.end && state.at === 'paying') this.facets.steps.close('returned');
      },
      unpaid(): void {
        const { state } = this;
        state.isPaying = false;
        state.tries += 1n;
        if (state.tries >= maxTries || state.foco.now() >= state.end)
          this.facets.steps.close('returned');
        else state.foco.wakeAt(state.foco.now() + day, this.facets.sleeper, 'pay');
      },
      /** The end: whatever somebody still has in it goes back to them. */
      close(at: 'paid' | 'failed' | 'returned'): void {
        const { state } = this;
        state.at = at;
        for (const [who, { taken }] of [...state.pledges.entries()])
          this.facets.steps.giveBack(who, taken);
        state.foco.touch();
      },
      giveBack(who: bigint, taken: Taken): void {
        const { state } = this;
        const { pledges, purse, foco, terms, at } = state;
        const value = valueOf(taken);
        pledges.delete(who);
        purse.putBack(who, taken, 'pools');
        state.pledged -= value;
        const share = foco.share(who);
        share?.open(-1n);
        const how = at === 'paid' ? 'paid' : 'back';
        if (at !== 'open') share?.heard({ what: 'pool', name: terms.title, value, how });
      },
    },
    sleeper: {
      wake(what: string): void {
        const { state } = this;
        if (what === 'decide') this.facets.steps.decide();
        else if (what === 'pay') this.facets.steps.payNext();
        else if (state.at === 'paying' && !state.isPaying) this.facets.steps.close('returned');
      },
    },
  },
  readOnly: ['public.changes'],
});

export const makePool = (
  number: bigint,
  foco: Facet<FocoInside>,
  board: Facet<PoolBoard>,
  terms: KeptTerms,
): Facet<PoolInside> => makePoolKit(number, foco, board, terms).inside;
