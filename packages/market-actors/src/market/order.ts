/**
 * The life of an order (SPEC M5), in its plainest form.
 *
 * `placed` and `escrowed` are one turn, so there is no order without its value set aside.
 * Each order ends once: `accepted` settles the hold, `cancelled` and `refused` release it.
 * Until then the value stays in the hold, whoever keeps silent.
 */
import { M } from '@endo/patterns';
import type { Decider, Refusal } from '@pocas/clearing';
import { ValueShape } from '@pocas/clearing/credit';
import type { Facet } from '@pocas/vat-runtime';
import { changed, defineActor, typed } from '@pocas/vat-runtime';
import type { OfferInside, OrderInside, ParticipantInside, Terms } from './inside.ts';
import {
  OrderAcceptI,
  OrderBuyerI,
  OrderCancelI,
  OrderHandOverI,
  OrderInsideI,
  OrderPrepareI,
  OrderSellerI,
} from './order-guards.ts';
import { QuantityShape } from '../inside/shapes.ts';
import type {
  OrderBuyer,
  OrderPhase,
  OrderStep,
  OrderView,
  PurchaseItem,
  SaleItem,
} from './types.ts';

/** The steps, each with the phases it may start from. */
const steps = {
  ready: ['escrowed'],
  handedOver: ['ready'],
  accepted: ['handedOver'],
  cancelled: ['escrowed'],
  refused: ['escrowed', 'ready'],
} as const satisfies { [phase in OrderPhase]?: readonly OrderPhase[] };
type Step = keyof typeof steps;

/** How far a phase is. An end is past everything. */
const progress: { readonly [phase in OrderPhase]: number } = {
  escrowed: 0,
  ready: 1,
  handedOver: 2,
  accepted: 3,
  cancelled: 3,
  refused: 3,
};

type State = {
  phase: OrderPhase;
  readonly number: bigint;
  readonly quantity: bigint;
  readonly offer: Facet<OfferInside>;
  readonly buyer: Facet<ParticipantInside>;
  readonly seller: Facet<ParticipantInside>;
  readonly decider: Facet<Decider>;
};

/** Takes a step if it is the time for it: checks, then changes everything that belongs to it. */
const take = (state: State, step: Step): OrderStep | Refusal => {
  const { phase, number, quantity, offer, buyer, seller, decider } = state;
  const from: readonly OrderPhase[] = steps[step];
  if (!from.includes(phase)) {
    // Asked again: the step was taken, and perhaps later ones after it.
    const taken =
      phase === step ||
      (step === 'ready' && (phase === 'handedOver' || phase === 'accepted')) ||
      (step === 'handedOver' && phase === 'accepted');
    if (taken) return { ok: true, phase: step };
    const early = from.every((start) => progress[phase] < progress[start]);
    return { ok: false, code: early ? 'notYet' : 'closed' };
  }
  state.phase = step;
  if (step === 'accepted') {
    assertOk(decider.settle());
  } else if (step === 'cancelled' || step === 'refused') {
    assertOk(decider.release());
    offer.giveBack(quantity);
  }
  if (progress[step] === 3) {
    buyer.orderEnded(number);
    seller.orderEnded(number);
  } else {
    buyer.touch();
    seller.touch();
  }
  return { ok: true, phase: step };
};

// Only the order holds its decider, so a refusal here is a defect: the throw undoes the whole step.
const assertOk = ({ ok }: { readonly ok: boolean }): void => {
  if (!ok) throw new Error('Cannot end the order: its hold was decided elsewhere');
};

