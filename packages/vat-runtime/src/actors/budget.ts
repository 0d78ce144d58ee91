/**
 * A counted budget as a capability (SPEC V7): so many requests, postings, claims, bytes.
 *
 * Budgets form a tree. Passing part of a budget on makes one below it and reduces it by as much, so
 * the allotments of a tree always sum to its total. Whoever passed a part on can take it back, with
 * everything that was split from it: what was not spent returns to the budget above.
 *
 * With a clock, all that was spent comes back at each new epoch: a budget of 10 is 10 a week, and the
 * 4 that were split from it are 4 a week. Without one, what is spent is gone.
 */
import { M } from '@endo/patterns';
import type { Clock, DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { BudgetGrantorI, BudgetI, BudgetInsideI } from './budget-guards.ts';
import { once } from './once.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import { LabelShape } from './words.ts';

export type BudgetView = {
  readonly label: string;
  /** What it was given, without what was passed on. */
  readonly allotment: bigint;
  /** What was passed on and not taken back. */
  readonly passed: bigint;
  /** Of the allotment; also what others had spent of parts that came back. */
  readonly spent: bigint;
  /** allotment − spent. */
  readonly remaining: bigint;
};

export type Spent = { readonly ok: true; readonly remaining: bigint };
export type Split = {
  readonly ok: true;
  readonly budget: Facet<Budget>;
  readonly grantor: Facet<BudgetGrantor>;
};
export type Returned = { readonly ok: true; readonly returned: bigint };

/** Of its holder. */
export type Budget = {
  view(): BudgetView | Refusal;
  changes(since?: string): Promise<string>;
  /** Where its tree finds it. It checks that what it finds there is this very one. */
  number(): bigint;
  /** What can be spent or split now; 0 once it was taken back. */
  remaining(): bigint;
  /** Refusals: `quota` where less than `n` remains, `revoked`. */
  spend(n: bigint, requestId: string): Spent | Refusal;
  /**
   * Passes part of it on: a new budget, and the facet that takes it back.
   * Refusals: `quota` where less than `n` remains, `limit` where budgets are split too deep, `revoked`.
   */
  split(n: bigint, requestId: string, label?: string): Split | Refusal;
  /**
   * Ends this budget and all that were split from it; what they had left goes to the budget above.
   * Asked again, it answers the same. Refusals: `unsupported` where there is none above, `revoked`.
   */
  returnAll(): Returned | Refusal;
};

/** Of whoever granted a budget. */
export type BudgetGrantor = {
  /**
   * Takes the budget back, and all that were split from it; what they had left goes to the budget
   * above. Asked again, it answers the same. Refusal: `revoked` where one above was taken back.
   */
  revoke(): Returned | Refusal;
  status(): { readonly revoked: boolean; readonly spent: bigint };
  /**
   * Whether this is a budget in use of the tree of this one. Whoever lets others pay with budgets asks
   * first: an object of theirs can have a method `spend` too.
   */
  owns(budget: Facet<Budget>): boolean;
};

/** How deep budgets may be split, since each use is noted in all those above. */
export const maxBudgetDepth = 64n;

type Entry = { readonly budget: Facet<Budget>; readonly inside: Facet<Inside> };

/** It can change counts at will. None of these leaves this file. */
type Inside = {
  parent(): Facet<Inside> | undefined;
  isClosed(): boolean;
  /** A number for a new budget of this tree. Asked of the root. */
  nextNumber(): bigint;
  /** Spent in this epoch, here and below. */
  total(): bigint;
  /** Something was spent below. */
  noteBelow(n: bigint): void;
  /** A part with this allotment, of which `spent` is used, comes back from below. */
  takeBack(allotment: bigint, spent: bigint): void;
  close(): Returned | Refusal;
};

/** What a budget has in common with those that are split from it. */
type Above = {
  readonly parent: Facet<Inside>;
  readonly root: Facet<Inside>;
  readonly nodes: DurableMap<bigint, Entry>;
  readonly depth: bigint;
  readonly clock: Clock | undefined;
};

const optional = <T>(): ReturnType<typeof typed<T | undefined>> =>
  typed<T | undefined>(M.or(M.remotable(), M.undefined()));

/** From a budget up to the root. */
const pathFrom = (inside: Facet<Inside>): Facet<Inside>[] => {
  const path: Facet<Inside>[] = [];
  for (let at: Facet<Inside> | undefined = inside; at !== undefined; at = at.parent()) {
    path.push(at);
  }
  return path;
};

/** Whether it, or one above it, was taken back. */
const isRevoked = (inside: Facet<Inside>): boolean =>
  pathFrom(inside).some((each) => each.isClosed());

const makeNode = defineActor({
  name: 'CountedBudget',
  state: {
    label: LabelShape,
    number: M.nat(),
    allotted: M.nat(),
    passed: M.nat(),
    /** In `epoch`: spent here, and spent below. Read through `countsOf`. */
    own: M.nat(),
    below: M.nat(),
    epoch: M.bigint(),
    /** What came back when it was closed. */
    returned: typed<bigint | undefined>(M.or(M.nat(), M.undefined())),
    parent: optional<Facet<Inside>>(),
    root: optional<Facet<Inside>>(),
    nodes: typed<DurableMap<bigint, Entry>>(M.any()),
    next: M.nat(),
    depth: M.nat(),
    clock: optional<Clock>(),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (label: string, number: bigint, allotted: bigint, clock?: Clock, above?: Above) => ({
    label,
    number,
    allotted,
    passed: 0n,
    own: 0n,
    below: 0n,
    epoch: clock?.epoch() ?? 0n,
    returned: undefined,
    parent: above?.parent,
    root: above?.root,
    nodes: above?.nodes ?? makeDurableMap<bigint, Entry>(),
    next: 1n,
    depth: above?.depth ?? 0n,
    clock,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { budget: BudgetI, grantor: BudgetGrantorI, inside: BudgetInsideI },
  facets: {
    budget: {
      number(): bigint {
        return this.state.number;
      },
      view(): BudgetView | Refusal {
        if (isRevoked(this.facets.inside)) return refuse('revoked');
        const { label, allotted, passed } = this.state;
        const { own } = countsOf(this.state);
        const allotment = allotted - passed;
        return { label, allotment, passed, spent: own, remaining: allotment - own };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.budget);
      },
      remaining(): bigint {
        if (isRevoked(this.facets.inside)) return 0n;
        return remainingOf(this.state);
      },
      spend(n: bigint, requestId: string): Spent | Refusal {
        const { state } = this;
        const { inside } = this.facets;
        return once<Spent | Refusal>(state.outcomes, 'spend', requestId, () => {
          if (isRevoked(inside)) return refuse('revoked');
          if (remainingOf(state) < n) return refuse('quota');
          renew(state);
          state.own += n;
          for (const above of pathFrom(inside).slice(1)) above.noteBelow(n);
          return { ok: true, remaining: remainingOf(state) };
        });
      },
      split(n: bigint, requestId: string, label?: string): Split | Refusal {
        const { state } = this;
        const { inside } = this.facets;
        return once<Split | Refusal>(state.outcomes, 'split', requestId, () => {
          if (isRevoked(inside)) return refuse('revoked');
          if (state.depth >= maxBudgetDepth) return refuse('limit');
          if (remainingOf(state) < n) return refuse('quota');
          const { root = inside, nodes, depth, clock } = state;
          const above = { parent: inside, root, nodes, depth: depth + 1n, clock };
          const number = root.nextNumber();
          const part = makeNode(label ?? state.label, number, n, clock, above);
          const { budget, grantor } = part;
          nodes.set(number, { budget, inside: part.inside });
          state.passed += n;
          return { ok: true, budget, grantor };
        });
      },
      returnAll(): Returned | Refusal {
        if (this.state.parent === undefined) return refuse('unsupported');
        return this.facets.inside.close();
      },
    },
    grantor: {
      revoke(): Returned | Refusal {
        return this.facets.inside.close();
      },
      status(): { readonly revoked: boolean; readonly spent: bigint } {
        const { inside } = this.facets;
        return { revoked: isRevoked(inside), spent: inside.total() };
      },
      owns(alleged: Facet<Budget>): boolean {
        const { inside, budget } = this.facets;
        if (alleged === budget) return !isRevoked(inside);
        // Its number says where to look; only the identity of what is found there is believed.
        const number = typeof alleged.number === 'function' ? alleged.number() : 0n;
        const entry = this.state.nodes.get(number);
        if (entry === undefined || entry.budget !== alleged) return false;
        return pathFrom(entry.inside).includes(inside) && !isRevoked(entry.inside);
      },
    },
    inside: {
      parent(): Facet<Inside> | undefined {
        return this.state.parent;
      },
      isClosed(): boolean {
        return this.state.returned !== undefined;
      },
      nextNumber(): bigint {
        this.state.next += 1n;
        return this.state.next - 1n;
      },
      total(): bigint {
        const { own, below } = countsOf(this.state);
        return own + below;
      },
      noteBelow(n: bigint): void {
        renew(this.state);
        this.state.below += n;
      },
      takeBack(allotment: bigint, spent: bigint): void {
        renew(this.state);
        this.state.passed -= allotment;
        // It counts here from now on; above this one the total is the same as before.
        this.state.below -= spent;
        this.state.own += spent;
      },
      close(): Returned | Refusal {
        const { state } = this;
        const { inside } = this.facets;
        const { returned: before, parent, allotted, number, nodes } = state;
        if (before !== undefined) return { ok: true, returned: before };
        if (isRevoked(inside)) return refuse('revoked');
        const spent = inside.total();
        const returned = allotted - spent;
        parent?.takeBack(allotted, spent);
        nodes.delete(number);
        state.returned = returned;
        return { ok: true, returned };
      },
    },
  },
  readOnly: ['budget.changes'],
});

type Counts = {
  readonly allotted: bigint;
  readonly passed: bigint;
  own: bigint;
  below: bigint;
  epoch: bigint;
  readonly clock: Clock | undefined;
};

/** What was spent in the current epoch. */
const countsOf = ({ own, below, epoch, clock }: Counts): { own: bigint; below: bigint } =>
  clock === undefined || clock.epoch() === epoch ? { own, below } : { own: 0n, below: 0n };

const remainingOf = (state: Counts): bigint => state.allotted - state.passed - countsOf(state).own;

/** Brings the counts to the current epoch, before they change. */
const renew = (state: Counts): void => {
  const { clock } = state;
  if (clock === undefined || clock.epoch() === state.epoch) return;
  state.own = 0n;
  state.below = 0n;
  state.epoch = clock.epoch();
};

/**
 * Makes a budget of `total`.
 *
 * @param clock - with it the budget is for one epoch, and renewed in each
 */
export const makeBudget = ({
  total,
  label = '',
  clock,
}: {
  readonly total: bigint;
  readonly label?: string;
  readonly clock?: Clock;
}): { readonly budget: Facet<Budget>; readonly grantor: Facet<BudgetGrantor> } => {
  const { budget, grantor } = makeNode(label, 0n, total, clock);
  return { budget, grantor };
};
