/** What both sides see of an order, and what each can do with it now. */
import { minuteOf } from '@pocas/clearing/halves';
import type { Facet } from '@pocas/vat-runtime';
import type { MemberInside } from '../inside/types.ts';
import type { OrderState, Role } from './inside.ts';
import type { Life } from './life.ts';
import { endedLife, wakeOf } from './life.ts';
import type { DisputeView, OrderView } from './types.ts';

export const lifeOf = ({ running, ended }: Pick<OrderState, 'running' | 'ended'>): Life =>
  running?.life ?? endedLife(ended!.phase, 0n);

const nameOf = (member: Facet<MemberInside> | undefined): string => member?.name() ?? '';

/** Whose name stands beside an order in a list. Nobody knows who a hidden buyer is. */
export const otherName = ({ seller, buyer }: OrderState, role: Role): string =>
  role === 'purchase' ? seller.name() : nameOf(buyer);

const disputeOf = (state: OrderState): DisputeView | undefined => {
  const quarrel = state.running?.life.quarrel;
  if (quarrel === undefined) return undefined;
  const { statements, proposals, suggested, note } = quarrel;
  const { helper } = state.running!;
  return {
    ...(statements.buyer === undefined ? {} : { byBuyer: statements.buyer }),
    ...(statements.seller === undefined ? {} : { bySeller: statements.seller }),
    ...(proposals.buyer === undefined ? {} : { buyerProposes: proposals.buyer }),
    ...(proposals.seller === undefined ? {} : { sellerProposes: proposals.seller }),
    ...(suggested === undefined ? {} : { suggested }),
    ...(helper === undefined ? {} : { facilitator: helper.name() }),
    ...(note === undefined || note === '' ? {} : { note }),
  };
};

export const viewOf = (state: OrderState, other: Facet<MemberInside> | undefined): OrderView => {
  const { number, what, price, quantity, running, ended } = state;
  const life = lifeOf(state);
  const { phase, saidPaid, saidReceived } = life;
  const at = wakeOf(life);
  const dispute = disputeOf(state);
  const { pending, failed } = (running?.far ?? ended?.far)?.state() ?? { pending: 0n, failed: 0n };
  // What says nothing is left out, so that a page does not show it.
  const { description = '', delivery = '' } = running ?? {};
  return {
    ...{ number, what, version: running?.version ?? 0n, quantity, price, phase },
    with: nameOf(other),
    ...(description === '' ? {} : { description }),
    ...(delivery === '' ? {} : { delivery }),
    ...(at === undefined ? {} : { until: minuteOf(at) }),
    ...(life.outside ? { saidPaid, saidReceived } : {}),
    ...(pending === 0n ? {} : { pending }),
    ...(failed === 0n ? {} : { failed }),
    ...(dispute ?? {}),
  };
};

/** Whether an order waits for this side's word. */
export const waits = (state: OrderState, role: Role): boolean => {
  const { phase, saidPaid, saidReceived, outside, quarrel } = lifeOf(state);
  if (role === 'help') return quarrel?.suggested === undefined;
  if (phase === 'disputed')
    return quarrel?.proposals[role === 'purchase' ? 'buyer' : 'seller'] === undefined;
  if (role === 'purchase') return phase === 'handedOver' && !saidPaid;
  if (phase === 'handedOver') return outside && !saidReceived;
  return phase === 'claimed' || phase === 'ready';
};

/** The facet with what this side can do now. Undefined: nothing. */
export const actOf = (
  state: OrderState,
  role: Role,
):
  | 'cancel'
  | 'fetch'
  | 'take'
  | 'buyerSide'
  | 'prepare'
  | 'give'
  | 'collect'
  | 'sellerSide'
  | 'refuse'
  | undefined => {
  const { phase, outside } = lifeOf(state);
  if (role === 'help') return undefined;
  const isBuyer = role === 'purchase';
  switch (phase) {
    case 'placed':
    case 'escrowed':
      return isBuyer ? 'cancel' : 'refuse';
    case 'claimed':
      return isBuyer ? 'cancel' : 'prepare';
    case 'ready':
      return isBuyer ? 'fetch' : 'give';
    case 'handedOver':
      if (isBuyer) return 'take';
      return outside ? 'collect' : undefined;
    case 'disputed':
      return isBuyer ? 'buyerSide' : 'sellerSide';
    default:
      return undefined;
  }
};
