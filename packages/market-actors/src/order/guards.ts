/** What the facets of an order accept. */
import type { InterfaceGuard, MethodGuard } from '@endo/patterns';
import { M } from '@endo/patterns';
import { RequestIdShape } from '@pocas/vat-runtime/actors';
import type { Described, Text } from '@pocas/vat-runtime';
import { describe } from '@pocas/vat-runtime';
import {
  ChangesGuard,
  LongTextShape,
  type Methods,
  ViewGuard,
  changes,
  view,
} from '../inside/shapes.ts';
import {
  accept,
  buyerFields,
  cancel,
  disputeIt,
  handOver,
  helperFields,
  propose,
  ready,
  received,
  refuseOrder,
  sellerFields,
  stateIt,
  suggest,
} from './words.ts';

const StepGuard: MethodGuard = M.call().returns(M.record());
const ShareShape = M.and(M.nat(), M.lte(100n));
const StatementGuard: MethodGuard = M.call(LongTextShape).returns(M.record());

/** Every step that a side can take, with its guard and its words. */
const steps = {
  cancel: [StepGuard, cancel],
  accept: [StepGuard, accept],
  ready: [StepGuard, ready],
  handOver: [StepGuard, handOver],
  refuse: [StepGuard, refuseOrder],
  received: [StepGuard, received],
  dispute: [StatementGuard, disputeIt],
  state: [M.call(LongTextShape, RequestIdShape).returns(M.record()), stateIt],
  propose: [M.call(ShareShape, RequestIdShape).returns(M.record()), propose],
  suggest: [M.call(ShareShape, LongTextShape, RequestIdShape).returns(M.record()), suggest],
} as const;
type StepName = keyof typeof steps;

const yourOrder: Text = { en: 'Your order', es: 'Tu pedido' };
const orderForYou: Text = { en: 'An order for you', es: 'Un pedido para ti' };

const guardsOf = <N extends StepName>(names: readonly N[]): { [name in N]: MethodGuard } =>
  Object.fromEntries(names.map((name) => [name, steps[name][0]])) as { [name in N]: MethodGuard };
const wordsOf = (
  names: readonly StepName[],
): Described<Methods<string>>['description']['methods'] =>
  Object.fromEntries(names.map((name) => [name, steps[name][1]]));

/** A facet with some steps of one side. */
const act = <N extends StepName>(
  name: string,
  label: Text,
  names: readonly N[],
): Described<Methods<N>> =>
  describe(M.interface(name, guardsOf(names)), { label, methods: wordsOf(names) });

/** The whole page of one side. */
const page = <N extends StepName>(
  name: string,
  label: Text,
  fields: typeof buyerFields,
  names: readonly N[],
): Described<Methods<N | 'view' | 'changes'>> =>
  describe(M.interface(name, { view: ViewGuard, changes: ChangesGuard, ...guardsOf(names) }), {
    label,
    view: 'view',
    changes: 'changes',
    fields,
    methods: { view, changes, ...wordsOf(names) },
  });

const FulfilledGuard = M.call(M.any(), M.record()).returns();
const RoleShape = M.or('purchase', 'sale', 'help');

// `any` on purpose: the methods of each facet are compared with it where the actor is defined.
type Guard = InterfaceGuard<any>;
type FacetName =
  | 'buyer'
  | 'seller'
  | 'helper'
  | 'cancel'
  | 'fetch'
  | 'take'
  | 'buyerSide'
  | 'prepare'
  | 'give'
  | 'refuse'
  | 'collect'
  | 'sellerSide'
  | 'inside'
  | 'entry'
  | 'task'
  | 'legs'
  | 'home'
  | 'self';

/** Of all facets of an order. */
export const guards: { readonly [name in FacetName]: Guard | Described<Guard> } = {
  buyer: page('OrderBuyer', yourOrder, buyerFields, [
    'accept',
    'cancel',
    'dispute',
    'state',
    'propose',
  ]),
  seller: page('OrderSeller', orderForYou, sellerFields, [
    'ready',
    'handOver',
    'refuse',
    'received',
    'dispute',
    'state',
    'propose',
  ]),
  helper: page(
    'OrderHelper',
    { en: 'Helping to settle an order', es: 'Ayudar a arreglar un pedido' },
    helperFields,
    ['suggest'],
  ),
  cancel: act('OrderCancel', yourOrder, ['cancel']),
  fetch: act('OrderFetch', yourOrder, ['dispute', 'cancel']),
  take: act('OrderTake', yourOrder, ['accept', 'dispute']),
  buyerSide: act('OrderBuyerSide', yourOrder, ['state', 'propose']),
  prepare: act('OrderPrepare', orderForYou, ['ready', 'handOver', 'refuse']),
  give: act('OrderGive', orderForYou, ['handOver', 'refuse']),
  refuse: act('OrderRefuse', orderForYou, ['refuse']),
  collect: act('OrderCollect', orderForYou, ['received', 'dispute']),
  sellerSide: act('OrderSellerSide', orderForYou, ['state', 'propose']),
  inside: M.interface('OrderInside', {
    number: M.call().returns(M.nat()),
    phase: M.call().returns(M.string()),
    callOff: M.call(M.or('cancelled', 'refused')).returns(M.record()),
  }),
  entry: M.interface('OrderEntry', {
    item: M.call(RoleShape).returns(M.record()),
    past: M.call(RoleShape).returns(M.record()),
  }),
  task: M.interface('OrderTask', { due: M.call(M.any()).returns() }),
  legs: M.interface('OrderLegs', { held: M.call().returns(), failed: M.call().returns() }),
  home: M.interface('OrderHome', { fulfilled: FulfilledGuard, rejected: FulfilledGuard }),
  self: M.interface('OrderSelf', {}, { defaultGuards: 'passable' }),
};
