/**
 * What a buyer whom nobody knows holds of an order (SPEC 7.2, pay). The order itself is like any other, but
 * that its buyer is not named; here is what comes back to the buyer, which goes to nobody's account.
 */
import { M } from '@endo/patterns';
import type { Batch, Issued, Token } from '@pocas/clearing/blind';
import { validity } from '@pocas/clearing/blind';
import { ValueShape } from '@pocas/clearing/credit';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, sha256, typed } from '@pocas/vat-runtime';
import { type Refusal, refuse } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { EndPhase, OrderBuyer, OrderKit, OrderStep, OrderWatcher } from '../order/types.ts';
import { appreciationContext } from './context.ts';
import { BlindOrderI } from './guards.ts';
import { type BlindOrderInside, BlindOrderInsideI, type Ending, WatcherI } from './inside.ts';
import type { BlindOrder, BlindOrderView } from './types.ts';

const orUndefined = <T>() => typed<T | undefined>(M.or(M.any(), M.undefined()));

const makeBlindOrderKit = defineActor({
  name: 'BlindOrder',
  state: {
    market: typed<Facet<MarketInside>>(M.remotable('market')),
    seller: typed<Facet<MemberInside>>(M.remotable('member')),
    order: orUndefined<Facet<OrderBuyer>>(),
    number: ValueShape,
    subject: M.nat(),
    placedIn: ValueShape,
    ending: orUndefined<Ending>(),
    /** The request by which the refund was fetched, and that of the review. */
    fetched: orUndefined<Once>(),
    hasLapsed: M.boolean(),
    isAppreciated: M.boolean(),
    reviewed: orUndefined<Once>(),
  },
  init: (
    market: Facet<MarketInside>,
    seller: Facet<MemberInside>,
    placedIn: bigint,
    subject: bigint,
  ) => ({
    market,
    subject,
    seller,
    order: undefined,
    number: 0n,
    placedIn,
    ending: undefined,
    fetched: undefined,
    hasLapsed: false,
    isAppreciated: false,
    reviewed: undefined,
  }),
  unlinked: ['order'],
  guards: { order: BlindOrderI, watcher: WatcherI, inside: BlindOrderInsideI },
  facets: {
    order: {
      view(): BlindOrderView {
        const { isAppreciated, subject } = this.state;
        return { ...orderOf(this.state).view(), refund: dueOf(this.state), subject, isAppreciated };
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.order, orderOf(this.state));
      },
      cancel(): OrderStep | Refusal {
        return orderOf(this.state).cancel();
      },
      accept(): OrderStep | Refusal {
        return orderOf(this.state).accept();
      },
      dispute(statement: string): OrderStep | Refusal {
        return orderOf(this.state).dispute(statement);
      },
      state(statement: string, requestId: string): OrderStep | Refusal {
        return orderOf(this.state).state(statement, requestId);
      },
      propose(share: bigint, requestId: string): OrderStep | Refusal {
        return orderOf(this.state).propose(share, requestId);
      },
      refund(elements: readonly Batch[], requestId: string): Issued | Refusal {
        const { market, number, ending, fetched, hasLapsed } = this.state;
        if (ending === undefined) return refuse('notYet');
        if (fetched === undefined ? dueOf(this.state) === 0n : fetched.requestId !== requestId)
          return refuse(hasLapsed ? 'expired' : 'closed');
        if (isForgotten(market, fetched)) return refuse('expired');
        // The mint answers a request again that it has answered, so this one must be no other order's.
        const inner = sha256(JSON.stringify(['refund', `${number}`, requestId]));
        const answer = market.mint().reissue(ending.returned, elements, inner);
        if (answer.ok) this.state.fetched = { requestId, epoch: answer.epoch };
        return answer;
      },
      appreciate(token: Token): { readonly ok: true } | Refusal {
        const { market, seller, number, ending, isAppreciated } = this.state;
        if (ending === undefined) return refuse('notYet');
        if (isAppreciated) return { ok: true };
        if (ending.paid === 0n) return refuse('closed');
        const context = appreciationContext(number);
        const spent = market.mint().spend('appreciation', [token], context);
        if (!spent.ok) return spent;
        this.state.isAppreciated = true;
        market.countSale(seller, undefined, ending.paid);
        return spent;
      },
      review(element: string, requestId: string): Issued | Refusal {
        const { market, number, ending, reviewed, subject } = this.state;
        if (ending === undefined) return refuse('notYet');
        if (ending.paid === 0n || (reviewed?.requestId ?? requestId) !== requestId)
          return refuse('closed');
        if (isForgotten(market, reviewed)) return refuse('expired');
        const inner = sha256(JSON.stringify(['review', `${number}`, requestId]));
        const answer = market.mint().grant('review', [element], inner, subject);
        if (answer.ok) this.state.reviewed = { requestId, epoch: answer.epoch };
        return answer;
      },
    },
    watcher: {
      ended(phase: EndPhase, paid: bigint, returned: bigint): void {
        this.state.ending = { phase, paid, returned, epoch: this.state.market.epoch() };
      },
    },
    inside: {
      order(): Facet<BlindOrder> {
        return this.facets.order;
      },
      placedIn(): bigint {
        return this.state.placedIn;
      },
      opened({ buyer, number }: OrderKit): void {
        this.state.order = buyer;
        this.state.number = number;
      },
      lapse(epoch: bigint): boolean {
        const { market, ending } = this.state;
        if (ending === undefined || ending.epoch + validity >= epoch) return false;
        const due = dueOf(this.state);
        if (due > 0n) {
          this.state.hasLapsed = true;
          market.mint().forfeit(due);
        }
        return true;
      },
    },
  },
  readOnly: ['order.changes'],
});

/** A request that the mint has carried out, and in which of its epochs. */
type Once = { readonly requestId: string; readonly epoch: bigint };

/** Whether the mint may have forgotten it. Asked again after that, it would issue a second time. */
const isForgotten = (market: Facet<MarketInside>, once: Once | undefined): boolean =>
  once !== undefined && once.epoch + validity < market.epoch();

type State = {
  readonly order: Facet<OrderBuyer> | undefined;
  readonly ending: Ending | undefined;
  readonly fetched: Once | undefined;
  readonly hasLapsed: boolean;
};

const orderOf = ({ order }: State): Facet<OrderBuyer> => {
  if (order === undefined) throw Error('Cannot find the order: it was not placed yet');
  return order;
};

/** What is there to be fetched. */
const dueOf = ({ ending, fetched, hasLapsed }: State): bigint =>
  ending === undefined || fetched !== undefined || hasLapsed ? 0n : ending.returned;

/**
 * Made before the order that it is about, which is told whom to tell of its end.
 *
 * @param subject - the offer that it is of, for a review
 * @param placedIn - the mint's epoch, which may be behind the clock's: it forgets the payment by its own
 */
export const makeBlindOrder = (
  market: Facet<MarketInside>,
  seller: Facet<MemberInside>,
  placedIn: bigint,
  subject: bigint,
): { readonly watcher: Facet<OrderWatcher>; readonly inside: Facet<BlindOrderInside> } => {
  const { watcher, inside } = makeBlindOrderKit(market, seller, placedIn, subject);
  return { watcher, inside };
};
