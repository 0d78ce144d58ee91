/**
 * An order (SPEC M5): the object around its life (`life.ts`). Here its money is moved, its item claimed, its
 * clock wound, and both sides told, each in the turn of the step that it belongs to.
 *
 * Every order holds the deciders of what was set aside for it, and nobody else has them. What is in another
 * vat is told by `send`, so that it happens once, and answers in a turn of its own.
 */
import { M } from '@endo/patterns';
import type { Facet, SendFailure } from '@pocas/vat-runtime';
import { changed, defineActor, makeDurableMap, send, typed } from '@pocas/vat-runtime';
import { once, refuse } from '@pocas/vat-runtime/actors';
import type { Refusal } from '@pocas/vat-runtime/actors';
import type { MarketInside, MemberInside } from '../inside/types.ts';
import type { Claim } from '../item/types.ts';
import { guards } from './guards.ts';
import type { Ended, OrderBook, OrderFacts, OrderState, Role, Running } from './inside.ts';
import { deskOf } from './inside.ts';
import type { Effect, Event, Life } from './life.ts';
import { begin, newLife, step, wakeOf } from './life.ts';
import { endNear, isOwn, ownValueOf, priceOf } from './money.ts';
import { makeFarLegs } from './far.ts';
import { actOf, lifeOf, otherName, viewOf, waits } from './pages.ts';
import { defaultShareOf, endedByRule, faultOf } from './quarrel.ts';
import type { Quarrel, Side } from './quarrel.ts';
import type {
  EndPhase,
  EndedItem,
  FarLeg,
  Leg,
  OrderItem,
  OrderKit,
  OrderParts,
  OrderStep,
  OrderView,
} from './types.ts';

/** The longest that a home keeps units for an order that it has not heard of again, in milliseconds. */
const claimTime = 3_600_000n;

type HomeContext = { readonly act: 'tryClaim' | 'confirm' };

const optional = <T>(): ReturnType<typeof typed<T | undefined>> =>
  typed<T | undefined>(M.or(M.record(), M.undefined()));

