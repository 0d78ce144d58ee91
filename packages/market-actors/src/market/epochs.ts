/**
 * What a market does when an epoch has ended: new limits, then what each mechanism does.
 *
 * Each step is a turn of its own, or as many as it takes: some members a turn, so that no market is too
 * large for the time that a turn has. The timer's row says what comes next, so a node that is killed goes on
 * where it was. After a long sleep the epochs that were missed follow one by one. A step that fails is told
 * in the journal and skipped: the market goes on.
 */
import { M } from '@endo/patterns';
import type { LimitChange, Standing } from '@pocas/clearing/limits';
import type { Clock, DurableMap, Facet, Timer } from '@pocas/vat-runtime';
import { defineActor, makeDurableMap, typed } from '@pocas/vat-runtime';
import { mechanisms } from './desks.ts';
import type { MarketHub } from './inside.ts';
import { EpochStepsI, EpochsI } from './market-guards.ts';

/** How many members one turn looks at. */
export const perTurn = 50;

type Due = { readonly epoch: bigint; readonly step: bigint; readonly from: bigint };
/** Standings, limits, their use, absences, keys, and one for each mechanism. */
const ownSteps = 5n;
const steps = ownSteps + BigInt(mechanisms.length);
/** Where a step goes on in its next turn; undefined where it is done. */
type Next = bigint | undefined;

type State = {
  readonly hub: Facet<MarketHub>;
  /** Lists of `perTurn`, on the way from one step to the next. */
  readonly standings: DurableMap<bigint, readonly Standing[]>;
  readonly changes: DurableMap<bigint, readonly LimitChange[]>;
};

const makeEpochsKit = defineActor({
  name: 'MarketEpochs',
  state: {
    hub: typed<Facet<MarketHub>>(M.remotable('market')),
    clock: typed<Clock>(M.remotable('clock')),
    timer: typed<Timer>(M.remotable('timer')),
    standings: typed<DurableMap<bigint, readonly Standing[]>>(M.any()),
    changes: typed<DurableMap<bigint, readonly LimitChange[]>>(M.any()),
    /** What is to be done next, and from which member or list on. */
    epoch: M.nat(),
    step: M.nat(),
    from: M.nat(),
  },
  init: (hub: Facet<MarketHub>, clock: Clock, timer: Timer) => ({
    hub,
    clock,
    timer,
    standings: makeDurableMap<bigint, readonly Standing[]>(),
    changes: makeDurableMap<bigint, readonly LimitChange[]>(),
    epoch: clock.epoch(),
    step: 0n,
    from: 0n,
  }),
  guards: { epochs: EpochsI, inner: EpochStepsI },
  facets: {
    epochs: {
      wake({ epoch, step, from }: Due): void {
        const { state } = this;
        const { inner } = this.facets;
        if (epoch !== state.epoch || step !== state.step || from !== state.from) return;
        let next: Next;
        try {
          next = inner.run(epoch, step, from);
        } catch {
          state.hub.inside().record('epoch step failed', { epoch, step }, 'P0');
        }
        const isLast = next === undefined && step + 1n >= steps;
        if (next === undefined) state.step = isLast ? 0n : step + 1n;
        state.epoch = isLast ? epoch + 1n : epoch;
        state.from = next ?? 0n;
        inner.begin();
      },
    },
    inner: {
      /** A call of its own, so that nothing of a turn that fails stays. */
      run(epoch: bigint, step: bigint, from: bigint): Next {
        const { hub } = this.state;
        const inside = hub.inside();
        if (step === 0n) return gather(this.state, from);
        if (step === 1n) return closeLimits(this.state, epoch);
        if (step === 2n) return useLimits(this.state, from);
        if (step === 3n) return lookForAbsent(hub, epoch, from);
        if (step === 4n) {
          const mint = inside.mint();
          mint.turnEpoch(epoch + 1n);
          // The key is public before anybody withdraws by it, so nobody can be shown one of their own.
          inside.record('mint keys', mint.keys(), 'P0');
        } else mechanisms[Number(step - ownSteps)]?.endEpoch?.(inside, epoch);
        return undefined;
      },
      begin(): void {
        const { hub, clock, timer, epoch, step, from } = this.state;
        if (hub.phase() === 'closed') return;
        const end = clock.startOf(epoch + 1n);
        const now = clock.now();
        timer.wakeAt(end > now ? end : now, this.facets.epochs, { epoch, step, from });
      },
    },
  },
});

/** How each account stands. Whoever comes in meanwhile stands as when they came. */
const gather = ({ hub, standings }: State, from: bigint): Next => {
  if (from === 0n) empty(standings);
  const page = hub.membersFrom(from, perTurn);
  standings.set(
    from,
    page.map(({ care }) => care.standing()),
  );
  return after(page);
};

const closeLimits = ({ hub, standings, changes }: State, epoch: bigint): Next => {
  const found = hub.activity().closeEpoch(epoch, [...standings.values()].flat());
  empty(standings);
  empty(changes);
  for (let at = 0; at < found.length; at += perTurn)
    changes.set(BigInt(at), found.slice(at, at + perTurn));
  return undefined;
};

const useLimits = ({ hub, changes }: State, from: bigint): Next => {
  for (const [at, some] of changes.entries({ from, limit: 1 })) {
    hub.applyLimits(some);
    changes.delete(at);
    return at + BigInt(perTurn);
  }
  return undefined;
};

/** A notice for who is away; at the end the commons may owe what the charter now says. */
const lookForAbsent = (hub: Facet<MarketHub>, epoch: bigint, from: bigint): Next => {
  const page = hub.membersFrom(from, perTurn);
  for (const { care } of page) care.endEpoch();
  const next = after(page);
  if (next !== undefined) return next;
  const inside = hub.inside();
  const debitLimit = inside.charter('commonsFloor');
  inside.ledger().openAccount('commons', { debitLimit, ceiling: 0n });
  inside.record('epoch', { epoch, members: hub.memberCount() }, 'P0');
  inside.touch();
  return undefined;
};

/** The member after those of a full page. */
const after = (page: readonly { readonly inside: { number(): bigint } }[]): Next => {
  const last = page.at(-1);
  return last === undefined || page.length < perTurn ? undefined : last.inside.number() + 1n;
};

const empty = (lists: DurableMap<bigint, unknown>): void => {
  for (const key of [...lists.keys()]) lists.delete(key);
};

/** Lets the epochs of a market take their course. */
export const startEpochs = (hub: Facet<MarketHub>, clock: Clock, timer: Timer): void =>
  makeEpochsKit(hub, clock, timer).inner.begin();
