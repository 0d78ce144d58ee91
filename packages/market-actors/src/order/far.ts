/**
 * What an order has set aside in ledgers that are not its market's (SPEC M5, 7.6).
 *
 * The buyer hands over a hold and its decider, and could have kept copies. So each hold is first taken over
 * at the issuer that the market knows: from then on nobody else decides it, and the answer says what it is
 * worth. Until all are taken over nothing counts; if one cannot be, all are given back.
 */
import { M, matches } from '@endo/patterns';
import type { Decider, HoldFacts, Share, TakenOver } from '@pocas/clearing/value';
import type { Facet, SendFailure } from '@pocas/vat-runtime';
import { defineActor, send, typed } from '@pocas/vat-runtime';
import type { Methods } from '../inside/shapes.ts';
import type { MarketInside } from '../inside/types.ts';
import { partOf } from './money.ts';
import type { FarLeg } from './types.ts';

/** Told how each leg stands, once for each. */
export type FarListener = { held(): void; failed(): void };
export type FarLegs = {
  takeOver(): void;
  /** The order has ended: so much of each to the seller, per cent, the rest back. */
  decide(share: bigint): void;
  /** How many have not ended yet, and how many did not end as they should. */
  state(): { readonly pending: bigint; readonly failed: bigint };
};

type Placed = FarLeg & {
  readonly at: 'asked' | 'held' | 'deciding' | 'done' | 'failed';
  /** Ours alone, once it was taken over. */
  readonly mine?: Facet<Decider>;
};
type Act = 'takeOver' | 'settle' | 'release';
type Context = { readonly leg: number; readonly act: Act };

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** An issuer's answer, if it can be one. It comes from elsewhere, so it may be anything. */
const takenFrom = (answer: unknown): TakenOver | undefined =>
  matches(answer, TakenShape) ? (answer as TakenOver) : undefined;
// A decider that nothing can be sent to would keep the order from its end.
const TakenShape = M.splitRecord({ ok: true, hold: M.record(), decider: M.remotable('decider') });

/** Whether a hold that is ours lasts as long as an order may, and is worth enough. */
const isGood = (hold: Partial<HoldFacts>, value: bigint): boolean =>
  hold.phase === 'open' &&
  hold.divisible === true &&
  hold.expires === undefined &&
  typeof hold.value === 'bigint' &&
  hold.value >= value;

const FarLegsI: Methods<'takeOver' | 'decide' | 'state'> = M.interface('FarLegs', {
  takeOver: M.call().returns(),
  decide: M.call(M.nat()).returns(),
  state: M.call().returns(M.record()),
});
const FarMoneyI: Methods<'fulfilled' | 'rejected'> = M.interface('FarMoney', {
  fulfilled: M.call(M.any(), M.record()).returns(),
  rejected: M.call(M.any(), M.record()).returns(),
});
const SelfI: Methods<'heard' | 'taken' | 'ask' | 'put' | 'end'> = M.interface('FarSelf', {
  heard: M.call(M.number(), M.string(), M.any()).returns(),
  taken: M.call(M.number(), M.any()).returns(),
  ask: M.call(M.number()).returns(),
  put: M.call(M.number(), M.record()).returns(),
  end: M.call(M.number(), M.nat()).returns(),
});