const makeOrderKit = defineActor({
  name: 'Order',
  state: {
    // One property, since a market keeps very many orders that are over, and each has a row.
    is: typed<OrderFacts>(M.record()),
    running: optional<Running>(),
    ended: optional<Ended>(),
  },
  init: (number: bigint, market: Facet<MarketInside>, parts: OrderParts, life: Life) => {
    const { terms, legs, quantity, seller, buyer } = parts;
    return {
      is: {
        ...{ number, market, seller, quantity, what: terms.what },
        price: priceOf(legs, market.unit()),
        ...(buyer === undefined ? {} : { buyer }),
      },
      running: {
        life,
        legs: legs.filter((leg) => leg.kind === 'near'),
        description: terms.description,
        version: terms.version,
        delivery: parts.delivery ?? '',
        claim: parts.claim,
        payout: parts.payout,
        onEnd: parts.onEnd,
        defaultShare: defaultShareOf(
          ownValueOf(legs),
          legs.some((leg) => leg.kind !== 'outside' && !isOwn(leg)),
          market.charter('disputeRefundBelow'),
        ),
      },
      ended: undefined,
    };
  },
  guards,
  facets: {
    buyer: {
      view(): OrderView {
        return viewOf(flat(this.state), this.state.is.seller);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.buyer);
      },
      cancel(): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'cancel' });
      },
      accept(): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'accept' });
      },
      dispute(statement: string): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'dispute', by: 'buyer', statement });
      },
      state(statement: string, requestId: string): OrderStep | Refusal {
        return this.facets.self.say({ kind: 'state', by: 'buyer', statement }, requestId);
      },
      propose(share: bigint, requestId: string): OrderStep | Refusal {
        return this.facets.self.say({ kind: 'propose', by: 'buyer', share }, requestId);
      },
    },
    seller: {
      view(): OrderView {
        return viewOf(flat(this.state), this.state.is.buyer);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.seller);
      },
      ready(): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'ready' });
      },
      handOver(): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'handOver' });
      },
      refuse(): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'refuse' });
      },
      received(): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'received' });
      },
      dispute(statement: string): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'dispute', by: 'seller', statement });
      },
      state(statement: string, requestId: string): OrderStep | Refusal {
        return this.facets.self.say({ kind: 'state', by: 'seller', statement }, requestId);
      },
      propose(share: bigint, requestId: string): OrderStep | Refusal {
        return this.facets.self.say({ kind: 'propose', by: 'seller', share }, requestId);
      },
    },
    helper: {
      view(): OrderView {
        return viewOf(flat(this.state), this.state.is.seller);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.helper);
      },
      suggest(share: bigint, note: string, requestId: string): OrderStep | Refusal {
        return this.facets.self.say({ kind: 'suggest', share, note }, requestId);
      },
    },
    // The parts of the two sides that make sense at a time: what a page shows beside an order in a list.
    cancel: {
      cancel(): OrderStep | Refusal {
        return this.facets.buyer.cancel();
      },
    },
    fetch: {
      dispute(statement: string): OrderStep | Refusal {
        return this.facets.buyer.dispute(statement);
      },
      cancel(): OrderStep | Refusal {
        return this.facets.buyer.cancel();
      },
    },
    take: {
      accept(): OrderStep | Refusal {
        return this.facets.buyer.accept();
      },
      dispute(statement: string): OrderStep | Refusal {
        return this.facets.buyer.dispute(statement);
      },
    },
    buyerSide: {
      state(statement: string, requestId: string): OrderStep | Refusal {
        return this.facets.buyer.state(statement, requestId);
      },
      propose(share: bigint, requestId: string): OrderStep | Refusal {
        return this.facets.buyer.propose(share, requestId);
      },
    },
    prepare: {
      ready(): OrderStep | Refusal {
        return this.facets.seller.ready();
      },
      handOver(): OrderStep | Refusal {
        return this.facets.seller.handOver();
      },
      refuse(): OrderStep | Refusal {
        return this.facets.seller.refuse();
      },
    },
    refuse: {
      refuse(): OrderStep | Refusal {
        return this.facets.seller.refuse();
      },
    },
    give: {
      handOver(): OrderStep | Refusal {
        return this.facets.seller.handOver();
      },
      refuse(): OrderStep | Refusal {
        return this.facets.seller.refuse();
      },
    },
    collect: {
      received(): OrderStep | Refusal {
        return this.facets.seller.received();
      },
      dispute(statement: string): OrderStep | Refusal {
        return this.facets.seller.dispute(statement);
      },
    },
    sellerSide: {
      state(statement: string, requestId: string): OrderStep | Refusal {
        return this.facets.seller.state(statement, requestId);
      },
      propose(share: bigint, requestId: string): OrderStep | Refusal {
        return this.facets.seller.propose(share, requestId);
      },
    },
    inside: {
      number(): bigint {
        return this.state.is.number;
      },
      phase(): Life['phase'] {
        return lifeOf(this.state).phase;
      },
      callOff(how: 'cancelled' | 'refused'): OrderStep | Refusal {
        return this.facets.self.take({ kind: 'callOff', how });
      },
    },
    entry: {
      item(role: Role): OrderItem {
        const { what, quantity, price } = flat(this.state);
        const { phase } = lifeOf(this.state);
        const order =
          this.facets[role === 'purchase' ? 'buyer' : role === 'sale' ? 'seller' : 'helper'];
        const item = {
          what,
          quantity,
          price,
          phase,
          with: otherName(flat(this.state), role),
          order,
        };
        const name = actOf(flat(this.state), role);
        return name === undefined ? item : { ...item, act: this.facets[name] };
      },
      past(role: Role): Omit<EndedItem, 'role'> {
        const { what, quantity, price, ended } = flat(this.state);
        const { phase, epoch } = ended!;
        return { what, quantity, price, phase, with: otherName(flat(this.state), role), epoch };
      },
    },
    /** The market's clock. */
    task: {
      due(_ctx: unknown): void {
        const { running } = flat(this.state);
        if (running !== undefined) this.state.running = { ...running, armed: undefined };
        this.facets.self.take({ kind: 'time' });
      },
    },
    /** What is set aside in other ledgers says here how it stands. */
    legs: {
      held(): void {
        this.facets.self.take({ kind: 'legHeld' });
      },
      failed(): void {
        this.facets.self.take({ kind: 'legFailed' });
      },
    },
    /** A home elsewhere answers here. */
    home: {
      fulfilled(answer: unknown, { act }: HomeContext): void {
        this.facets.self.take(homeEvent(act, answer));
      },
      rejected(_failure: SendFailure, _ctx: HomeContext): void {
        this.facets.self.take({ kind: 'unclaimed', how: 'refused', unsure: true });
      },
    },
    /** What the other facets have in common. Never handed out. */
    self: {
      begin(far: readonly FarLeg[], isClaimed: boolean): void {
        const { number, market, running } = flat(this.state);
        const { self, legs } = this.facets;
        self.list();
        if (far.length > 0) {
          const placed = makeFarLegs(market, number, legs, far);
          this.state.running = { ...running!, far: placed };
          self.goOn(running!.life, []);
          placed.takeOver();
          return;
        }
        if (isClaimed) return self.goOn(running!.life, []);
        const first = begin(running!.life, market.now());
        if (first.ok) self.goOn(first.life, first.effects);
        return undefined;
      },
      take(event: Event): OrderStep | Refusal {
        const { market, running } = flat(this.state);
        const next = step(lifeOf(this.state), event, market.now(), running?.defaultShare ?? 0n);
        if (!next.ok) return next;
        this.facets.self.goOn(next.life, next.effects);
        return { ok: true, phase: lifeOf(this.state).phase };
      },
      /** A step of a dispute. A late copy of what somebody said before must not undo what was said since. */
      say(act: Extract<Event, { kind: 'quarrel' }>['act'], requestId: string): OrderStep | Refusal {
        const { running, ended } = flat(this.state);
        const outcomes = running?.outcomes ?? ended?.outcomes;
        if (outcomes === undefined) return refuse(running === undefined ? 'closed' : 'notYet');
        const key = act.kind === 'suggest' ? 'suggest' : `${act.kind} ${act.by}`;
        const { self } = this.facets;
        return once(outcomes, key, requestId, () => self.take({ kind: 'quarrel', act }));
      },
      /** Takes on a new life and does what belongs to the step. */
      goOn(life: Life, effects: readonly Effect[]): void {
        const { running } = flat(this.state);
        if (running === undefined) return;
        this.state.running = { ...running, life };
        for (const effect of effects) this.facets.self.carryOut(effect);
        this.facets.self.wind();
        this.facets.self.tell();
      },
      carryOut(effect: Effect): void {
        const { running, number, market, quantity } = flat(this.state);
        const { self, home } = this.facets;
        if (effect.kind === 'end') return self.end(effect.phase, effect.share);
        if (effect.kind === 'draw') return self.draw();
        const claim = running?.claim;
        if (claim === undefined) return undefined;
        const orderId = orderIdOf(market, number);
        const isNear = typeof claim.tryClaim === 'function';
        if (effect.kind === 'restore') {
          if (isNear) claim.restore(orderId);
          else send(claim, 'restore', [orderId]);
        } else if (effect.kind === 'confirm') {
          if (isNear) self.take(homeEvent('confirm', claim.confirm(orderId)));
          else send(claim, 'confirm', [orderId], { then: home, ctx: { act: 'confirm' } });
        } else {
          const ttl = timeToClaim(running!.life.expiry, market.now());
          const args = [orderId, quantity, ttl] as const;
          if (isNear) self.take(homeEvent('tryClaim', claim.tryClaim(...args)));
          else {
            const ctx = { act: 'tryClaim' };
            const notAfter = running!.life.expiry;
            send(claim, 'tryClaim', [...args], { then: home, ctx, notAfter });
          }
        }
        return undefined;
      },
      draw(): void {
        const { market, number, seller, buyer, running } = flat(this.state);
        const book = market.part('order') as Facet<OrderBook>;
        const parties = [seller.number(), ...(buyer === undefined ? [] : [buyer.number()])];
        const helper = book.draw(number, parties);
        const outcomes = makeDurableMap<string, unknown>();
        this.state.running = { ...running!, helper, outcomes };
        if (helper !== undefined) deskOf(helper).add('help', number, this.facets.entry, true);
      },
      /** Moves all of the money, in this turn or by messages of it, and tells everybody. Runs once. */
      end(phase: EndPhase, share: bigint): void {
        const { market, number, seller, buyer, running, what } = flat(this.state);
        const { legs, payout, far, onEnd, helper, life, version, armed, outcomes } = running!;
        const { step } = market.ledger().brand().describe();
        let [paid, returned] = [0n, 0n];
        for (const leg of legs) {
          const ended = endNear(isOwn(leg) ? { ...leg, step } : leg, share, seller, payout);
          if (!isOwn(leg)) continue;
          const { part, declined } = ended;
          // What was not taken is no sale. It goes back, but for a buyer whom nobody knows.
          paid += part - declined;
          returned += leg.value - part + (buyer === undefined ? 0n : declined);
        }
        if (armed !== undefined) market.cancelWake(armed.timer);
        this.state.ended = {
          ...{ phase, epoch: market.epoch() },
          ...(far === undefined ? {} : { far }),
          ...(outcomes === undefined ? {} : { outcomes }),
        };
        this.state.running = undefined;
        far?.decide(share);
        if (buyer !== undefined) {
          if (paid > 0n) buyer.countSpending(paid);
          if (phase === 'accepted' || phase === 'settled') market.countSale(seller, buyer, paid);
          deskOf(buyer).end('purchase', number);
        }
        if (life.quarrel !== undefined) this.facets.self.blame(life.quarrel, share);
        deskOf(seller).end('sale', number);
        if (helper !== undefined) deskOf(helper).end('help', number);
        // Between two entries of which somebody knows the time, that of a hidden buyer would have one as well.
        if (share > 0n) {
          const facts = { what, version, paid };
          if (buyer !== undefined) market.record('sale', facts, 'P1');
          else (market.part('order') as Facet<OrderBook>).noteHiddenSale(number, facts);
        }
        if (paid > 0n) market.noteSale(what, paid);
        onEnd?.ended(phase, paid, returned);
      },
      blame(quarrel: Quarrel, share: bigint): void {
        const { market, seller, buyer } = flat(this.state);
        const person = { seller, buyer } as { [side in Side]: Facet<MemberInside> | undefined };
        const complainant = person[quarrel.by];
        const book = market.part('order') as Facet<OrderBook>;
        const counts = complainant !== undefined && endedByRule(quarrel);
        const claims = counts ? book.countClaim(complainant.number()) : 0n;
        const fault = faultOf(quarrel, share, claims);
        if (fault !== undefined) person[fault]?.countFault();
      },
      /** Sets the one timer to when time brings the order on. */
      wind(): void {
        const { market, running } = flat(this.state);
        if (running === undefined) return;
        const at = wakeOf(running.life);
        const { armed } = running;
        if (armed?.at === at) return;
        if (armed !== undefined) market.cancelWake(armed.timer);
        const { task } = this.facets;
        const next = at === undefined ? undefined : { timer: market.wakeAt(at, task, {}), at };
        this.state.running = { ...running, armed: next };
      },
      tell(): void {
        const { number, seller, buyer, running } = flat(this.state);
        if (running === undefined) return;
        const state = flat(this.state);
        if (buyer !== undefined) deskOf(buyer).update('purchase', number, waits(state, 'purchase'));
        deskOf(seller).update('sale', number, waits(state, 'sale'));
        if (running.helper !== undefined)
          deskOf(running.helper).update('help', number, waits(state, 'help'));
      },
      list(): void {
        const { number, seller, buyer } = flat(this.state);
        const { entry } = this.facets;
        if (buyer !== undefined) deskOf(buyer).add('purchase', number, entry, false);
        deskOf(seller).add('sale', number, entry, false);
      },
    },
  },
  readOnly: ['buyer.changes', 'seller.changes', 'helper.changes'],
});

