/**
 * A swap of two values in one vat (SPEC C9a), with offer safety: each of the two ends with what it wanted,
 * or with all that it gave. Both legs move in one turn, or neither does.
 *
 * A payment that was given can still be recovered by whoever withdrew it, until it is deposited. So what
 * was given is looked at again when both have given, and who has nothing left to give has given nothing.
 */
import { M } from '@endo/patterns';
import type { DurableMap, Facet } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, sha256, typed } from '@pocas/vat-runtime';
import type { Refusal } from '@pocas/vat-runtime/actors';
import { once, refuse } from '@pocas/vat-runtime/actors';
import type { Decider, Hold, Issuer, Payee, Payment } from '../value/types.ts';
import { passable } from './guards.ts';
import { SwapSideI } from './swap-guards.ts';

/** What one of the two gives: of a ledger in this vat. */
export type SwapLeg = { readonly issuer: Facet<Issuer>; readonly value: bigint };
export type SwapPhase = 'open' | 'done';
export type SwapView = {
  readonly gives: bigint;
  readonly giveUnit: string;
  readonly gets: bigint;
  readonly getUnit: string;
  readonly hasGiven: boolean;
  readonly otherHasGiven: boolean;
  readonly phase: SwapPhase;
};
export type Swapped = { readonly ok: true; readonly phase: SwapPhase };

/** Of one of the two. When both have given, both have. */
export type SwapSide = {
  view(): SwapView;
  changes(since?: string): Promise<string>;
  /**
   * @param payment - of exactly what this side gives
   * @param to - where it wants the other's; of that ledger
   * `invalid` for what is no such payment or account, `claimed` where it has given already, `closed`.
   */
  givePayment(payment: Facet<Payment>, to: Facet<Payee>, requestId: string): Swapped | Refusal;
  /** The same with value that was set aside: divisible, of exactly this value. It is taken over at its issuer. */
  giveHold(
    hold: Facet<Hold>,
    decider: Facet<Decider>,
    to: Facet<Payee>,
    requestId: string,
  ): Swapped | Refusal;
  /** What was given comes back: a payment as it is, value that was set aside to its account. `closed` when it is done. */
  takeBack(
    requestId: string,
  ): { readonly ok: true; readonly payment?: Facet<Payment> | undefined } | Refusal;
};

type Gift = {
  readonly payment?: Facet<Payment> | undefined;
  readonly hold?: Facet<Hold> | undefined;
  readonly decider?: Facet<Decider> | undefined;
  readonly to: Facet<Payee>;
};
type SwapInside = {
  gift(which: 0 | 1): Gift | undefined;
  setGift(which: 0 | 1, gift: Gift | undefined): void;
  leg(which: 0 | 1): SwapLeg;
  phase(): SwapPhase;
  /** Both legs, if both have given. @throws where one cannot move; then neither did */
  complete(): SwapPhase;
  /** Forgets what is not there any more. */
  clean(): void;
  /** A name for a request that nobody else can have used before. */
  request(): string;
  changes(since?: string): Promise<string>;
};

const other = (which: 0 | 1): 0 | 1 => (which === 0 ? 1 : 0);

const isLive = ({ issuer, value }: SwapLeg, { payment, hold }: Gift): boolean => {
  if (payment !== undefined) {
    const known = issuer.amountOf(payment);
    return known.ok && known.amount.value === value;
  }
  const known = issuer.holdOf(hold!);
  return known.ok && known.hold.value === value && known.hold.phase === 'open';
};