const makeFarKit = defineActor({
  name: 'OrderFarLegs',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    order: M.nat(),
    listener: typed<Facet<FarListener>>(M.remotable('listener')),
    legs: typed<readonly Placed[]>(M.arrayOf(M.record())),
    /** How the order ended. Undefined: it has not. */
    share: typed<bigint | undefined>(M.or(M.nat(), M.undefined())),
  },
  init: (
    market: Facet<MarketInside>,
    order: bigint,
    listener: Facet<FarListener>,
    legs: readonly FarLeg[],
  ) => ({
    market,
    order,
    listener,
    legs: legs.map((leg): Placed => ({ ...leg, at: 'asked' })),
    share: undefined,
  }),
  guards: { far: FarLegsI, money: FarMoneyI, self: SelfI },
  facets: {
    far: {
      takeOver(): void {
        this.state.legs.forEach((_, index) => this.facets.self.ask(index));
      },
      decide(share: bigint): void {
        this.state.share = share;
        this.state.legs.forEach((leg, index) => {
          if (leg.at === 'held') this.facets.self.end(index, share);
        });
      },
      state(): { readonly pending: bigint; readonly failed: bigint } {
        const { legs, share } = this.state;
        const count = (...at: Placed['at'][]): bigint =>
          BigInt(legs.filter((leg) => at.includes(leg.at)).length);
        return { pending: count('asked', 'deciding'), failed: share === 0n ? 0n : count('failed') };
      },
    },
    /** Issuers and deciders elsewhere answer here. Nothing of what they say is taken for granted. */
    money: {
      fulfilled(answer: unknown, { leg, act }: Context): void {
        this.facets.self.heard(leg, act, answer);
      },
      rejected(_failure: SendFailure, { leg, act }: Context): void {
        this.facets.self.heard(leg, act, undefined);
      },
    },
    self: {
      ask(index: number): void {
        const { legs, market, order } = this.state;
        const { issuer, hold, decider } = legs[index]!;
        const { self, money } = this.facets;
        const requestId = market.derive(`order ${order} leg ${index}`);
        if (typeof issuer.takeOver === 'function') {
          self.taken(index, issuer.takeOver(hold, decider, requestId));
        } else {
          const ctx: Context = { leg: index, act: 'takeOver' };
          send(issuer, 'takeOver', [hold, decider, requestId], { then: money, ctx });
        }
      },
      heard(index: number, act: Act, answer: unknown): void {
        const { self } = this.facets;
        if (act === 'takeOver') return self.taken(index, answer);
        const leg = this.state.legs[index]!;
        const isDone = isObject(answer) && (answer as { ok?: unknown }).ok === true;
        self.put(index, { ...leg, at: isDone ? 'done' : 'failed' });
        // What cannot be paid must not stay set aside for good: it goes back to whoever gave it.
        if (!isDone && act === 'settle') letGo(leg.mine);
        return undefined;
      },
      taken(index: number, answer: unknown): void {
        const { legs, share, listener } = this.state;
        const leg = legs[index]!;
        if (leg.at !== 'asked') return;
        const taken = takenFrom(answer);
        // An answer that comes after the end finds nobody to pay.
        if (taken !== undefined && share === undefined && isGood(taken.hold, leg.value)) {
          this.facets.self.put(index, { ...leg, at: 'held', mine: taken.decider });
          listener.held();
          return;
        }
        this.facets.self.put(index, { ...leg, at: 'failed' });
        letGo(taken?.decider);
        listener.failed();
      },
      put(index: number, leg: Placed): void {
        this.state.legs = this.state.legs.map((old, at) => (at === index ? leg : old));
      },
      end(index: number, share: bigint): void {
        const leg = this.state.legs[index]!;
        const { mine, payee, value, step = 1n } = leg;
        if (mine === undefined) return;
        const { self, money } = this.facets;
        self.put(index, { ...leg, at: 'deciding' });
        const part = partOf(value, share, step);
        const act: Act = part === 0n ? 'release' : 'settle';
        const shares: readonly Share[] = [{ payee, value: part }];
        if (typeof mine.release === 'function') {
          const decide = () => (act === 'settle' ? mine.settle(shares) : mine.release());
          self.heard(index, act, tried(decide));
        } else {
          const options = { then: money, ctx: { leg: index, act } };
          if (act === 'settle') send(mine, 'settle', [shares], options);
          else send(mine, 'release', [], options);
        }
      },
    },
  },
});

/**
 * The answer of a ledger in this vat, undefined where it throws, such as for a payee of the seller's that is
 * none of its accounts: that must not keep the order from its end. The call was a savepoint.
 */
const tried = (act: () => unknown): unknown => {
  try {
    return act();
  } catch {
    return undefined;
  }
};

/** Gives back all that a hold has left. */
const letGo = (mine: Facet<Decider> | undefined): void => {
  if (mine === undefined) return;
  if (typeof mine.release === 'function') tried(() => mine.release());
  else send(mine, 'release', []);
};

export const makeFarLegs = (
  market: Facet<MarketInside>,
  order: bigint,
  listener: Facet<FarListener>,
  legs: readonly FarLeg[],
): Facet<FarLegs> => makeFarKit(market, order, listener, legs).far;