type Stored = {
  readonly is: OrderFacts;
  readonly running: Running | undefined;
  readonly ended: Ended | undefined;
};
const flat = ({ is, running, ended }: Stored): OrderState => ({ ...is, running, ended });

/** Random for whoever does not know the market's secret, and the same whenever it is asked. */
const orderIdOf = (market: Facet<MarketInside>, number: bigint): string =>
  market.derive(`order ${number}`);

const timeToClaim = (expiry: bigint, now: bigint): bigint => {
  const left = expiry - now;
  return left < 1n ? 1n : left < claimTime ? left : claimTime;
};

/** What a home's answer says. One elsewhere may say anything: only a clear yes is one. */
const homeEvent = (act: HomeContext['act'], answer: unknown): Event => {
  const { ok, code } = (answer ?? {}) as { ok?: unknown; code?: unknown };
  if (ok === true) return { kind: act === 'tryClaim' ? 'claimed' : 'confirmed' };
  return { kind: 'unclaimed', how: code === 'expired' ? 'expired' : 'refused' };
};

/** The same for an order that is not there yet: units of a home in this vat, or why there are none. */
const claimNear = (
  claim: Facet<Claim>,
  orderId: string,
  quantity: bigint,
): { readonly ok: true } | Refusal => {
  const claimed = claim.tryClaim(orderId, quantity, claimTime);
  if (!claimed.ok) return refuse(claimed.code);
  const confirmed = claim.confirm(orderId);
  return confirmed.ok ? { ok: true } : refuse(confirmed.code);
};