const makeSide = defineActor({
  name: 'SwapSide',
  state: {
    which: typed<0 | 1>(M.number()),
    swap: typed<Facet<SwapInside>>(M.remotable('swap')),
    outcomes: typed<DurableMap<string, unknown>>(M.any()),
  },
  init: (swap: Facet<SwapInside>, which: 0 | 1) => ({
    which,
    swap,
    outcomes: makeDurableMap<string, unknown>(),
  }),
  guards: { side: SwapSideI, steps: passable('SwapSteps') },
  facets: {
    side: {
      view(): SwapView {
        const { swap, which } = this.state;
        const [mine, theirs] = [swap.leg(which), swap.leg(other(which))];
        return {
          gives: mine.value,
          giveUnit: mine.issuer.brand().describe().unit,
          gets: theirs.value,
          getUnit: theirs.issuer.brand().describe().unit,
          hasGiven: swap.gift(which) !== undefined,
          otherHasGiven: swap.gift(other(which)) !== undefined,
          phase: swap.phase(),
        };
      },
      changes(since?: string): Promise<string> {
        return this.state.swap.changes(since);
      },
      givePayment(payment: Facet<Payment>, to: Facet<Payee>, requestId: string): Swapped | Refusal {
        const { outcomes } = this.state;
        const { steps } = this.facets;
        return once<Swapped | Refusal>(outcomes, 'givePayment', requestId, () =>
          steps.attempt({ payment, to }),
        );
      },
      giveHold(
        hold: Facet<Hold>,
        decider: Facet<Decider>,
        to: Facet<Payee>,
        requestId: string,
      ): Swapped | Refusal {
        const { swap, which, outcomes } = this.state;
        const { steps } = this.facets;
        return once<Swapped | Refusal>(outcomes, 'giveHold', requestId, () => {
          const { issuer, value } = swap.leg(which);
          const before = steps.obstacle();
          if (before !== undefined) return before;
          const known = issuer.holdOf(hold);
          if (!known.ok || known.hold.value !== value || known.hold.divisible !== true)
            return refuse('invalid');
          // From here on nobody else decides it; what is refused below is given back. Under a request that
          // the giver could guess it might have taken it over before, and would have the same decider.
          const taken = issuer.takeOver(hold, decider, swap.request());
          if (!taken.ok) return taken;
          const given = steps.attempt({ hold, decider: taken.decider, to });
          if (!given.ok) taken.decider.release();
          return given;
        });
      },
      takeBack(requestId: string): ReturnType<SwapSide['takeBack']> {
        const { swap, which, outcomes } = this.state;
        return once<ReturnType<SwapSide['takeBack']>>(outcomes, 'takeBack', requestId, () => {
          if (swap.phase() === 'done') return refuse('closed');
          const gift = swap.gift(which);
          swap.setGift(which, undefined);
          gift?.decider?.release();
          return { ok: true, payment: gift?.payment };
        });
      },
    },
    steps: {
      obstacle(): Refusal | undefined {
        const { swap, which } = this.state;
        if (swap.phase() === 'done') return refuse('closed');
        swap.clean();
        return swap.gift(which) === undefined ? undefined : refuse('claimed');
      },
      attempt(gift: Gift): Swapped | Refusal {
        const { swap, which } = this.state;
        const { steps } = this.facets;
        const before = steps.obstacle();
        if (before !== undefined) return before;
        if (!isLive(swap.leg(which), gift)) return refuse('invalid');
        try {
          return { ok: true, phase: steps.give(gift) };
        } catch {
          // What was given before is still there, so it is the new gift, or an account to which one should go.
          return refuse('invalid');
        }
      },
      give(gift: Gift): SwapPhase {
        const { swap, which } = this.state;
        swap.setGift(which, gift);
        return swap.complete();
      },
    },
  },
  readOnly: ['side.changes'],
});

const makeSwapKit = defineActor({
  name: 'Swap',
  state: {
    legs: typed<readonly [SwapLeg, SwapLeg]>(M.array()),
    gifts: typed<readonly [Gift | undefined, Gift | undefined]>(M.array()),
    phase: typed<SwapPhase>(M.or('open', 'done')),
    secret: M.string(),
    requests: M.nat(),
  },
  init: (legs: readonly [SwapLeg, SwapLeg], secret: string) => ({
    legs,
    secret,
    gifts: [undefined, undefined] as const,
    phase: 'open' as SwapPhase,
    requests: 0n,
  }),
  guards: { inside: passable('SwapInside') },
  facets: {
    inside: {
      gift(which: 0 | 1): Gift | undefined {
        return this.state.gifts[which];
      },
      setGift(which: 0 | 1, gift: Gift | undefined): void {
        const { gifts } = this.state;
        this.state.gifts = which === 0 ? [gift, gifts[1]] : [gifts[0], gift];
      },
      leg(which: 0 | 1): SwapLeg {
        return this.state.legs[which];
      },
      phase(): SwapPhase {
        return this.state.phase;
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.inside);
      },
      clean(): void {
        const { legs, gifts } = this.state;
        for (const which of [0, 1] as const) {
          const gift = gifts[which];
          if (gift !== undefined && !isLive(legs[which], gift))
            this.facets.inside.setGift(which, undefined);
        }
      },
      request(): string {
        const { state } = this;
        state.requests += 1n;
        return sha256(`pocas swap request\n${state.requests}\n${state.secret}`);
      },
      complete(): SwapPhase {
        const { state } = this;
        const { inside } = this.facets;
        const [first, second] = state.gifts;
        if (first === undefined || second === undefined) return 'open';
        inside.move(0, second.to);
        inside.move(1, first.to);
        state.phase = 'done';
        return 'done';
      },
      move(which: 0 | 1, to: Facet<Payee>): void {
        const { state } = this;
        const leg = state.legs[which];
        const gift = state.gifts[which]!;
        const { payment, decider } = gift;
        const moved =
          payment === undefined
            ? decider!.settle([{ payee: to, value: leg.value }])
            : to.deposit(payment, this.facets.inside.request());
        // It is not a facet's word that counts, but that the value is used up.
        if (!moved.ok || isLive(leg, gift)) throw Error('Cannot swap: one of the two did not move');
      },
    },
  },
  readOnly: ['inside.changes'],
});

/**
 * Opens a swap: who has `first` gives the first leg and gets the second.
 *
 * @param secret - at random, for this swap only, and told to nobody
 */
export const makeSwap = (
  first: SwapLeg,
  second: SwapLeg,
  secret: string,
): { readonly first: Facet<SwapSide>; readonly second: Facet<SwapSide> } => {
  const { inside } = makeSwapKit([first, second], secret);
  return { first: makeSide(inside, 0).side, second: makeSide(inside, 1).side };
};