const makeOrderKit = defineActor({
  name: 'Order',
  state: {
    number: M.nat(),
    phase: typed<OrderPhase>(
      M.or('escrowed', 'ready', 'handedOver', 'accepted', 'refused', 'cancelled'),
    ),
    terms: typed<Terms>(M.record()),
    quantity: QuantityShape,
    total: ValueShape,
    offer: typed<Facet<OfferInside>>(M.remotable('offer')),
    buyer: typed<Facet<ParticipantInside>>(M.remotable('participant')),
    seller: typed<Facet<ParticipantInside>>(M.remotable('participant')),
    decider: typed<Facet<Decider>>(M.remotable('decider')),
  },
  init: (
    number: bigint,
    terms: Terms,
    quantity: bigint,
    total: bigint,
    offer: Facet<OfferInside>,
    buyer: Facet<ParticipantInside>,
    seller: Facet<ParticipantInside>,
    decider: Facet<Decider>,
  ) => ({
    number,
    phase: 'escrowed' as OrderPhase,
    terms,
    quantity,
    total,
    offer,
    buyer,
    seller,
    decider,
  }),
  guards: {
    buyer: OrderBuyerI,
    cancel: OrderCancelI,
    accept: OrderAcceptI,
    seller: OrderSellerI,
    prepare: OrderPrepareI,
    handOver: OrderHandOverI,
    inside: OrderInsideI,
  },
  facets: {
    buyer: {
      view(): OrderView {
        return viewOf(this.state, this.state.seller);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.buyer);
      },
      cancel(): OrderStep | Refusal {
        return take(this.state, 'cancelled');
      },
      accept(): OrderStep | Refusal {
        return take(this.state, 'accepted');
      },
    },
    cancel: {
      cancel(): OrderStep | Refusal {
        return take(this.state, 'cancelled');
      },
    },
    accept: {
      accept(): OrderStep | Refusal {
        return take(this.state, 'accepted');
      },
    },
    seller: {
      view(): OrderView {
        return viewOf(this.state, this.state.buyer);
      },
      changes(since?: string): Promise<string> {
        return changed(since, this.facets.seller);
      },
      ready(): OrderStep | Refusal {
        return take(this.state, 'ready');
      },
      handOver(): OrderStep | Refusal {
        return take(this.state, 'handedOver');
      },
      refuse(): OrderStep | Refusal {
        return take(this.state, 'refused');
      },
    },
    prepare: {
      ready(): OrderStep | Refusal {
        return take(this.state, 'ready');
      },
      refuse(): OrderStep | Refusal {
        return take(this.state, 'refused');
      },
    },
    handOver: {
      handOver(): OrderStep | Refusal {
        return take(this.state, 'handedOver');
      },
      refuse(): OrderStep | Refusal {
        return take(this.state, 'refused');
      },
    },
    inside: {
      purchaseItem(): PurchaseItem {
        const { buyer: order, cancel, accept } = this.facets;
        const item = { ...order.view(), order };
        if (item.phase === 'escrowed') return { ...item, act: cancel };
        if (item.phase === 'handedOver') return { ...item, act: accept };
        return item;
      },
      saleItem(): SaleItem {
        const { seller: order, prepare, handOver } = this.facets;
        const item = { ...order.view(), order };
        if (item.phase === 'escrowed') return { ...item, act: prepare };
        if (item.phase === 'ready') return { ...item, act: handOver };
        return item;
      },
    },
  },
  readOnly: ['buyer.changes', 'seller.changes'],
});

type Shown = {
  readonly terms: Terms;
  readonly quantity: bigint;
  readonly total: bigint;
  readonly phase: OrderPhase;
};

const viewOf = (
  { terms, quantity, total, phase }: Shown,
  other: Facet<ParticipantInside>,
): OrderView => {
  const { what, description, price } = terms;
  return { what, description, price, quantity, total, phase, with: other.name() };
};

/** What an order is made of; the value is set aside already, and `decider` is nobody else's. */
export type OrderParts = {
  readonly number: bigint;
  readonly terms: Terms;
  readonly quantity: bigint;
  readonly total: bigint;
  readonly offer: Facet<OfferInside>;
  readonly buyer: Facet<ParticipantInside>;
  readonly seller: Facet<ParticipantInside>;
  readonly decider: Facet<Decider>;
};

/** Makes an order, takes its pieces out of the stock and tells both sides. */
export const makeOrder = (parts: OrderParts): Facet<OrderBuyer> => {
  const { number, terms, quantity, total, offer, buyer, seller, decider } = parts;
  offer.reserve(quantity);
  const kit = makeOrderKit(number, terms, quantity, total, offer, buyer, seller, decider);
  const inside: Facet<OrderInside> = kit.inside;
  buyer.bought(number, inside);
  seller.sold(number, inside);
  return kit.buyer;
};