const isFar = (leg: Leg): leg is FarLeg => leg.kind === 'far';

/**
 * Makes an order and goes on with it as far as this vat can. Where a home in this vat has no unit for it
 * there is none: then all that was set aside in this vat is given back, and the refusal says why.
 */
export const makeOrder = (market: Facet<MarketInside>, parts: OrderParts): OrderKit | Refusal => {
  const { legs, claim, quantity } = parts;
  const { number = market.nextNumber() } = parts;
  const now = market.now();
  const silence = market.charter('silence');
  const far = legs.filter(isFar);
  const fresh = newLife(
    {
      unconfirmed: BigInt(far.length),
      expiry: parts.expiry ?? now + market.charter('orderExpiry'),
      due: parts.due ?? now + silence,
      silence,
      outside: legs.some((leg) => leg.kind === 'outside'),
      hasStock: claim !== undefined,
    },
    now,
  );
  const isNear = claim !== undefined && typeof claim.tryClaim === 'function' && far.length === 0;
  if (isNear) {
    const claimed = claimNear(claim, orderIdOf(market, number), quantity);
    if (!claimed.ok) {
      for (const leg of legs) if (leg.kind === 'near') leg.decider.release();
      return claimed;
    }
  }
  const life: Life = isNear ? { ...fresh, phase: 'claimed', home: 'confirmed' } : fresh;
  const kit = makeOrderKit(number, market, parts, life);
  kit.self.begin(far, isNear);
  const { buyer, seller, inside } = kit;
  return { ok: true, number, buyer, seller, inside };
};
